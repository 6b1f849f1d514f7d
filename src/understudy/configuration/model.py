"""The whole configuration."""

from typing import Annotated, Literal

from pydantic import Field

from understudy.configuration.avatar import AvatarSection
from understudy.configuration.demo import Demo
from understudy.configuration.experiments import Experiments
from understudy.configuration.features import Features
from understudy.configuration.fit import FitSection
from understudy.configuration.kinds import File, Folder, Image, Label, Section, Seed, Text, Unique
from understudy.configuration.render import Backgrounds, Render
from understudy.configuration.video import Video


class Flame(Section):
    """FLAME's head in the body, for users of SMPL-X; the preset paper fits the face with it."""

    model: File | None = None
    """FLAME 2020's model file (.npz or .pkl without chumpy), to go with an SMPL-X body; null does
    without."""

    vertex_ids: File | None = None
    """SMPL-X__FLAME_vertex_ids.npy, which of the body's vertices are FLAME's."""


class TablesSection(Section):
    """The tables of inputs, tab-separated."""

    identities: File = "config/identities.tsv"
    """New people I, each filmed turning round."""

    references: File = "config/references.tsv"
    """Reference videos T, who does what."""

    backgrounds: File = "config/backgrounds.tsv"
    """Background images B."""

    real: File | None = None
    """Real labelled videos for training and testing the recognisers. Null makes the dataset without
    experiments."""


class Dataset(Section):
    """What the manifest says of the dataset."""

    name: Text = "understudy"
    """Name of the dataset."""

    licence: Text = "unstated"
    """Licence that you give the synthetic videos."""


class Config(Section):
    """Understudy's configuration."""

    results: Folder = "results"
    """Folder that everything is written to."""

    seed: Seed = 0
    """Seed of every random choice; a repeated run gives the same files."""

    device: Literal["cpu", "cuda"] = "cpu"
    """Where networks, avatars and rendering run. With cuda, rules that use a GPU ask the cluster
    for one."""

    container: Image | None = None
    """Image (.sif or docker://) in which jobs run with --software-deployment-method apptainer;
    docs/slurm.md."""

    body: File | None = None
    """SMPL-X-format body file (.npz or .pkl). Null builds the embedded CC0 body."""

    flame: Flame = Field(default_factory=Flame)
    """FLAME's head in the body."""

    weights: Folder = "weights"
    """Folder of the weights that the paper's own back-ends need; `config/weights.yaml` names the
    files and where each is had, `make weights` checks them."""

    labels: Annotated[list[Label], Field(min_length=1), Unique]
    """The action classes; their order gives the label index."""

    tables: TablesSection = Field(default_factory=TablesSection)
    """The tables of inputs."""

    video: Video = Field(default_factory=Video)
    """What videos are normalised to."""

    features: Features = Field(default_factory=Features)
    """The back-end of each feature."""

    fit: FitSection = Field(default_factory=FitSection)
    """The body fit."""

    avatar: AvatarSection = Field(default_factory=AvatarSection)
    """Avatar training."""

    render: Render = Field(default_factory=Render)
    """Re-enactment."""

    backgrounds: Backgrounds = Field(default_factory=Backgrounds)
    """Compositing."""

    dataset: Dataset = Field(default_factory=Dataset)
    """What the manifest says of the dataset."""

    experiments: Experiments = Field(default_factory=Experiments)
    """The recognisers."""

    demo: Demo = Field(default_factory=Demo)
    """The demo world."""
