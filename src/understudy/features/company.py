"""Who is in the image: nobody, one person, or several."""

from pathlib import Path

import numpy as np

from understudy.errors import UserError
from understudy.video.probe import VideoInfo

FEWEST_JOINTS = 5  # of the body's 17, for somebody to count as seen
MISSING_ALLOWED = 0.8  # a video is refused if nobody is seen in this share of its frames
SEVERAL_ALLOWED = 0.15  # … or if others are in more than this share of the samples: a chair
# mistaken for a person now and then is not company, someone crossing the image is

# People are counted in frames spread over the clip.
SAMPLES_A_SECOND = 2
FEWEST_SAMPLES, MOST_SAMPLES = 12, 48


def samples(info: VideoInfo) -> int:
    """The number of frames of a video in which people are counted."""
    wanted = info.seconds * SAMPLES_A_SECOND
    return int(np.clip(wanted, FEWEST_SAMPLES, MOST_SAMPLES))


def check_somebody(video: Path | str, score: np.ndarray) -> None:
    """Refuse a video in which hardly any frame shows a body; score (n,133)."""
    missing = ((score[:, :17] > 0.5).sum(1) < FEWEST_JOINTS).mean()
    if missing >= MISSING_ALLOWED:
        raise UserError(
            f"{video}: no person is seen in {100 * missing:.0f} % of the frames; "
            "give a video that shows one person throughout"
        )


def check_alone(video: Path | str, people: dict[int, int], policy: str) -> None:
    """Refuse a video with several people if the policy is "refuse"; back-ends call it early."""
    if policy == "refuse" and shows_several(people):
        several = sum(count > 1 for count in people.values())
        raise UserError(
            f"{video}: shows {max(people.values())} people ({several} of {len(people)} sampled "
            "frames); trim or crop it to one person, say in the column who of its table whom to "
            "follow, or set features.people: flag to follow the most prominent one"
        )


def shows_several(people: dict[int, int]) -> bool:
    """Whether more than one person is seen in at least two, and over 15 %, of sampled frames."""
    several = sum(count > 1 for count in people.values())
    return several >= 2 and several > SEVERAL_ALLOWED * len(people)
