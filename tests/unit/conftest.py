"""What several unit tests share."""

from pathlib import Path

import pytest

from understudy.body.build import build_body
from understudy.body.model import BodyModel, load_body


@pytest.fixture(scope="session")
def body_file(tmp_path_factory) -> Path:
    """The embedded body, as the rule builds it."""
    path = tmp_path_factory.mktemp("body") / "SMPLX_NEUTRAL.npz"
    build_body(path)
    return path


@pytest.fixture(scope="session")
def body(body_file) -> BodyModel:
    return load_body(body_file)
