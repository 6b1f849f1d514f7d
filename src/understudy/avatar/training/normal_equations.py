"""The normal equations of aligning a body with an image, without its Jacobian.

A turn of joint j moves a pixel's channel by share · T^T ((p − o_j) × a): p is the body point that
the pixel shows, a the channel's gradient along the point's motion, o_j the joint, T the rotation of
its parent. That is share · B_j m, with m = (p × a, a) the same for all joints and B_j (3,6) the
same for all pixels. So only sum w m m^T (6,6) is needed per pixel, summed for each pair of joints
whose shares are not zero; the B_j come in at the end.

The position of joint j at rest is a third kind of unknown: moved by d, it carries what depends on
it by (T − T_j) d, T_j being its own rotation, since the bone above ends and the bone below begins
elsewhere. In m that is one more B.
"""

import numba as nb
import numpy as np

PAIRS = [(i, j) for i in range(6) for j in range(i, 6)]  # of a symmetric (6,6)


@nb.njit(fastmath=True, error_model="numpy", nogil=True, cache=True)
def _accumulate(points, along, weight, residual, shares, products, sums):
    """points (P,3) relative to a centre, along (P,C,3), weight and residual (P,C), shares (P,k) ->
    products (k,k,21), rows not below columns, and sums (k,6); zero on entry."""
    pixels, k = shares.shape
    product, total, m = np.empty(21), np.empty(6), np.empty(6)
    moved = np.empty(k, np.int64)
    for p in range(pixels):
        product[:], total[:] = 0.0, 0.0
        x, y, z = points[p, 0], points[p, 1], points[p, 2]
        for c in range(weight.shape[1]):
            a0, a1, a2 = along[p, c, 0], along[p, c, 1], along[p, c, 2]
            m[0], m[1], m[2] = y * a2 - z * a1, z * a0 - x * a2, x * a1 - y * a0
            m[3], m[4], m[5] = a0, a1, a2
            w, r, e = weight[p, c], residual[p, c], 0
            for i in range(6):
                total[i] += w * r * m[i]
                for j in range(i, 6):
                    product[e] += w * m[i] * m[j]
                    e += 1
        count = 0
        for i in range(k):
            if shares[p, i] != 0:
                moved[count] = i
                count += 1
        for a in range(count):
            i = moved[a]
            for e in range(6):
                sums[i, e] += shares[p, i] * total[e]
            for b in range(a, count):
                j = moved[b]
                both = shares[p, i] * shares[p, j]
                for e in range(21):
                    products[i, j, e] += both * product[e]


def normal_equations(
    points: np.ndarray,
    along: np.ndarray,
    weight: np.ndarray,
    residual: np.ndarray,
    shares: np.ndarray,
    joints: np.ndarray,
    frames: np.ndarray,
    turned: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """J^T W J (6k+3,6k+3) and J^T W r (6k+3,): for k joints' turns (rad), for a translation (m),
    and for the joints' positions at rest (m).

    points (P,3) m, along (P,C,3) per m, weight, residual (P,C); shares (P,k): how far each joint
    carries each point; joints (k,3) m; frames, turned (k,3,3): the axes that each joint turns in,
    and its own.
    """
    k, centre = len(joints), points.mean(0)
    shares = np.concatenate([shares, np.ones((len(points), 1), shares.dtype)], 1)
    products, sums = np.zeros((k + 1, k + 1, 21)), np.zeros((k + 1, 6))
    _accumulate(points - centre, along, weight, residual, shares, products, sums)
    square = np.empty((k + 1, k + 1, 6, 6))
    for e, (i, j) in enumerate(PAIRS):
        square[..., i, j] = square[..., j, i] = products[..., e]
    above = np.triu_indices(k + 1, 1)  # blocks below the diagonal were not summed
    square[above[1], above[0]] = square[above]
    blocks = _blocks(joints - centre, frames, turned)
    carrier = np.concatenate([np.arange(k + 1), np.arange(k)])
    pairs = square[carrier[:, None], carrier]
    normal = np.einsum("jai,jkil,kbl->jakb", blocks, pairs, blocks, optimize=True)
    side = 3 * len(blocks)
    return normal.reshape(side, side), np.einsum("jai,ji->ja", blocks, sums[carrier]).ravel()


def _blocks(joints: np.ndarray, frames: np.ndarray, turned: np.ndarray) -> np.ndarray:
    """(2k+1,3,6): the B of k turns, of the translation, and of the k joints' positions."""
    k = len(joints)
    x, y, z = joints.T
    none = np.zeros(k)
    across = np.array([[none, -z, y], [z, none, -x], [-y, x, none]]).transpose(2, 0, 1)
    blocks = np.zeros((2 * k + 1, 3, 6))
    blocks[:k, :, :3] = frames.swapaxes(1, 2)
    blocks[:k, :, 3:] = -frames.swapaxes(1, 2) @ across
    blocks[k, :, 3:] = np.eye(3)
    blocks[k + 1 :, :, 3:] = (frames - turned).swapaxes(1, 2)
    return blocks
