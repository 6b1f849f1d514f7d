"""The demo clips that the quality of synthetic videos is calibrated and measured on.

Each is filmed, often badly, fitted, and re-enacted by one of the demo's avatars in one of its rooms
(`make demo`, or its results folder in UNDERSTUDY_DEMO). Two halves that share no performer, no
filmed room and no action: one to calibrate on, one to report. Everything is in
results/bench/quality_world/ and is made once, some 15 s of processor time a clip:

    python -m tests.bench.quality_world report 0 200 &
"""

import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np

from tests.bench.figures import ROOT
from understudy.demo.actions import ACTIONS
from understudy.demo.cast import PEOPLE
from understudy.demo.figure import save_figure
from understudy.demo.people import make_person
from understudy.demo.rooms import ROOMS
from understudy.demo.settings import WorldSettings
from understudy.demo.style import Style
from understudy.demo.world import film_clip
from understudy.errors import UserError
from understudy.features.expression import extract_expression
from understudy.features.hands import extract_hands
from understudy.features.keypoints import extract_keypoints
from understudy.features.runtime import EMBEDDED
from understudy.files import write_json
from understudy.fitting.fit import fit_body
from understudy.fitting.settings import FitSettings
from understudy.quality.figure import Made, look_at_figures
from understudy.quality.measure import measure_quality
from understudy.scene.in_room import render_in_room
from understudy.scene.settings import CompositeSettings
from understudy.video.read import read_frames
from understudy.video.write import VideoWriter

WORLD = ROOT / "results/bench/quality_world"
DEMO = Path(os.environ.get("UNDERSTUDY_DEMO", ROOT / "results/demo"))
BODY = DEMO / "body/SMPLX_NEUTRAL.npz"
SIZE, FPS = 288, 10
SECONDS = {"calibrate": 2.8, "report": 2.0}
HALVES = {"calibrate": 0, "report": 1}
ANGLES = (0, 0, 0, 20, -20, 45, -45, 75, -75, 120, 180)  # degrees from the camera, ± 10
SPOILT = (*("none",) * 6, "dark", "blurred", "hidden", "small", "cropped")


@dataclass(frozen=True)
class Clip:
    """Who performs what, where, how far turned from the camera, and how the video is spoilt; and
    whose avatar re-enacts it."""

    half: str
    number: int
    person: str
    room: str
    action: str
    angle: float
    spoilt: str
    identity: str

    @staticmethod
    def drawn(half: str, number: int) -> "Clip":
        random = np.random.default_rng([HALVES[half], number, 77])
        people, rooms, actions = (
            sorted(some)[HALVES[half] :: 2] for some in (PEOPLE, ROOMS, ACTIONS)
        )
        cast = sorted(path.name for path in (DEMO / "avatar").iterdir())
        return Clip(
            half,
            number,
            people[number % len(people)],
            str(random.choice(rooms)),
            str(random.choice(actions)),
            float(random.choice(ANGLES) + random.uniform(-10, 10)),
            str(random.choice(SPOILT)),
            cast[HALVES[half] % len(cast)],
        )

    def path(self, name: str) -> Path:
        return WORLD / self.half / f"{self.number:03d}" / name

    @property
    def is_made(self) -> bool:
        return self.path("quality.parquet").is_file()


def clips_of(half: str, count: int) -> list[Clip]:
    """The first clips of a half."""
    return [Clip.drawn(half, number) for number in range(count)]


def make(clip: Clip) -> None:
    """Make all files of a clip that are not there; `refused.txt` says why for one that cannot be
    fitted or re-enacted."""
    if clip.is_made or clip.path("refused.txt").is_file():
        return
    clip.path("").mkdir(parents=True, exist_ok=True)
    _film(clip)
    video, keypoints, expression, hands, fit, out, labels = (
        clip.path(name)
        for name in (
            *("video.mp4", "keypoints.npz", "expression.npz", "hands.npz", "fit.npz"),
            *("synthetic.mp4", "synthetic.labels.npz"),
        )
    )
    avatar = DEMO / "avatar" / clip.identity
    rooms = _rooms(clip)
    try:
        extract_keypoints(video, keypoints, "mediapipe", "flag")
        extract_expression(video, keypoints, BODY, expression, "landmarks")
        extract_hands(video, keypoints, BODY, hands, "landmarks")
        fit_body(keypoints, expression, hands, BODY, fit, FitSettings(), "understudy", 0)
        background = render_in_room(
            avatar / "avatar.safetensors",
            avatar / "trained.npz",
            fit,
            BODY,
            {id_: DEMO / f"room/{id_}.npz" for id_ in rooms},
            {id_: next(DEMO.glob(f"world/rooms/**/{id_}.png")) for id_ in rooms},
            "source",
            out,
            labels,
            CompositeSettings(),
        )
    except UserError as error:
        clip.path("refused.txt").write_text(str(error))
        return
    measure(clip, background)


def measure(clip: Clip, background: str) -> None:
    """(Again) the quality of a clip's synthetic video."""
    out, labels = clip.path("synthetic.mp4"), clip.path("synthetic.labels.npz")
    cast = {clip.identity: DEMO / f"fit/identity/{clip.identity}.npz"}
    figures = clip.path("figures.json")
    made = Made(clip.identity, "source", background, out, labels)
    look_at_figures([made], "mediapipe", EMBEDDED, figures)
    measure_quality(
        *(clip.path("fit.npz"), clip.path("keypoints.npz"), BODY),
        *(cast, figures, clip.path("quality.parquet")),
    )


def _rooms(clip: Clip) -> list[str]:
    """The demo's rooms in the order in which this clip tries them."""
    known = sorted(path.stem for path in (DEMO / "room").glob("*.npz"))
    random = np.random.default_rng([HALVES[clip.half], clip.number, 78])
    return random.permutation(known).tolist()


def _film(clip: Clip) -> None:
    """video.mp4 and truth.npz."""
    figure = WORLD / "figures" / f"{clip.person}.npz"
    if not figure.is_file():
        figure.parent.mkdir(parents=True, exist_ok=True)
        save_figure(figure, make_person(clip.person))
    seed = 1000 * (1 + HALVES[clip.half]) + clip.number
    drawn = Style.drawn(seed)
    told = {**asdict(drawn), "facing": float(np.radians(clip.angle))}
    video, truth = clip.path("video.mp4"), clip.path("truth.npz")
    settings = WorldSettings(SIZE, SIZE, FPS, SECONDS[clip.half], depth_every=1000)
    film_clip(figure, clip.action, Style(**told), clip.room, video, truth, settings)
    if clip.spoilt != "none":
        _spoil(clip, video, truth)
    write_json(clip.path("about.json"), asdict(clip))


def _spoil(clip: Clip, video: Path, truth: Path) -> None:
    """Film it again with what goes wrong in the hands of users."""
    frames = read_frames(video).astype(np.float32)
    random = np.random.default_rng([HALVES[clip.half], clip.number, 79])
    if clip.spoilt == "dark":
        noise = random.normal(0, random.uniform(3, 9), frames.shape)
        frames = frames * random.uniform(0.06, 0.3) + noise
    elif clip.spoilt == "blurred":
        back = int(random.integers(2, 5))
        frames = np.stack([frames[max(0, t - back) : t + 1].mean(0) for t in range(len(frames))])
    elif clip.spoilt == "small":
        few = SIZE // int(random.integers(5, 10))
        frames = np.stack([_resized(_resized(frame, few), SIZE) for frame in frames])
    else:
        with np.load(truth) as stored:
            points = stored["keypoints"][:, :17].reshape(-1, 2)
        _hide(clip.spoilt, frames, points, random)
    with VideoWriter(video, SIZE, SIZE, FPS, crf=20) as writer:
        writer.write(np.clip(frames + 0.5, 0, 255).astype(np.uint8))


def _hide(how: str, frames: np.ndarray, points: np.ndarray, random: np.random.Generator) -> None:
    """Something in front of the person, or the picture's edge: in place. points (k,2) px."""
    low, high = np.percentile(points, [2, 98], axis=0)
    colour = 0 if how == "cropped" else random.uniform(40, 200, 3)
    share = random.uniform(0.25, 0.5)
    width, height = high - low
    side = str(random.choice(["below", "left", "right", "middle"]))
    if side == "below":
        frames[:, int(high[1] - share * height) :] = colour
    elif side == "left":
        frames[:, :, : int(low[0] + share * width)] = colour
    elif side == "right":
        frames[:, :, int(high[0] - share * width) :] = colour
    else:
        top = int(low[1] + random.uniform(0.2, 0.6) * height)
        frames[:, top : top + int(0.6 * share * height)] = colour


def _resized(frame: np.ndarray, side: int) -> np.ndarray:
    smaller = side < len(frame)
    return cv2.resize(
        frame, (side, side), interpolation=cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
    )


def main(half: str, first: str, stop: str) -> None:
    for clip in clips_of(half, int(stop))[int(first) :]:
        make(clip)
        print(clip.half, clip.number, clip.action, clip.spoilt, clip.is_made, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
