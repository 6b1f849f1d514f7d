"""What several unit tests share."""

from pathlib import Path

import pytest

from understudy.body.build import build_body
from understudy.body.load import load_body
from understudy.body.model import BodyModel


@pytest.fixture(scope="session")
def body_file(made_once) -> Path:
    """The embedded body, as the rule builds it."""
    return made_once("SMPLX_NEUTRAL.npz", build_body)


@pytest.fixture(scope="session")
def body(body_file) -> BodyModel:
    return load_body(body_file)


@pytest.fixture(scope="session")
def filmed(made_once):
    """A demo person who turns around, with ground truth: a features_film.Film."""
    # Only tests that film pay for loading the demo world.
    from tests.unit.features_film import Film, make_film

    return Film.of(made_once("film", make_film))
