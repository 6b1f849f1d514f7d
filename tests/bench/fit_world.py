"""The demo world that the fit is measured on: clips, their ground truth, and their features.

Everything is in results/bench/fit_world/ and is made once: next to each file is a record of what it
was made with, and only what differs is made again. Features depend on the code that makes them;
videos, which take longest, only on their settings: delete the folder if the demo world changes.
"""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from tests.bench.figures import ROOT
from understudy.body.build import build_body
from understudy.demo.figure import save_figure
from understudy.demo.people import make_person
from understudy.demo.world import WorldSettings, make_clip, make_identity
from understudy.features.expression import extract_expression
from understudy.features.hands import extract_hands
from understudy.features.keypoints import extract_keypoints
from understudy.files import read_json, write_json
from understudy.plan.code import code_version
from understudy.registry import import_path

WORLD = ROOT / "results/bench/fit_world"
SIZE = 512  # px, both sides
REFERENCE_FPS, IDENTITY_FPS = 25, 18  # the paper's


@dataclass(frozen=True)
class Clip:
    """One video: who performs what, where, for how long; style: the seed of the performance.

    An identity (action None) turns around three times.
    """

    person: str
    room: str
    action: str | None
    seconds: float
    style: int = 0

    @property
    def id(self) -> str:
        name = self.action or "identity"
        return f"{name}.{self.person}.{round(self.seconds * self.settings.fps)}"

    @property
    def settings(self) -> WorldSettings:
        fps = REFERENCE_FPS if self.action else IDENTITY_FPS
        return WorldSettings(SIZE, SIZE, fps, self.seconds, depth_every=1000)

    def path(self, name: str) -> Path:
        """video.mp4, truth.npz, keypoints.npz, expression.npz or hands.npz."""
        return WORLD / self.id / name


# The paper's 324 frames; three people of different builds and clothes.
IDENTITIES = (
    Clip("ada", "living_room", None, 18),
    Clip("dov", "studio", None, 18),
    Clip("esi", "hallway", None, 18),
)
# Each of the paper's 16 classes once, each person once or twice, at the action's own length.
REFERENCES = (
    Clip("ada", "kitchen", "drink_water", 7.2, 0),
    Clip("ben", "dining_room", "eat_meal", 6.8, 1),
    Clip("chiyo", "bedroom", "brush_teeth", 4.0, 2),
    Clip("dov", "office", "pick_up", 4.2, 3),
    Clip("esi", "gym", "throw", 2.4, 4),
    Clip("finn", "classroom", "sit_down", 2.8, 5),
    Clip("gita", "office", "stand_up", 3.0, 6),
    Clip("hao", "studio", "clapping", 5.4, 7),
    Clip("ines", "living_room", "hand_waving", 4.6, 8),
    Clip("joao", "gym", "kicking", 2.4, 9),
    Clip("ada", "studio", "jump_up", 5.0, 10),
    Clip("ben", "workshop", "point", 3.4, 11),
    Clip("chiyo", "hallway", "bow", 3.0, 12),
    Clip("dov", "bedroom", "salute", 3.0, 13),
    Clip("finn", "living_room", "palms_together", 4.2, 14),
    Clip("gita", "hallway", "cross_hands", 4.6, 15),
)
# The longest clip that the paper has: 500 frames.
LONG = Clip("joao", "kitchen", "pick_up", 20, 16)
CLIPS = (*IDENTITIES, *REFERENCES, LONG)


def make_body() -> Path:
    """The embedded body that all clips are fitted with."""
    path = WORLD / "SMPLX_NEUTRAL.npz"
    return made([path], {"code": code_version("build_body")}, lambda: build_body(path))[0]


def make_world(clip: Clip, body: Path) -> None:
    """Make the clip's video, ground truth and features that are not there yet."""
    video, truth = clip.path("video.mp4"), clip.path("truth.npz")
    figure = WORLD / "figures" / f"{clip.person}.npz"
    made([figure], {}, lambda: save_figure(figure, make_person(clip.person)))
    filmed = {"clip": asdict(clip), "settings": asdict(clip.settings)}
    made([video, truth], filmed, lambda: _film(clip, figure, video, truth))
    make_features(video, video.parent, body, filmed)


def make_features(video: Path, folder: Path, body: Path, source: dict) -> None:
    """keypoints.npz, expression.npz and hands.npz of a video, in `folder`.

    source: what the video is made with. People other than the person are ignored.
    """
    names = ("keypoints.npz", "expression.npz", "hands.npz")
    keypoints, expression, hands = (folder / name for name in names)
    seen = {"source": source, "code": _code("keypoints", "mediapipe")}
    made(
        [keypoints],
        seen,
        lambda: extract_keypoints(video, keypoints, people="flag", backend="mediapipe"),
    )
    for feature, path, extract in (
        ("expression", expression, extract_expression),
        ("hands", hands, extract_hands),
    ):
        fitted = {**seen, "fitted": _code(feature, "landmarks")}
        made([path], fitted, partial(extract, video, keypoints, body, path, backend="landmarks"))


def _code(feature: str, word: str) -> str:
    """The version of what a feature's job runs with a back-end."""
    return code_version(f"extract_{feature}", import_path(feature, word))


def made(paths: Iterable[Path], version: dict, make: Callable[[], object]) -> list[Path]:
    """Make the files if one is missing or was made with another `version` (JSON values)."""
    paths = list(paths)
    note = paths[0].with_suffix(".made.json")
    there = note.is_file() and all(path.is_file() for path in paths)
    if not (there and read_json(note) == version):
        paths[0].parent.mkdir(parents=True, exist_ok=True)
        note.unlink(missing_ok=True)
        make()
        write_json(note, version)
    return paths


def _film(clip: Clip, figure: Path, video: Path, truth: Path) -> None:
    if clip.action is None:
        make_identity(figure, clip.room, video, truth, clip.settings)
    else:
        make_clip(figure, clip.action, clip.style, clip.room, video, truth, clip.settings)
