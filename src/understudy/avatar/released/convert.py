"""Files in, files out: a released avatar takes the place of a training."""

from pathlib import Path

import numpy as np

from understudy.artifacts.avatar import save_avatar
from understudy.artifacts.fit import load_fit
from understudy.artifacts.trained import Trained, save_trained
from understudy.avatar.released.avatar import read_released
from understudy.avatar.training.curve import Curve
from understudy.avatar.training.footage import load_footage
from understudy.avatar.training.poses import PARTS
from understudy.body.load import load_body
from understudy.body.skeleton import BODY_JOINTS, JOINT_COUNT
from understudy.files import sha256, write_text

FITTED = "smplx_optimized"  # the folder, beside a person's video, that ExAvatar's fit wrote


def convert_released(
    snapshot: Path | str,
    source: Path | str,
    video: Path | str,
    masks: Path | str,
    fit: Path | str,
    body: Path | str,
    out_dir: Path | str,
    size: int,
) -> None:
    """Write avatar.safetensors, trained.npz and curves.csv, as a training does.

    snapshot: ExAvatar's snapshot_N.pth; source: the person's own video, beside which is the folder
    smplx_optimized; video, masks, fit: of the normalised video, for the backdrop, of which the
    longest side is `size` px. Raises UserError for what cannot be read or does not belong together.
    """
    avatar = read_released(snapshot, Path(source).parent / FITTED, body)
    fitted = load_fit(fit, load_body(body).model_id)
    clip = load_footage(video, masks, fitted.K, fitted.size, size)
    out_dir = Path(out_dir)
    settings = {"model": "exavatar", "released": Path(snapshot).name}
    about = {"settings": settings, "digests": {"snapshot": sha256(snapshot)}}
    save_avatar(out_dir / "avatar.safetensors", avatar, about)
    kept = Trained(
        corrections=np.zeros((len(clip), PARTS, 3), np.float32),
        turns=np.zeros((len(clip), JOINT_COUNT - BODY_JOINTS, 3), np.float32),
        smiles=np.zeros((len(clip), fitted.pose.expression.shape[1]), np.float32),
        backdrop=np.nan_to_num(clip.plate, nan=float(np.nanmean(clip.plate))),
        trained=np.zeros(0, np.int64),
        steps=0,
        seconds=0.0,
        unseen=0.0,
        losses=[],
    )
    save_trained(out_dir / "trained.npz", kept)
    write_text(out_dir / "curves.csv", Curve().csv())
