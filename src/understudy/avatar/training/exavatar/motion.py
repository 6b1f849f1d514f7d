"""The poses of the frames that ExAvatar trains on, all of which it refines."""

import torch
from torch import Tensor, nn

from understudy.avatar.training.poses import FramePose
from understudy.body import rotation6d
from understudy.body.rotation import matrix_to_axis_angle
from understudy.body.skeleton import BODY_JOINTS


class Motion(nn.Module):
    """A pose for each of k frames: rows (55,6), the joints' rotations; places (3,) m; smiles (E,),
    expressions.

    One parameter for each frame: one for all would move frames that were not drawn.
    """

    def __init__(self, frames: list[FramePose]) -> None:
        super().__init__()
        rows = [rotation6d.from_matrix(frame.rotations).clone() for frame in frames]
        self.rows = nn.ParameterList(map(nn.Parameter, rows))
        self.places = nn.ParameterList(nn.Parameter(frame.transl.clone()) for frame in frames)
        self.smiles = nn.ParameterList(nn.Parameter(frame.expression.clone()) for frame in frames)

    def pose(self, k: int) -> tuple[Tensor, Tensor, Tensor]:
        """The k-th as a batch of one: rotations (1,55,3,3), transl (1,3), expression (1,E)."""
        rotations = rotation6d.to_matrix(self.rows[k])
        return rotations[None], self.places[k][None], self.smiles[k][None]

    @torch.no_grad()
    def change(self, k: int, fitted: FramePose) -> tuple[Tensor, Tensor, Tensor]:
        """The k-th relative to its fit: correction (23,3), turns (33,3) and smile (E,), as `poses`
        says."""
        rotations, transl, expression = (x[0] for x in self.pose(k))
        turns = matrix_to_axis_angle(rotations @ fitted.rotations.mT)
        correction = torch.cat([turns[:BODY_JOINTS], (transl - fitted.transl)[None]])
        return correction, turns[BODY_JOINTS:], expression - fitted.expression
