"""Every number of training and animating an avatar, with what it does."""

from dataclasses import asdict, dataclass, field
from typing import Any

from understudy.errors import UserError
from understudy.registry import chosen, import_path

# Of TrainSettings, what counts for every model.
SHARED = ("model", "size", "seed", "held_out_every", "patience", "scale_per_edge")


@dataclass(frozen=True)
class LossWeights:
    """Weights of the training losses; each term is a mean over its elements unless it says sum."""

    l1: float = 0.8  # of the image on a random background
    ssim: float = 0.2  # 1 - SSIM of the same images
    alpha: float = 1.0  # L1 of alpha against the mask: all that shapes the silhouette
    offset: float = 1.0  # offset^2 (m^2)
    offset_hands: float = 30.0  # more of it on hands, whose pose is too coarse to learn shape from
    offset_eyes: float = 300.0  # and on eyeballs, which a smooth offset would pull out
    offset_laplacian: float = 1000.0  # (Laplacian of the offset)^2
    scale: float = 0.02  # (log scale - its start)^2
    scale_laplacian: float = 0.05
    color_laplacian: float = 3e-4  # of the colour's logit
    color_laplacian_hands: float = 20.0  # more of it on hands


@dataclass(frozen=True)
class LearningRates:
    """Adam's rates at their peak; all follow one warm-up and one cosine to 2 %."""

    offset: float = 0.003  # of the preconditioned offset (m)
    scale: float = 0.01  # of the log scale
    color: float = 0.05  # of the colour's logit
    shading: float = 0.005


@dataclass(frozen=True)
class AlignSettings:
    """How a pose is brought to a picture; see `alignment`."""

    blurs: tuple[float, ...] = (1.5, 1.0)  # px, of both pictures, one an iteration
    turn_trust: float = 0.05  # rad that a joint may turn where the picture says little
    transl_trust: float = 0.02  # m that the body may move there
    joint_trust: float = 0.001  # m that a joint may lie elsewhere at rest than in the fit
    pixel_sigma: float = 0.1  # of a colour in [0,1]
    pixels_alike: float = 10.0  # neighbouring pixels that tell the same
    outlier: float = 0.1  # a residual beyond it counts by its amount, not its square


@dataclass(frozen=True)
class TrainSettings:
    """How one avatar is trained.

    model: "direct", whose numbers are here; or "exavatar", whose own are in `exavatar` (of those
    here, the ones in SHARED count for both).

    Example: TrainSettings(size=256, iterations=1200) on 300 frames takes some three minutes on one
    core.
    """

    model: str = "direct"
    size: int = 512  # px, the longer side of the frames that are trained on
    iterations: int = 4000
    seed: int = 0
    max_edge: float = 0.009  # m; longer edges of the body's mesh are split: sets the Gaussians
    smoothing: float = 20.0  # lambda of the offset's preconditioner (I + lambda L)^-1
    scale_per_edge: float = 0.55  # a Gaussian's first deviation, in mean edge lengths around it
    max_scale: float = 0.03  # m
    opacity: float = 0.999
    align_at: tuple[float, ...] = (0.1, 0.3, 0.6, 1.0)  # when all poses are aligned, of iterations
    held_out_every: int = 8  # one frame in so many is never trained on
    patience: float = 0.5  # training ends when held-out frames gain nothing for it, of iterations
    warm_up: int = 100  # iterations before SSIM counts
    checkpoint_seconds: float = 60.0  # between full-state checkpoints
    weights: LossWeights = field(default_factory=LossWeights)
    rates: LearningRates = field(default_factory=LearningRates)
    align: AlignSettings = field(default_factory=AlignSettings)
    exavatar: Any = None  # that model's ExAvatarSettings; None: its defaults

    @staticmethod
    def from_config(keys: dict, seed: int, checkpoint_seconds: float) -> "TrainSettings":
        """From those keys of the configuration's `avatar` that make an avatar of its model
        (`plan.effective.avatar_settings`)."""
        own = chosen("avatar", keys["model"]).own_settings(keys)
        clock = {"seed": seed, "checkpoint_seconds": checkpoint_seconds}
        return TrainSettings(**{**keys, **own, **clock})

    def key(self) -> dict:
        """What decides the result, JSON-able: no other model's numbers, nor how often a state is
        saved."""
        values = asdict(self)
        values.pop("checkpoint_seconds")
        if self.model == "direct":
            values.pop("exavatar")
            return values
        return {name: values[name] for name in (*SHARED, "exavatar")}

    def __post_init__(self) -> None:
        import_path("avatar", self.model)
        if min(self.size, self.iterations) < 1 or self.held_out_every < 2:
            raise UserError("avatar: size and iterations are at least 1, held_out_every at least 2")
        if not 0 < self.patience <= 1:
            raise UserError(f"avatar.patience is {self.patience}; give a share in (0, 1]")
        if any(not 0 < share <= 1 for share in self.align_at):
            raise UserError(f"avatar.align_at is {self.align_at}; give shares in (0, 1]")


@dataclass(frozen=True)
class AnimateSettings:
    """How an avatar is put into a reference's motion."""

    placement: str = "ground"  # scale by body height, feet on the reference's ground; or copy
    batch: int = 8  # frames skinned and rasterised at once
    crf: int = 18  # quality of the white H.264 video; lower is better

    def __post_init__(self) -> None:
        if self.placement not in ("ground", "copy"):
            raise UserError(f"render.placement is ground or copy, not {self.placement}")
