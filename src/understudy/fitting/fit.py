"""Fit a body to a clip: from feature files to the fit file."""

import sys
from dataclasses import replace
from pathlib import Path

from understudy.artifacts.fit import Fit, save_fit
from understudy.artifacts.origin import of_keypoints
from understudy.artifacts.shown import shown
from understudy.body.flame import load_flame
from understudy.body.load import load_body
from understudy.fitting.assess import assess
from understudy.fitting.features import read_features
from understudy.fitting.preset import Preset
from understudy.fitting.settings import FitSettings
from understudy.registry import chosen


def fit_body(
    keypoints: Path | str,
    expression: Path | str,
    hands: Path | str,
    body: Path | str,
    out: Path | str,
    settings: FitSettings,
    preset: str,
    seed: int = 0,
) -> Fit:
    """Fit the body of a file to a clip's features and write the fit to `out`; also returns it.
    Says on stderr when nobody is seen.

    Raises UserError if hardly anybody is seen, or a feature was made for another body model.
    """
    model = load_body(body)
    way: Preset = chosen("fit", preset).of(settings, seed, load_flame(body, model))
    observed, note = way.read(keypoints)
    features = read_features(observed, keypoints, expression, hands, model.model_id)
    about = {
        "body": model.model_id,
        "backend": "understudy",
        "preset": preset,
        "keypoints": of_keypoints(note),
        **way.about(features),
    }
    fit = replace(way.fit(features, model), about=about)
    save_fit(out, fit, assess(fit, observed, model, settings))
    if left_out := shown(fit.confidence, fit.fps).told():
        print(f"{out}: {left_out}; no figure is shown there", file=sys.stderr)
    return fit
