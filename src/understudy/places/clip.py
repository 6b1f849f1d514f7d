"""What a photo shows and which labels suit it, by a network that compares images with words.

Radford et al., "Learning transferable visual models from natural language supervision", ICML 2021,
as OpenCLIP builds it. A photo's kind is the one whose sentence is nearest. How well a label suits
it is how near the label's sentence is, less how near that sentence is to the kinds of scene on
average: some sentences are near everything. It is ranked among the labels of the table, so that it
hangs on nothing but the photo and the label.
"""

from collections.abc import Sequence
from pathlib import Path

import torch

from understudy.networks.clip import load_network, near, seen, written
from understudy.networks.clip import shapes as shapes  # for features.check_weights
from understudy.networks.clip import state_of as state_of
from understudy.places.found import Photo
from understudy.places.kinds import KINDS, plain
from understudy.places.plausible import PLAUSIBLE
from understudy.progress import progress
from understudy.video.image import open_image

KIND_SENTENCES = ("a photo of a {}", "a photo of an empty {}", "a {} without people")
LABEL_SENTENCES = ("a photo of a place to {}", "a place where people {}")


def look(
    name: str, weights: Path | str, images: dict[str, str], labels: Sequence[str]
) -> dict[str, Photo]:
    """What each photo shows, by id, without its version.

    name: of the network, a row of config/weights.yaml; weights: its file; images: paths by id;
    labels: those of the config. Raises UserError if the weights or an image cannot be read.
    """
    network = load_network(name, weights)
    kinds = _sentences(network, KIND_SENTENCES, KINDS)
    usual = list(PLAUSIBLE)
    suited = _sentences(network, LABEL_SENTENCES, [*usual, *map(plain, labels)])
    everywhere = (suited @ kinds.T).mean(1)
    found = {}
    for id_, path in progress(images.items(), "looking at photos", len(images), "photo"):
        picture = seen(network, open_image(path))
        shares = near(network, picture, kinds)
        suits = (suited @ picture - everywhere).numpy()
        ranks = [float((suits[: len(usual)] < one).mean()) for one in suits[len(usual) :]]
        best = int(shares.argmax())
        found[id_] = Photo(
            None,
            KINDS[best],
            round(float(shares[best]), 4),
            {label: round(rank, 4) for label, rank in zip(labels, ranks, strict=True)},
        )
    return found


def _sentences(
    network: torch.nn.Module, templates: Sequence[str], names: Sequence[str]
) -> torch.Tensor:
    """(n,d): the mean of each name's sentences, of length 1."""
    words = [name.replace("_", " ") for name in names]
    told = torch.stack([written(network, [text.format(w) for w in words]) for text in templates])
    return torch.nn.functional.normalize(told.mean(0), dim=-1)
