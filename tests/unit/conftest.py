"""What several unit tests share."""

from pathlib import Path

import pytest

from understudy.body.build import build_body
from understudy.body.load import load_body
from understudy.body.model import BodyModel


@pytest.fixture(scope="session")
def body_file(tmp_path_factory) -> Path:
    """The embedded body, as the rule builds it."""
    path = tmp_path_factory.mktemp("body") / "SMPLX_NEUTRAL.npz"
    build_body(path)
    return path


@pytest.fixture(scope="session")
def body(body_file) -> BodyModel:
    return load_body(body_file)


@pytest.fixture(scope="session")
def filmed(tmp_path_factory):
    """A demo person who turns around, with ground truth: a features_film.Film."""
    from tests.unit.features_film import film  # only tests that film pay for loading the demo world

    return film(tmp_path_factory.mktemp("film"))
