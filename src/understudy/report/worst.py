"""The synthetic videos to look at first, each under its reference, on one sheet."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from understudy.artifacts.shown import read_shown
from understudy.plan.shown import WORST_SHOWN
from understudy.report.grid import Row, columns_for, evenly, make_sheet, write_jpeg
from understudy.video.probe import probe
from understudy.video.read import read_frames

NONE = "none of the synthetic videos was measured"


@dataclass(frozen=True)
class Told:
    """Of a reference: its normalised video and its fit."""

    video: Path
    fit: Path


def sheet_worst(manifest: Path, references: Mapping[str, Told], out: Path) -> list[str]:
    """For each of the WORST_SHOWN videos of the highest risk, frames of its reference above the
    same moments of the video. Writes a JPEG; returns the videos."""
    table = pd.read_parquet(manifest).dropna(subset="risk")
    worst = table[table["frames"].notna()].nlargest(WORST_SHOWN, "risk")
    rows: list[Row] = []
    for video in worst.itertuples():
        source = references[video.reference]
        info, part = probe(video.video), read_shown(source.fit).part
        indices = evenly(info.frames, columns_for(info.width, info.height))
        told = f"{video.identity} on {video.background}: risk {video.risk:.2f}; "
        told += f"{video.quality_residual:.1f} % from its keypoints, "
        told += f"detected again at {video.quality_redetected:.1f} %"
        rows.append(Row(video.reference, read_frames(source.video, part.start + indices)))
        rows.append(Row(told, read_frames(video.video, indices)))
    if not rows:
        rows.append(Row(NONE, np.zeros((1, 30, 400, 3), np.uint8)))
    write_jpeg(out, make_sheet(rows))
    return worst["video"].tolist()
