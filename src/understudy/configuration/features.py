"""The configuration's `features`: the back-end of each feature, one word each."""

from typing import Annotated, Literal

from pydantic import Field

from understudy.configuration.kinds import Section, allowed

Backend = Annotated[
    str, Field(pattern="^[A-Za-z0-9_]+$"), allowed("the name of a back-end (docs/backends.md)")
]


class Features(Section):
    """The back-end of each feature, one word each."""

    keypoints: Backend = "mediapipe"
    """133 COCO-WholeBody keypoints."""

    masks: Backend = "mediapipe"
    """Person masks of identities."""

    depth: Backend = "body_plane"
    """Depth maps of identities."""

    depth_relation: Literal["linear", "reciprocal"] = "linear"
    """How the numbers of Depth Anything become metres. linear: as ExAvatar's fitting does,
    depth falls as they rise. reciprocal: depth is one over them, as they were trained to
    say."""

    expression: Backend = "landmarks"
    """Facial expression and jaw."""

    hands: Backend = "landmarks"
    """Hand poses."""

    people: Literal["refuse", "flag"] = "refuse"
    """What to do with a video that shows more than one person."""
