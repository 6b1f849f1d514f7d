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
    """Person masks of identity videos."""

    depth: Backend = "body_plane"
    """Depth maps of identity videos."""

    depth_relation: Literal["linear", "reciprocal"] = "linear"
    """How Depth Anything's output is converted to metres. linear: depth decreases linearly with
    it, as in ExAvatar's fitting. reciprocal: depth is one over it, as the network was
    trained."""

    expression: Backend = "landmarks"
    """Facial expression and jaw."""

    hands: Backend = "landmarks"
    """Hand poses."""

    scene: Backend = "table"
    """What kind of scene a background shows. table: what its row says. clip, clip_l: where that
    says nothing, what a network finds (`make scenes`)."""

    people: Literal["refuse", "flag"] = "refuse"
    """What to do with a video that shows more than one person, if its row does not say `who` is to
    be followed. flag: the most prominent one is."""
