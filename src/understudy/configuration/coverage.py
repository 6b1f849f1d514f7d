"""The configuration's `coverage`: when an identity's video shows too little of the person."""

from typing import Annotated

from pydantic import Field

from understudy.configuration.kinds import Section, Share
from understudy.coverage.settings import CoverageLimits


class CoverageSection(Section):
    """An identity is flagged if what its video shows is below, or beyond, one of these."""

    of = CoverageLimits

    least_side: Share = CoverageLimits.least_side
    least_part: Share = CoverageLimits.least_part
    least_square: Share = CoverageLimits.least_square
    least_turn: Annotated[float, Field(ge=0, le=360)] = CoverageLimits.least_turn
    most_flexed: Annotated[float, Field(ge=0, le=180)] = CoverageLimits.most_flexed
    least_height: Annotated[float, Field(ge=0, le=8192)] = CoverageLimits.least_height
    least_light: Annotated[float, Field(ge=0, le=255)] = CoverageLimits.least_light
    most_blur: Share = CoverageLimits.most_blur
