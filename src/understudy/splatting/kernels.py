"""Numba kernels of the CPU rasteriser of 3D Gaussians, with gsplat's conventions.

Three steps, each with an analytic backward, each over a whole batch of views:

  project    3D Gaussians -> 2D mean, conic, opacity, pixel box (EWA splatting, Zwicker et al. 2001)
  bin        list each tile's Gaussians front to back (a counting sort of a depth order)
  composite  each tile front to back; a tile's state is one small array of planes with constant
             distances, so that LLVM turns the pixel loop into SIMD

The backward of compositing also runs front to back. With w_i = T_i alpha_i the weight of a
Gaussian, g the pixel's colour gradient and gT that of its transmittance T,

  dL/dalpha_i = T_i (c_i . g) - R_i / (1 - alpha_i),  R_i = sum_{j>i} w_j (c_j . g) + T gT

R loses one term per Gaussian, so nothing is stored per pixel but the forward's output.
All kernels stay in one file: numba's cache would miss a change in another file's kernel.

Shapes: C views, n Gaussians, t tiles per view, p (tile, Gaussian) pairs. An array that all views
share has a leading 1 instead of C. `cam` (C, 8): fx, fy, cx, cy, and the bounds of x/z and y/z.
"""

import math

import numba as nb
import numpy as np

f32 = np.float32
TILE = 8  # px; a tile's state stays in the L1 cache
PIXELS = TILE * TILE
PARTS = 16  # in which a view's Gaussians are projected
CHANNELS = 4  # composited together: red, green, blue, depth
ALPHA_MIN, ALPHA_MAX, T_MIN = f32(1 / 255), f32(0.999), f32(1e-4)  # gsplat's
EPS2D = f32(0.3)  # px^2 added to the 2D covariance: a Gaussian is never thinner than a pixel
NEAR, FAR = f32(0.01), f32(1e10)  # in the units of the means
ZERO, HALF, ONE, TWO = f32(0), f32(0.5), f32(1), f32(2)

_options: dict = dict(fastmath=True, error_model="numpy", nogil=True, cache=True)
jit = nb.njit(**_options)
parallel_jit = nb.njit(parallel=True, **_options)


# ---------------------------------------------------------------- projection
@jit
def _camera(mean, V, cam):
    """The point in camera space, and its slopes x/z and y/z clamped to 1.3 times the view."""
    x = V[0, 0] * mean[0] + V[0, 1] * mean[1] + V[0, 2] * mean[2] + V[0, 3]
    y = V[1, 0] * mean[0] + V[1, 1] * mean[1] + V[1, 2] * mean[2] + V[1, 3]
    z = V[2, 0] * mean[0] + V[2, 1] * mean[1] + V[2, 2] * mean[2] + V[2, 3]
    return x, y, z, min(max(x / z, cam[4]), cam[5]), min(max(y / z, cam[6]), cam[7])


@jit
def _rotation(quat):
    """(1/norm, w, x, y, z) of the unit quaternion, and the rows of its rotation matrix."""
    w, x, y, z = quat[0], quat[1], quat[2], quat[3]
    n = ONE / math.sqrt(w * w + x * x + y * y + z * z)
    w, x, y, z = w * n, x * n, y * n, z * n
    row0 = ONE - TWO * (y * y + z * z), TWO * (x * y - w * z), TWO * (x * z + w * y)
    row1 = TWO * (x * y + w * z), ONE - TWO * (x * x + z * z), TWO * (y * z - w * x)
    row2 = TWO * (x * z - w * y), TWO * (y * z + w * x), ONE - TWO * (x * x + y * y)
    return (n, w, x, y, z), row0, row1, row2


@jit
def _slopes(z, u, v, V, cam):
    """The rows of J V (2x3), J the projection's Jacobian: fx/z (V0 - u V2), fy/z (V1 - v V2)."""
    e, f = cam[0] / z, cam[1] / z
    a = e * (V[0, 0] - u * V[2, 0]), e * (V[0, 1] - u * V[2, 1]), e * (V[0, 2] - u * V[2, 2])
    b = f * (V[1, 0] - v * V[2, 0]), f * (V[1, 1] - v * V[2, 1]), f * (V[1, 2] - v * V[2, 2])
    return a, b


@jit
def _times(a, r0, r1, r2):
    """The row vector a times the matrix with rows r0, r1, r2."""
    x = a[0] * r0[0] + a[1] * r1[0] + a[2] * r2[0]
    y = a[0] * r0[1] + a[1] * r1[1] + a[2] * r2[1]
    z = a[0] * r0[2] + a[1] * r1[2] + a[2] * r2[2]
    return x, y, z


@jit
def _dot(a, b):
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


@jit
def _scaled(a, b):
    return a[0] * b[0], a[1] * b[1], a[2] * b[2]


@jit
def _combined(s, a, t, b):
    return s * a[0] + t * b[0], s * a[1] + t * b[1], s * a[2] + t * b[2]


@jit
def _three(rows, i):
    """A row as scalars: array views would cost more than the work done with them."""
    return rows[i, 0], rows[i, 1], rows[i, 2]


@jit
def _project(cloud, o, V, cam, width, height, geom, box, i):
    """One Gaussian: mean2d, conic, opacity into geom[i] (6,), pixels reached into box[i] (4,)."""
    mean, quat, s = cloud
    box[i, 0] = box[i, 1] = box[i, 2] = box[i, 3] = 0
    x, y, z, u, v = _camera(mean, V, cam)
    if not (NEAR < z < FAR and o > ALPHA_MIN):
        return z
    _, r0, r1, r2 = _rotation(quat)
    a, b = _slopes(z, u, v, V, cam)
    A, B = _scaled(_times(a, r0, r1, r2), s), _scaled(_times(b, r0, r1, r2), s)  # cov = AB (AB)^T
    cxx, cxy, cyy = _dot(A, A) + EPS2D, _dot(A, B), _dot(B, B) + EPS2D
    det = cxx * cyy - cxy * cxy
    mx, my = cam[0] * x / z + cam[2], cam[1] * y / z + cam[3]
    geom[i, 0], geom[i, 1], geom[i, 5] = mx, my, o
    geom[i, 2], geom[i, 3], geom[i, 4] = cyy / det, -cxy / det, cxx / det
    k = TWO * math.log(o / ALPHA_MIN)  # alpha = ALPHA_MIN where the Mahalanobis distance^2 is k
    rx, ry = math.sqrt(k * cxx), math.sqrt(k * cyy)  # np.ceil below: an instruction; math's: a call
    x0, x1 = max(0, int(np.ceil(mx - rx - HALF))), min(width, int(np.floor(mx + rx + HALF)))
    y0, y1 = max(0, int(np.ceil(my - ry - HALF))), min(height, int(np.floor(my + ry + HALF)))
    if x0 < x1 and y0 < y1:
        box[i, 0], box[i, 1], box[i, 2], box[i, 3] = x0, x1, y0, y1
    return z


@parallel_jit
def project(means, quats, scales, opacities, colors, V, cam, width, height, geom, box, feat):
    """Fill geom (C,n,6), box (C,n,4) x0 x1 y0 y1 (empty if unseen), feat (C,n,4) colour, depth."""
    views, n = box.shape[:2]
    for job in nb.prange(views * PARTS):
        c, part = job // PARTS, job % PARTS
        m, q, s = means[c % len(means)], quats[c % len(quats)], scales[c % len(scales)]
        o, color, f = opacities[c % len(opacities)], colors[c % len(colors)], feat[c]
        view, camera, g, b = V[c], cam[c], geom[c], box[c]
        for i in range(part * n // PARTS, (part + 1) * n // PARTS):
            cloud = _three(m, i), (q[i, 0], q[i, 1], q[i, 2], q[i, 3]), _three(s, i)
            f[i, 0], f[i, 1], f[i, 2] = _three(color, i)
            f[i, 3] = _project(cloud, o[i], view, camera, width, height, g, b, i)


@jit
def _quat_backward(unit, d0, d1, d2, gquat):
    """From dL/drotation (rows d0..d2) to the gradient of the unnormalised quaternion."""
    n, w, x, y, z = unit
    gw = TWO * (x * (d2[1] - d1[2]) + y * (d0[2] - d2[0]) + z * (d1[0] - d0[1]))
    gx = y * (d0[1] + d1[0]) + z * (d0[2] + d2[0]) + w * (d2[1] - d1[2])
    gy = x * (d0[1] + d1[0]) + z * (d1[2] + d2[1]) + w * (d0[2] - d2[0])
    gz = x * (d0[2] + d2[0]) + y * (d1[2] + d2[1]) + w * (d1[0] - d0[1])
    gx = TWO * (gx - TWO * x * (d1[1] + d2[2]))
    gy = TWO * (gy - TWO * y * (d0[0] + d2[2]))
    gz = TWO * (gz - TWO * z * (d0[0] + d1[1]))
    t = gw * w + gx * x + gy * y + gz * z
    gquat[0], gquat[1] = (gw - t * w) * n, (gx - t * x) * n
    gquat[2], gquat[3] = (gy - t * y) * n, (gz - t * z) * n


@jit
def _project_backward(cloud, V, cam, geom, pairs, grads, gV):
    """One Gaussian; pairs (p, 10) are its tiles' sums over pixels (see `_tile_backward`)."""
    mean, quat, s = cloud
    gmean, gquat, gscale, gopacity, gfeat = grads
    m0 = m1 = m2 = m3 = m4 = m5 = gz = ZERO
    for p in range(len(pairs)):
        m0, m1, m2 = m0 + pairs[p, 0], m1 + pairs[p, 1], m2 + pairs[p, 2]
        m3, m4, m5 = m3 + pairs[p, 3], m4 + pairs[p, 4], m5 + pairs[p, 5]
        for k in range(3):
            gfeat[k] += pairs[p, 6 + k]
        gz += pairs[p, 9]
    ca, cb, cc = geom[2], geom[3], geom[4]
    gopacity[0] = -m0 / geom[5]
    # 2 dL/dcov2d = -conic M conic, M = [[m3, m4], [m4, m5]]
    h0, h1 = ca * m3 + cb * m4, ca * m4 + cb * m5
    h2, h3 = cb * m3 + cc * m4, cb * m4 + cc * m5
    gxx, gxy, gyy = -(h0 * ca + h1 * cb), -(h0 * cb + h1 * cc), -(h2 * cb + h3 * cc)

    x, y, z, u, v = _camera(mean, V, cam)
    unit, r0, r1, r2 = _rotation(quat)
    a, b = _slopes(z, u, v, V, cam)
    P, Q = _times(a, r0, r1, r2), _times(b, r0, r1, r2)
    A, B = _scaled(P, s), _scaled(Q, s)
    gA, gB = _combined(gxx, A, gxy, B), _combined(gxy, A, gyy, B)
    for k in range(3):
        gscale[k] = gA[k] * P[k] + gB[k] * Q[k]
    gA, gB = _scaled(gA, s), _scaled(gB, s)
    d0, d1 = _combined(a[0], gA, b[0], gB), _combined(a[1], gA, b[1], gB)
    _quat_backward(unit, d0, d1, _combined(a[2], gA, b[2], gB), gquat)

    ga = _dot(gA, r0), _dot(gA, r1), _dot(gA, r2)
    gb = _dot(gB, r0), _dot(gB, r1), _dot(gB, r2)
    V2 = V[2, 0], V[2, 1], V[2, 2]
    e, f = cam[0] / z, cam[1] / z
    gx, gy = -(ca * m1 + cb * m2) * e, -(cb * m1 + cc * m2) * f
    gz -= (_dot(ga, a) + _dot(gb, b) + gx * x + gy * y) / z
    if u == x / z:  # not clamped
        gu = -e * _dot(ga, V2) / z
        gx += gu
        gz -= gu * u
    if v == y / z:
        gv = -f * _dot(gb, V2) / z
        gy += gv
        gz -= gv * v
    for k in range(3):
        gmean[k] = V[0, k] * gx + V[1, k] * gy + V[2, k] * gz
        gV[0, k] += gx * mean[k] + e * ga[k]
        gV[1, k] += gy * mean[k] + f * gb[k]
        gV[2, k] += gz * mean[k] - e * u * ga[k] - f * v * gb[k]
    gV[0, 3] += gx
    gV[1, 3] += gy
    gV[2, 3] += gz


@parallel_jit
def project_backward(means, quats, scales, V, cam, geom, first, pairs, grads, gV):
    """Fill grads, per view: of means (C,n,3), quats (C,n,4), scales (C,n,3), opacities (C,n,1),
    colors (C,n,3); and gV (C,k,4,4), in which each of k parts has its own sum. Zero on entry."""
    (views, parts), n = gV.shape[:2], geom.shape[1]
    gmeans, gquats, gscales, gopacities, gcolors = grads
    for j in nb.prange(views * parts):
        c, t = j // parts, j % parts
        m, q, s = means[c % len(means)], quats[c % len(quats)], scales[c % len(scales)]
        for i in range(t * n // parts, (t + 1) * n // parts):
            a, b = first[c, i], first[c, i + 1]
            if a < b:
                cloud = _three(m, i), (q[i, 0], q[i, 1], q[i, 2], q[i, 3]), _three(s, i)
                own = gmeans[c, i], gquats[c, i], gscales[c, i], gopacities[c, i], gcolors[c, i]
                _project_backward(cloud, V[c], cam[c], geom[c, i], pairs[a:b], own, gV[c, t])


# ------------------------------------------------------------------- binning
@jit
def _tiles(box):
    """The tiles that a pixel box touches: columns x0..x1, rows y0..y1, ends exclusive."""
    if box[1] == 0:
        return 0, 0, 0, 0
    return box[0] // TILE, (box[1] - 1) // TILE + 1, box[2] // TILE, (box[3] - 1) // TILE + 1


@parallel_jit
def count_pairs(box, columns, first, start):
    """first (C,n+1): pairs before each Gaussian; start (C,t+1): before each tile; per view."""
    for c in nb.prange(len(box)):
        for i in range(box.shape[1]):
            x0, x1, y0, y1 = _tiles(box[c, i])
            first[c, i + 1] = first[c, i] + (x1 - x0) * (y1 - y0)
            for ty in range(y0, y1):
                for tx in range(x0, x1):
                    start[c, ty * columns + tx + 1] += 1
        for t in range(start.shape[1] - 1):
            start[c, t + 1] += start[c, t]


@parallel_jit
def list_pairs(order, box, columns, first, start, ids, slot):
    """ids (p,): each tile's Gaussians in `order` (C,n); slot (p,): where the pair lies in an
    array ordered by Gaussian, so that gradients need no atomics."""
    for c in nb.prange(len(box)):
        fill = start[c, :-1].copy()
        for i in order[c]:
            k = first[c, i]
            x0, x1, y0, y1 = _tiles(box[c, i])
            for ty in range(y0, y1):
                for tx in range(x0, x1):
                    t = ty * columns + tx
                    ids[fill[t]], slot[fill[t]] = i, k
                    fill[t] += 1
                    k += 1


# --------------------------------------------------------------- compositing
@jit
def _exp_neg(s):
    """exp(-s) to 1e-7 for 0 <= s <= 6, without a call, which would prevent SIMD."""
    x = min(s, f32(6)) * f32(-1 / 16)
    p = ONE + x * (ONE + x * (HALF + x * (f32(1 / 6) + x * (f32(1 / 24) + x * f32(1 / 120)))))
    p *= p
    p *= p
    p *= p
    return p * p


@jit
def _open_tile(planes, x, y):
    """Planes 0-2: pixel centres x and y, transmittance (negative once saturated)."""
    b = np.zeros((planes, PIXELS), f32)
    for p in range(PIXELS):
        b[0, p] = f32(x + p % TILE) + HALF
        b[1, p] = f32(y + p // TILE) + HALF
        b[2, p] = ONE
    return b


@jit
def _tile(x, y, ids, geom, box, feat, out, T):
    """One tile, with its corner at pixel (x, y), of one view, into out (h,w,4) and T (h,w)."""
    H, W = T.shape
    b = _open_tile(3 + CHANNELS, x, y)
    for e in range(len(ids)):
        i = np.uint32(ids[e])
        mx, my, o = geom[i, 0], geom[i, 1], geom[i, 5]
        A, B, C = HALF * geom[i, 2], geom[i, 3], HALF * geom[i, 4]
        f0, f1, f2, f3 = feat[i, 0], feat[i, 1], feat[i, 2], feat[i, 3]
        begin = np.uint64(max(box[i, 2] - y, 0) * TILE)
        end = np.uint64(min(box[i, 3] - y, TILE) * TILE)
        for p in range(begin, end):
            dx, dy = b[0, p] - mx, b[1, p] - my
            a = o * _exp_neg(C * dy * dy + dx * (B * dy + A * dx))
            a = min(a, ALPHA_MAX) if a >= ALPHA_MIN else ZERO
            t = b[2, p]
            tn = t * (ONE - a)
            w = a * t if tn > T_MIN else ZERO
            b[2, p] = tn if tn > T_MIN else -abs(t)
            b[3, p] += w * f0
            b[4, p] += w * f1
            b[5, p] += w * f2
            b[6, p] += w * f3
    for r in range(min(TILE, H - y)):
        for q in range(min(TILE, W - x)):
            p = r * TILE + q
            T[y + r, x + q] = abs(b[2, p])
            for c in range(CHANNELS):
                out[y + r, x + q, c] = b[3 + c, p]


@jit
def _tile_backward(x, y, ids, slot, geom, box, feat, gout, R, pairs):
    """One tile; pairs (p, 10): with g = dL/dsigma per pixel (alpha = opacity exp(-sigma)), the sums
    over pixels of g (1, dx, dy, dx^2, dx dy, dy^2), then of the weight times dL/dcolour."""
    H, W = R.shape
    b = _open_tile(4 + CHANNELS, x, y)
    for r in range(min(TILE, H - y)):
        for q in range(min(TILE, W - x)):
            p = r * TILE + q
            b[3, p] = R[y + r, x + q]
            for c in range(CHANNELS):
                b[4 + c, p] = gout[y + r, x + q, c]
    for e in range(len(ids)):
        i = np.uint32(ids[e])
        mx, my, o = geom[i, 0], geom[i, 1], geom[i, 5]
        A, B, C = HALF * geom[i, 2], geom[i, 3], HALF * geom[i, 4]
        f0, f1, f2, f3 = feat[i, 0], feat[i, 1], feat[i, 2], feat[i, 3]
        m0 = m1 = m2 = m3 = m4 = m5 = g0 = g1 = g2 = g3 = ZERO
        begin = np.uint64(max(box[i, 2] - y, 0) * TILE)
        end = np.uint64(min(box[i, 3] - y, TILE) * TILE)
        for p in range(begin, end):
            dx, dy = b[0, p] - mx, b[1, p] - my
            raw = o * _exp_neg(C * dy * dy + dx * (B * dy + A * dx))
            a = min(raw, ALPHA_MAX) if raw >= ALPHA_MIN else ZERO
            t = b[2, p]
            tn = t * (ONE - a)
            a = a if tn > T_MIN else ZERO
            b[2, p] = tn if tn > T_MIN else -abs(t)
            w = a * t
            r0, r1, r2, r3 = b[4, p], b[5, p], b[6, p], b[7, p]
            g0 += w * r0
            g1 += w * r1
            g2 += w * r2
            g3 += w * r3
            own = w * (r0 * f0 + r1 * f1 + r2 * f2 + r3 * f3)
            rest = b[3, p] - own
            b[3, p] = rest
            s = rest * a / (ONE - a) - own
            s = s if raw < ALPHA_MAX else ZERO
            sx, sy = s * dx, s * dy
            m0 += s
            m1 += sx
            m2 += sy
            m3 += sx * dx
            m4 += sx * dy
            m5 += sy * dy
        k = np.uint32(slot[e])
        pairs[k, 0], pairs[k, 1], pairs[k, 2], pairs[k, 3], pairs[k, 4] = m0, m1, m2, m3, m4
        pairs[k, 5], pairs[k, 6], pairs[k, 7], pairs[k, 8], pairs[k, 9] = m5, g0, g1, g2, g3


@parallel_jit
def composite(start, ids, geom, box, feat, columns, out, T):
    """out (C,h,w,4): sum of w (colour, depth), zero on entry; T (C,h,w): one on entry."""
    tiles = start.shape[1] - 1
    for j in nb.prange(len(start) * tiles):
        c, t = j // tiles, j % tiles
        a, b = start[c, t], start[c, t + 1]
        if a < b:
            x, y = t % columns * TILE, t // columns * TILE
            _tile(x, y, ids[a:b], geom[c], box[c], feat[c], out[c], T[c])


@parallel_jit
def composite_backward(start, ids, slot, geom, box, feat, columns, gout, R, pairs):
    """Fill pairs (p,10) from gout (C,h,w,4) and R (C,h,w) = out . gout + T gT."""
    tiles = start.shape[1] - 1
    for j in nb.prange(len(start) * tiles):
        c, t = j // tiles, j % tiles
        a, b = start[c, t], start[c, t + 1]
        if a < b:
            x, y = t % columns * TILE, t // columns * TILE
            _tile_backward(
                x, y, ids[a:b], slot[a:b], geom[c], box[c], feat[c], gout[c], R[c], pairs
            )
