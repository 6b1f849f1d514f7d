"""The rule's script prints what flags a fit, and fails if the configuration refuses that."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from fit_clips import points_of, waving, write_keypoints, write_still

from understudy.artifacts.fit_quality import read_report
from understudy.configuration.check import checked_config

ROOT = Path(__file__).resolve().parents[2]
# What Snakemake gives a script, as far as this one uses it.
STAND_IN = """
import json, runpy, sys
from types import SimpleNamespace
told = {name: SimpleNamespace(**part) for name, part in json.loads(sys.argv[2]).items()}
files = [sys.argv[3]], [sys.argv[4]]
job = SimpleNamespace(**told, output=files[0], log=files[1], threads=1)
runpy.run_path(sys.argv[1], {"snakemake": job})
"""


@pytest.fixture
def run(tmp_path, body, body_file):
    """Run the script on a waving body with what the schema has for `fit`, and these values."""
    keypoints = write_keypoints(tmp_path / "keypoints.npz", points_of(body, waving(body, 8)))
    expression, hands = write_still(tmp_path, 8, body.model_id)

    def script(fit: dict) -> subprocess.CompletedProcess:
        config = checked_config({"labels": ["wave"], "fit": fit})["fit"]
        judged = {key: config.pop(key) for key in ("flag", "flagged")}
        files = {"keypoints": keypoints, "expression": expression, "hands": hands}
        told = {
            "input": {name: str(path) for name, path in {**files, "body": body_file}.items()},
            "params": {"settings": config, "judged": judged, "seed": 0},
        }
        path = str(ROOT / "workflow/scripts/fit_body.py")
        arguments = [path, json.dumps(told), tmp_path / "fit.npz", tmp_path / "fit.log"]
        environment = {**os.environ, "PYTHONPATH": str(Path(path).parent)}
        return subprocess.run(
            [sys.executable, "-c", STAND_IN, *arguments],
            env=environment,
            capture_output=True,
            text=True,
        )

    return script


def test_a_sound_fit_is_made_without_a_word(run, tmp_path):
    done = run({"flag": {"jitter": 1000.0}})
    assert done.returncode == 0 and "flagged" not in done.stderr
    assert read_report(tmp_path / "fit.npz").quality.jitter > 1


def test_a_flagged_fit_is_made_and_told_in_the_log(run, tmp_path):
    done = run({"flag": {"jitter": 0.01}})
    assert done.returncode == 0 and (tmp_path / "fit.npz").is_file()
    told = (tmp_path / "fit.log").read_text()
    assert "fit.npz: the fit is flagged: the joints accelerate by" in told
    assert "more than 0.01" in told


def test_a_flagged_fit_is_refused_with_one_line(run, tmp_path):
    done = run({"flagged": "refuse", "flag": {"jitter": 0.01}})
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    (line,) = [line for line in done.stderr.splitlines() if "flagged" in line]
    assert line.startswith("error: ") and "or set fit.flagged: warn" in line
