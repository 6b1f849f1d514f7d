"""How a recogniser is trained. The defaults are the paper's (section 5.1)."""

from dataclasses import asdict, dataclass, fields
from pathlib import Path

from understudy.choices import CHOICES
from understudy.errors import UserError

ARCHITECTURES = tuple(CHOICES["recogniser"])
FRAMES = {"resnet": 16, "slowfast": 32}  # section 5.1
INPUTS = ("frames", "motion")
WEIGHTINGS = ("none", "quality")
RECIPES = ("mix", "rehearse", "pretrain")
OPTIMISERS = ("adam", "sgd")
GPU_WORKERS = 4
DEPTHS = (18, 50, 101, 152)  # PyTorchVideo's; 18 has one bottleneck block per stage
PAPER_WIDTH = 64
INDIFFERENT = ("workers", "cache_gb", "checkpoint_seconds")  # these change no result


@dataclass(frozen=True)
class RecogniserSettings:
    """One recogniser and its training.

    For a demo on a laptop, where a few dozen clips must do: `depth=18, width=16, frames=8,
    size=64, input="motion", epochs=25, batch=8, lr=2e-3, final_lr=0.02, dropout=0, zoom=1.15,
    clip_share=0.9`.
    """

    architecture: str = "resnet"
    """`resnet` (3D ResNet) or `slowfast`, both as PyTorchVideo builds them."""

    depth: int = 50
    """Layers: 50 (the paper), 101, 152, or 18: PyTorchVideo's smallest, for demos."""

    width: int = PAPER_WIDTH
    """Channels of the stem; every later stage scales with it."""

    frames: int = FRAMES["resnet"]
    """Frames per clip, evenly spaced (the paper's: 16, SlowFast 32). SlowFast needs a multiple of
    4: its slow pathway sees every fourth."""

    size: int = 224
    """Side of the square that frames are resized to, px."""

    input: str = "frames"
    """`frames` (the paper), or `motion`: each frame minus the mean of its clip, which removes
    everything that does not move before a still camera. A network that starts from random weights
    needs thousands of clips to learn that by itself."""

    pretrained: str | None = None
    """Weights to start from (.pt, .pth, .pyth, .safetensors), of the same architecture, depth and
    width; the last layer is replaced. Null: random weights (the paper). A gain only over random
    weights is weak evidence: add a second model that starts from Kinetics weights."""

    epochs: int = 5
    """Passes over the training list (the paper)."""

    steps: int | None = None
    """Number of steps, instead of `epochs`, so that a longer list does not train for longer."""

    optimiser: str = "adam"
    """`adam`, as in PyTorchVideo's tutorial, or `sgd`, as in its trainer example. The paper names
    neither; at its learning rate SGD makes hardly any progress."""

    lr: float = 1e-4
    """Initial learning rate."""

    momentum: float = 0.9
    """Momentum of SGD."""

    weight_decay: float = 0.0
    """Weight decay of either optimiser (PyTorchVideo: 0 with Adam, 0.0001 with SGD)."""

    final_lr: float = 1.0
    """Final learning rate as a fraction of `lr`, reached by cosine decay; 1: constant."""

    batch: int = 4
    """Clips per step."""

    balanced: bool = False
    """Every class is drawn equally often in an epoch, however many videos it has; an epoch is as
    long as without."""

    recipe: str = "mix"
    """In which order real and synthetic videos are seen, in the same number of steps: `mix`,
    together (the paper); `rehearse`, together, and the real ones alone at a tenth of the rate for
    the last third; `pretrain`, the synthetic ones, then the real ones, half of the steps each."""

    smoothing: float = 0.0
    """Share of a synthetic video's label that is spread over all classes."""

    weighting: str = "none"
    """How much a synthetic video counts in the loss: `none`, as much as a real one, or `quality`,
    by 1 − its risk: how likely its motion is among the tenth furthest from the performer's."""

    dropout: float = 0.5
    """Dropout before the last layer (PyTorchVideo's default)."""

    clip_share: float = 1.0
    """Share of a video that a training clip covers, from a random start; 1: the whole video."""

    test_spans: int = 0
    """A test video counts by the mean of its predictions for so many spans of `clip_share`, evenly
    from start to end, each as it is and, unless `flip` is 0, mirrored (multi-view testing;
    Feichtenhofer et al., ICCV 2019). 0: one clip of the whole video."""

    zoom: float = 1.0
    """Training frames are enlarged by up to this factor and cropped at random; 1: never."""

    flip: float = 0.5
    """Probability that a training clip is mirrored."""

    contrast: float = 0.0
    """A training clip's contrast is changed by a factor of up to this much less or more than 1."""

    saturation: float = 0.0
    """The same of its colours' saturation."""

    greyscale: float = 0.0
    """Probability that a training clip has no colours."""

    cache_gb: float = 2.0
    """Decoded clips are kept in memory if the whole list fits in this many GB."""

    workers: int | None = None
    """Processes that decode clips in advance. Null: 4 on a GPU, none on a CPU, where they would
    take cores from the training."""

    mixed_precision: bool = True
    """Run forward passes in bfloat16 where a GPU, or a processor's AMX unit, multiplies it;
    everything else is float32."""

    checkpoint_seconds: float = 120.0
    """Seconds between checkpoints, from which a killed training resumes."""

    def __post_init__(self) -> None:
        if self.architecture not in ARCHITECTURES:
            raise UserError(
                f"recogniser: unknown architecture '{self.architecture}'; use {ARCHITECTURES}"
            )
        if self.input not in INPUTS:
            raise UserError(f"recogniser: unknown input '{self.input}'; use one of {INPUTS}")
        if self.recipe not in RECIPES:
            raise UserError(f"recogniser: unknown recipe '{self.recipe}'; use one of {RECIPES}")
        if not 0 <= self.smoothing < 1:
            raise UserError("recogniser: smoothing must be in [0, 1)")
        if self.weighting not in WEIGHTINGS:
            raise UserError(
                f"recogniser: unknown weighting '{self.weighting}'; use one of {WEIGHTINGS}"
            )
        if self.optimiser not in OPTIMISERS:
            raise UserError(
                f"recogniser: unknown optimiser '{self.optimiser}'; use one of {OPTIMISERS}"
            )
        if self.depth not in DEPTHS:
            raise UserError(f"recogniser: depth {self.depth} is not one of {DEPTHS}")
        if self.width < 8 or self.width % 8:
            raise UserError(f"recogniser: width {self.width} is not a positive multiple of 8")
        if self.architecture == "slowfast" and self.frames % 4:
            raise UserError(f"recogniser: SlowFast needs a multiple of 4 frames, not {self.frames}")
        if self.size < 32 or self.frames < 1 or self.epochs < 1 or self.batch < 1:
            raise UserError(
                "recogniser: size must be at least 32; frames, epochs and batch at least 1"
            )
        if not 0 < self.clip_share <= 1 or self.zoom < 1:
            raise UserError("recogniser: clip_share must be in (0, 1], zoom at least 1")
        if self.test_spans < 0:
            raise UserError("recogniser: test_spans must be at least 0")
        if self.steps is not None and self.steps < 1:
            raise UserError("recogniser: steps must be at least 1, or null")

    @classmethod
    def from_dict(cls, values: dict) -> "RecogniserSettings":
        """Settings from a config section; without `frames`, the paper's number for the model."""
        unknown = sorted(set(values) - {field.name for field in fields(cls)})
        if unknown:
            raise UserError(f"recogniser: unknown setting '{unknown[0]}'")
        frames = FRAMES.get(values.get("architecture", cls.architecture), cls.frames)
        return cls(**{"frames": frames, **values})

    def workers_on(self, device: str) -> int:
        """How many processes decode ahead on a device (cpu or cuda)."""
        if self.workers is not None:
            return self.workers
        return GPU_WORKERS if device == "cuda" else 0

    def to_dict(self) -> dict:
        return asdict(self)

    def decisive(self) -> dict:
        """Those that change the result: all but INDIFFERENT, which only cost time and memory."""
        return {name: value for name, value in asdict(self).items() if name not in INDIFFERENT}

    def describe(self) -> str:
        """In words, noting what is smaller than the paper's: 'ResNet-18, width 16 of 64, …'."""
        name = {"resnet": "ResNet", "slowfast": "SlowFast"}[self.architecture]
        width = (
            "full width" if self.width == PAPER_WIDTH else f"width {self.width} of {PAPER_WIDTH}"
        )
        seen = "" if self.input == "frames" else ", each minus the clip's mean"
        start = "" if self.pretrained is None else f", started from {Path(self.pretrained).name}"
        return f"{name}-{self.depth}, {width}, {self.frames} frames of {self.size} px{seen}{start}"
