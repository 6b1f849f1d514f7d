"""The demo world that avatars are measured on: four people who turn around, and poses
that their videos do not show.

Everything is in results/bench/avatar_world/ and is made once, so that avatars made at different
times can be compared: delete what a change to the demo world, the features or the fit concerns.
"""

from dataclasses import asdict, dataclass
from pathlib import Path

from tests.bench.figures import ROOT
from tests.bench.fit_world import IDENTITY_FPS, SIZE, Clip, made
from understudy.body.build import build_body
from understudy.demo.figure import save_figure
from understudy.demo.people import make_person
from understudy.demo.world import WorldSettings, make_cutouts, make_held_out, make_identity
from understudy.features.depth import extract_depth
from understudy.features.expression import extract_expression
from understudy.features.hands import extract_hands
from understudy.features.keypoints import extract_keypoints
from understudy.features.masks import extract_masks
from understudy.fitting.fit import fit_body
from understudy.fitting.settings import FitSettings

WORLD = ROOT / "results/bench/avatar_world"
BODY = WORLD / "SMPLX_NEUTRAL.npz"


@dataclass(frozen=True)
class Identity:
    """One person, filmed in one room as the paper films identities (324 frames, 18 s)."""

    person: str
    room: str
    size: int = SIZE  # px, of the square image

    @property
    def settings(self) -> WorldSettings:
        return WorldSettings(self.size, self.size, IDENTITY_FPS, 18, depth_every=1000)

    def path(self, name: str) -> Path:
        """video.mp4, truth.npz, held_out.npz (images of unseen poses), cutouts.npz (the person
        alone), keypoints.npz, expression.npz, hands.npz, masks.npz, fit.npz or depth.npz."""
        return WORLD / (self.person if self.size == SIZE else f"{self.person}.{self.size}") / name

    @property
    def inputs(self) -> tuple[Path, Path, Path, Path, Path]:
        """What an avatar is trained on: video, masks, depth, fit, body."""
        return *map(self.path, ("video.mp4", "masks.npz", "depth.npz", "fit.npz")), BODY


# Different in build, clothes, hair and skin; none of them is in the demo.
IDENTITIES = (
    Identity("ada", "living_room"),
    Identity("dov", "studio"),
    Identity("ben", "dining_room"),
    Identity("chiyo", "bedroom"),
)
LARGE = Identity("ada", "living_room", size=1080)  # for a GPU


def make_world(identity: Identity) -> None:
    """Make those files of one person that are not there yet."""
    at, settings = identity.path, identity.settings
    figure = WORLD / "figures" / f"{identity.person}.npz"
    clip = asdict(Clip(identity.person, identity.room, None, settings.seconds))
    filmed = {"clip": clip, "settings": asdict(settings)}
    video, keypoints, expression = at("video.mp4"), at("keypoints.npz"), at("expression.npz")
    hands, masks, fit, depth, held_out, cutouts = (
        at(f"{name}.npz") for name in ("hands", "masks", "fit", "depth", "held_out", "cutouts")
    )
    room = identity.room

    made([BODY], {}, lambda: build_body(BODY))
    made([figure], {}, lambda: save_figure(figure, make_person(identity.person)))
    made(
        [video, at("truth.npz")],
        filmed,
        lambda: make_identity(figure, room, video, at("truth.npz"), settings),
    )
    made([held_out], filmed, lambda: make_held_out(figure, room, held_out, settings))
    made([cutouts], filmed, lambda: make_cutouts(figure, room, cutouts, settings))
    made(
        [keypoints],
        filmed,
        lambda: extract_keypoints(video, keypoints, people="flag", backend="mediapipe"),
    )
    made(
        [expression],
        filmed,
        lambda: extract_expression(video, keypoints, BODY, expression, backend="landmarks"),
    )
    made([hands], filmed, lambda: extract_hands(video, keypoints, BODY, hands, backend="landmarks"))
    made([masks], filmed, lambda: extract_masks(video, keypoints, masks, backend="mediapipe"))
    made(
        [fit],
        filmed,
        lambda: fit_body(
            keypoints, expression, hands, BODY, fit, FitSettings(), preset="understudy"
        ),
    )
    made(
        [depth],
        filmed,
        lambda: extract_depth(
            video, masks, fit, BODY, depth, backend="body_plane", relation="linear"
        ),
    )


if __name__ == "__main__":
    for person in IDENTITIES:
        make_world(person)
        print(f"{person.person}: {person.path('')}")
