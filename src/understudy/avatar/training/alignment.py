"""A posed avatar aligned with an image: Gauss–Newton on the pixels, the avatar frozen.

Direct image alignment (Lucas and Kanade 1981) of an articulated body: a pixel changes with the
pose by the image gradient along the flow of the body point that it shows. The mean of both images'
gradients converges faster than either (ESM: Benhimane and Malis 2004). Two iterations do
what thirty of gradient descent through the rasteriser do, and limbs are told apart by how much the
image says about each.
"""

import cv2
import numpy as np
import torch
from scipy.ndimage import distance_transform_edt
from torch import Tensor

from understudy.avatar.training.joints import JOINTS, POSE
from understudy.avatar.training.masked_frame import MaskedFrame
from understudy.avatar.training.normal_equations import normal_equations
from understudy.avatar.training.poses import PARTS, FramePose, combined
from understudy.avatar.training.settings import AlignSettings
from understudy.body.skeleton import BODY_JOINTS
from understudy.gaussians.avatar import Avatar

FLAT = 0.02  # gradient, per pixel, below which a place says nothing
LARGEST = 0.15  # rad or m: the most that one iteration moves anything
DAMPING = 0.01  # Levenberg–Marquardt's, of the diagonal


class Alignment:
    """One frozen avatar to be aligned with images; free (23,) says what may move in a pose."""

    def __init__(self, avatar: Avatar, free: Tensor, settings: AlignSettings) -> None:
        body = avatar.rig.body
        self.avatar, self.settings = avatar, settings
        self.parents = list(body.parents[1:BODY_JOINTS])
        self.shares = (avatar.rig.weights.cpu() @ _below(body.parents)).numpy()  # (G,22)
        trust = np.full((PARTS, 3), settings.turn_trust)
        trust[BODY_JOINTS] = settings.transl_trust
        self.hold = trust.ravel() ** -2.0
        self.free = np.append(np.repeat(free.numpy(), 3), np.ones(JOINTS))

    def align(self, frame: FramePose, correction: Tensor, view: MaskedFrame, K: Tensor) -> Tensor:
        """The correction (23,3), from `correction` on, that makes the avatar look like `view`.

        K (3,3) px is the camera of the view. What the image does not determine stays unchanged.
        """
        return self.solve(frame, correction, view, K)[0]

    def solve(
        self, frame: FramePose, correction: Tensor, view: MaskedFrame, K: Tensor
    ) -> tuple[Tensor, np.ndarray, np.ndarray]:
        """Like `align`; and the last normal equations, (69+66,69+66) and (69+66,): for the step of
        the pose, and for the 22 joints' positions at rest, which are held fixed here."""
        start = correction
        for blur in self.settings.blurs:
            normal, pull = self._equations(frame, correction, start, view, K, blur)
            correction = combined(self._change(normal, pull).to(correction), correction)
        return correction, normal, pull

    def _change(self, normal: np.ndarray, pull: np.ndarray) -> Tensor:
        """(23,3): the step of a pose, its joints fixed."""
        own = normal[:POSE, :POSE] + np.diag(DAMPING * normal[:POSE, :POSE].diagonal())
        change = np.linalg.solve(own, pull[:POSE])
        return torch.from_numpy(change.clip(-LARGEST, LARGEST)).view(PARTS, 3)

    def _equations(
        self,
        frame: FramePose,
        here: Tensor,
        start: Tensor,
        view: MaskedFrame,
        K: Tensor,
        blur: float,
    ) -> tuple[np.ndarray, np.ndarray]:
        """For the pose, held to `start`, and for the joints: (69+66,69+66), (69+66,)."""
        s = self.settings
        height, width = view.mask.shape[:2]
        rotations, transl, expression = frame.corrected(here)
        device = here.device
        eye = torch.eye(4, device=device)
        with torch.no_grad():
            posed = self.avatar.rig.skeleton.skin(rotations, transl, expression)
            cloud = self.avatar.moved(posed, rotations, expression)
            rgb, alpha, _ = cloud.render(eye[None], K[None].to(device), width, height)
        ours, theirs, trust = _channels(rgb[0].cpu(), alpha[0].cpu(), view)
        ours, theirs = (cv2.GaussianBlur(x, (0, 0), blur) for x in (ours, theirs))
        mean = (ours + theirs) / 2
        gradient = np.stack([np.gradient(mean, axis=axis) for axis in (1, 0)], -1)  # (h,w,4,2)
        steep = np.abs(gradient)
        told = (steep[..., 0] + steep[..., 1] > FLAT).any(-1)
        points = cloud.means[0].cpu().numpy()
        shown = _shown(points, K.numpy(), width, height)[told]
        residual = (theirs - ours)[told]
        weight = trust[told] * s.outlier / np.maximum(np.abs(residual), s.outlier)  # Huber weights
        weight /= s.pixel_sigma**2 * s.pixels_alike
        turned = posed.transforms[0, :, :3, :3].double().cpu().numpy()
        normal, pull = normal_equations(
            points[shown],
            _along(points[shown], gradient[told], K.numpy()),
            weight,
            residual,
            self.shares[shown],
            posed.joints[0, :BODY_JOINTS].double().cpu().numpy(),
            np.concatenate([np.eye(3)[None], turned[self.parents]]),
            turned[:BODY_JOINTS],
        )
        normal, pull = normal * np.outer(self.free, self.free), pull * self.free
        normal[np.diag_indices(POSE)] += self.hold
        pull[:POSE] -= self.hold * (here - start).cpu().numpy().ravel() * self.free[:POSE]
        return normal, pull


def _along(points: np.ndarray, gradient: np.ndarray, K: np.ndarray) -> np.ndarray:
    """(P,4,3), per m: how four channels of P pixels change with the motion of the points (P,3)
    that they show; gradient (P,4,2) per px.

    Where the body moves to, the image shows what was there before: hence the minus sign.
    """
    z = points[:, 2:]
    along = np.empty((*gradient.shape[:2], 3), np.float32)
    along[..., :2] = gradient * (-K[[0, 1], [0, 1]] / z)[:, None]
    along[..., 2] = -(along[..., :2] * (points[:, None, :2] / z[..., None])).sum(-1)
    return along


def _below(parents: tuple[int, ...]) -> Tensor:
    """(55,22): 1 where a joint is one of the body's joints or moves with it."""
    below = torch.zeros(len(parents), BODY_JOINTS)
    for joint in range(len(parents)):
        ancestor = joint
        while ancestor >= 0:
            if ancestor < BODY_JOINTS:
                below[joint, ancestor] = 1
            ancestor = parents[ancestor]
    return below


def _channels(rgb: Tensor, alpha: Tensor, view: MaskedFrame) -> tuple[np.ndarray, ...]:
    """(h,w,4) each: colour on white, or over the wall where it is clear, and mask of the render
    rgb (h,w,3), alpha (h,w,1) and of the view, trust in the view."""
    white = torch.ones(3)
    return (
        torch.cat([view.over(rgb, alpha, white), alpha], -1).numpy(),
        torch.cat([view.target(white), view.mask], -1).numpy(),
        torch.cat([view.color_trust.expand(-1, -1, 3), view.mask_trust], -1).numpy(),
    )


def _shown(points: np.ndarray, K: np.ndarray, width: int, height: int) -> np.ndarray:
    """(h,w): which of the points (G,3) each pixel shows, the nearest; holes take a neighbour's."""
    at = points[:, :2] / points[:, 2:] * K[[0, 1], [0, 1]] + K[:2, 2] - 0.5
    column, row = np.rint(at).astype(int).T
    inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    order = np.flatnonzero(inside)
    order = order[np.argsort(-points[order, 2])]  # the nearest is written last
    index = np.full((height, width), -1)
    index[row[order], column[order]] = order
    rows, columns = distance_transform_edt(index < 0, return_distances=False, return_indices=True)
    return index[rows, columns]
