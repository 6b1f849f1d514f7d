"""The numbers of avatar training that are not specific to one model."""

from dataclasses import asdict, dataclass
from typing import Any

from understudy.errors import UserError
from understudy.registry import chosen, import_path


@dataclass(frozen=True)
class AlignSettings:
    """How a pose is aligned with an image; see `alignment`."""

    blurs: tuple[float, ...] = (1.5, 1.0)  # px, on both images, one per iteration
    turn_trust: float = 0.05  # rad that a joint may turn where the image says little
    transl_trust: float = 0.02  # m that the body may move there
    joint_trust: float = 0.001  # m that a joint at rest may be off its position in the fit
    pixel_sigma: float = 0.1  # of a colour in [0,1]
    pixels_alike: float = 10.0  # neighbouring pixels that say the same
    outlier: float = 0.1  # a larger residual counts linearly, not squared


@dataclass(frozen=True)
class TrainSettings:
    """How one avatar is trained: settings for every model, and those of the chosen one.

    Example: TrainSettings("direct", DirectSettings(iterations=1200), size=256)
    """

    model: str
    """direct: a colour, size and position for each Gaussian, no networks, poses aligned with the
    images. exavatar: the networks and losses of the paper's backbone (docs/avatars.md). Each model
    has its own section; the other keys apply to both."""
    own: Any  # an instance of the class that its training names
    size: int = 512
    """Longest side of the training images in pixels."""
    seed: int = 0
    held_out_every: int = 8
    """One frame in this many is held out of training and used to score the avatar."""
    patience: float = 0.5
    """Training stops early when held-out frames have not improved for this share of its steps; 1:
    never. exavatar never stops before its rates have fallen for the last time."""
    checkpoint_seconds: float = 60.0
    """Seconds between checkpoints, from which a killed training resumes."""

    @staticmethod
    def from_config(keys: dict, seed: int, checkpoint_seconds: float) -> "TrainSettings":
        """From the keys of the configuration's `avatar` that make an avatar of its model
        (`plan.effective.avatar_settings`)."""
        shared = dict(keys)
        own = chosen("avatar", keys["model"]).own_settings(**shared.pop(keys["model"]))
        return TrainSettings(own=own, seed=seed, checkpoint_seconds=checkpoint_seconds, **shared)

    def key(self) -> dict:
        """What determines the result, JSON-able: not how often a state is saved."""
        values = asdict(self)
        values.pop("checkpoint_seconds")
        return values

    def __post_init__(self) -> None:
        import_path("avatar", self.model)
        if self.size < 1 or self.held_out_every < 2:
            raise UserError("avatar: size must be at least 1, held_out_every at least 2")
        if not 0 < self.patience <= 1:
            raise UserError(f"avatar.patience is {self.patience}; give a share in (0, 1]")
