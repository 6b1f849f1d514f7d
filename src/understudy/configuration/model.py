"""The whole configuration."""

from typing import Annotated, Literal

from pydantic import Field

from understudy.artifacts.flags import KeepSettings
from understudy.configuration.avatar import AvatarSection
from understudy.configuration.coverage import CoverageSection
from understudy.configuration.demo import Demo
from understudy.configuration.experiments import Experiments
from understudy.configuration.features import Features
from understudy.configuration.fit import FitSection
from understudy.configuration.kinds import (
    File,
    Folder,
    Image,
    Label,
    Section,
    Seed,
    Share,
    Text,
    Unique,
    allowed,
)
from understudy.configuration.release import Release
from understudy.configuration.render import Backgrounds, Render
from understudy.configuration.video import Video
from understudy.coverage.settings import FLAGS as COVERAGE_FLAGS
from understudy.fitting.settings import FLAGS


class Flame(Section):
    """FLAME's head in the body, for users of SMPL-X; the preset paper fits the face with it."""

    model: File | None = None
    """FLAME 2020 model file (.npz, or .pkl without chumpy), used with an SMPL-X body; null: no
    FLAME."""

    vertex_ids: File | None = None
    """SMPL-X__FLAME_vertex_ids.npy: which of the body's vertices are FLAME's."""


class TablesSection(Section):
    """The tables of inputs, tab-separated."""

    identities: File = "config/identities.tsv"
    """New people I, each filmed turning around."""

    references: File = "config/references.tsv"
    """Reference videos T: people performing actions."""

    backgrounds: File = "config/backgrounds.tsv"
    """Background images B."""

    real: File | None = None
    """Real labelled videos for training and testing the recognisers. Null: the dataset is made, no
    experiments are run."""


def _flags(names: tuple[str, ...]) -> object:
    return Annotated[
        list[Literal[*names]], Unique, allowed(f"a list of any of {', '.join(names)}, or []")
    ]


class Keep(Section):
    """Which synthetic videos the lists for training hold, of those that passed their checks."""

    of = KeepSettings

    unless_reference: _flags(FLAGS) = Field(default=[*KeepSettings.unless_reference])
    unless_identity: _flags(tuple(dict.fromkeys((*FLAGS, *COVERAGE_FLAGS)))) = Field(
        default=[*KeepSettings.unless_identity]
    )
    most_risk: Share = KeepSettings.most_risk


class Dataset(Section):
    """What the manifest says about the dataset, and which videos are trained on."""

    name: Text = "understudy"
    """Name of the dataset."""

    licence: Text = "unstated"
    """Licence of the synthetic videos."""

    keep: Keep = Field(default_factory=Keep)
    """Which synthetic videos the lists for training hold."""


class Config(Section):
    """Understudy's configuration."""

    results: Folder = "results"
    """Output folder."""

    seed: Seed = 0
    """Seed for every random choice; a repeated run produces the same files."""

    device: Literal["cpu", "cuda"] = "cpu"
    """Where networks, avatar training and rendering run. With cuda, rules that use a GPU request
    one from the cluster."""

    container: Image | None = None
    """Image (.sif or docker://) that jobs run in with --software-deployment-method apptainer; see
    docs/slurm.md."""

    body: File | None = None
    """SMPL-X-format body file (.npz or .pkl). Null: the built-in CC0 body."""

    flame: Flame = Field(default_factory=Flame)
    """FLAME's head in the body."""

    weights: Folder = "weights"
    """Folder with the weights that the paper's own back-ends need; `config/weights.yaml` lists the
    files and where to get them, `make weights` checks them."""

    labels: Annotated[list[Label], Field(min_length=1), Unique]
    """The action classes; their order defines the label index."""

    tables: TablesSection = Field(default_factory=TablesSection)
    """The tables of inputs."""

    video: Video = Field(default_factory=Video)
    """How videos are normalised."""

    features: Features = Field(default_factory=Features)
    """The back-end of each feature."""

    fit: FitSection = Field(default_factory=FitSection)
    """The body fit."""

    coverage: CoverageSection = Field(default_factory=CoverageSection)
    """What an identity's video has to show of the person (docs/identities.md)."""

    avatar: AvatarSection = Field(default_factory=AvatarSection)
    """Avatar training."""

    render: Render = Field(default_factory=Render)
    """Re-enactment."""

    backgrounds: Backgrounds = Field(default_factory=Backgrounds)
    """Compositing."""

    dataset: Dataset = Field(default_factory=Dataset)
    """What the manifest says about the dataset, and which videos are trained on."""

    release: Release = Field(default_factory=Release)
    """The dataset for others (docs/release.md)."""

    experiments: Experiments = Field(default_factory=Experiments)
    """The recognisers."""

    demo: Demo = Field(default_factory=Demo)
    """The demo world."""
