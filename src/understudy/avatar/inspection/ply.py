"""Gaussians as the .ply file that viewers of 3D Gaussian splatting open.

The layout is that of the method's first code (Kerbl et al. 2023): one vertex per Gaussian, binary,
little endian. Its axes are its training cameras': x to the right, y down, z away.
"""

import math
from pathlib import Path

import numpy as np

from understudy.files import atomic_path
from understudy.gaussians.avatar import Cloud

SH_0 = 0.28209479177387814  # the constant spherical harmonic: colour = 0.5 + SH_0 f_dc
REST = 45  # coefficients of degrees 1 to 3; zero, but some viewers rely on them
PROPERTIES = (
    *("x", "y", "z", "nx", "ny", "nz", "f_dc_0", "f_dc_1", "f_dc_2"),
    *(f"f_rest_{k}" for k in range(REST)),
    *("opacity", "scale_0", "scale_1", "scale_2", "rot_0", "rot_1", "rot_2", "rot_3"),
)


def write_ply(path: Path | str, cloud: Cloud, frame: int = 0) -> None:
    """Write one frame of a cloud, whole or not at all.

    f_dc: colour as the constant harmonic; opacity: its logit; scale: logs of the standard
    deviations (m); rot: a unit quaternion, w first. Normals and higher harmonics are zero.
    """
    vertices = np.zeros(len(cloud.scales), [(name, "<f4") for name in PROPERTIES])
    means, colors = (x[frame].detach().cpu().numpy() for x in (cloud.means, cloud.colors))
    for axis, name in enumerate("xyz"):
        vertices[name] = means[:, axis]
        vertices[f"f_dc_{axis}"] = (colors[:, axis] - 0.5) / SH_0
        vertices[f"scale_{axis}"] = cloud.scales.detach().cpu().log().numpy()
    vertices["opacity"] = math.log(cloud.opacity / (1 - cloud.opacity))
    vertices["rot_0"] = 1
    header = ["ply", "format binary_little_endian 1.0", f"element vertex {len(vertices)}"]
    header += [*(f"property float {name}" for name in PROPERTIES), "end_header", ""]
    with atomic_path(path) as temporary, open(temporary, "wb") as stream:
        stream.write("\n".join(header).encode("ascii"))
        stream.write(vertices.tobytes())
