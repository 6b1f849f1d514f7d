"""Every number of ExAvatar's training, with what it does; the defaults are those of its release."""

from dataclasses import dataclass, field
from typing import Literal

from understudy.errors import UserError


@dataclass(frozen=True)
class PartWeights:
    """Weights of one regulariser by part of the surface; a later part overrides an earlier one.

    None: as for the body.
    """

    body: float
    face: float | None = None
    hands: float | None = None
    expression: float | None = None  # the part of the face that expressions move
    cavity: float | None = None  # the mouth's inside, where the mesh is closed


@dataclass(frozen=True)
class ExAvatarWeights:
    """Weights of the losses. Each loss is a plain mean over its elements, for the base Gaussians
    and again for the pose-dependent ones."""

    l1: float = 0.8  # of the person over the scene, in the person's box
    ssim: float = 0.2  # 1 - SSIM of the same
    lpips: float = 0.2  # LPIPS-VGG of the same, if its network is given
    face: float = 0.8  # L1 of the same with the face as the video shows it (`face`)
    random_background: float = 1.0  # L1 of the person alone: all that shapes the silhouette
    offset: PartWeights = PartWeights(10.0, face=1.0, hands=1000.0, expression=10.0)  # square, m^2
    hand_outward: float = 1.0  # cosine between a hand's offset and outward normal, where positive
    scale: PartWeights = PartWeights(1.0, hands=1000.0, expression=10.0, cavity=0.0)  # square
    offset_laplacian: PartWeights = PartWeights(1e5, expression=50e5, cavity=0.1e5)
    scale_laplacian: PartWeights = PartWeights(1e6, expression=0.0)
    color_laplacian: PartWeights = PartWeights(0.1, hands=100.0)
    hand_color: float = 0.01  # square of a hand's colour minus its mean
    arm_color: float = 0.1  # the same for the arm's underside minus the upper side above it
    joint_offset: float = 1.0  # square of its change, m^2
    joint_offset_hands: float = 10.0
    joint_symmetry: float = 1.0
    scene_l1: float = 0.8  # of the scene outside the mask
    scene_ssim: float = 0.2


@dataclass(frozen=True)
class ExAvatarSettings:
    """How an ExAvatar is trained.

    Example: ExAvatarSettings(subdivisions=0) on a CPU; two on a GPU, as released.
    """

    preset: Literal["release", "paper"] = "release"
    """Which frames are used for training. release: one in six, as in the paper's published code.
    paper: all that are not held out, as in the paper's text; six times the steps."""
    subdivisions: int = 2
    """How many times every edge of the body mesh is halved; ExAvatar uses 2 (167,000 Gaussians with
    SMPL-X), 0 and 1 suit a CPU."""
    epochs: int = 5
    """Passes over the clip; each draws every frame `repeats` times."""
    repeats: int = 15
    """How many times a frame is drawn in an epoch."""
    scene: Literal["gaussians", "plate"] = "gaussians"
    """Background during training. gaussians: scene Gaussians that start from the depth maps and are
    trained jointly, as in ExAvatar. plate: the empty background, measured from the pixels outside
    the masks."""
    plane_size: int = 128  # texels per side, for each of six feature planes
    plane_channels: int = 32
    hidden: int = 128  # units of each of the networks' three hidden layers
    rate: float = 1e-3  # of networks, planes, shape and joint offsets
    pose_rate: float = 1e-4  # of each frame's pose
    rate_steps: tuple[float, ...] = (0.75, 0.95)  # shares of the steps after which rates are 1/10
    warm_up: int = 100  # steps in which Gaussians are drawn no larger than …
    warm_up_scale: float = 0.001  # m
    nearest_every: int = 50  # steps between searches of the vertex whose weights a point has
    lpips: str | None = None
    """torchvision's VGG-16 weights (vgg16-397923af.pth from download.pytorch.org/models), which add
    ExAvatar's LPIPS loss. Null: no such loss."""
    weights: ExAvatarWeights = field(default_factory=ExAvatarWeights)

    def __post_init__(self) -> None:
        for name, words in (("preset", ("release", "paper")), ("scene", ("gaussians", "plate"))):
            if getattr(self, name) not in words:
                given = getattr(self, name)
                raise UserError(f"avatar.exavatar.{name} must be {' or '.join(words)}, not {given}")
        if self.subdivisions not in (0, 1, 2):
            raise UserError(
                f"avatar.exavatar.subdivisions must be 0, 1 or 2, not {self.subdivisions}"
            )
