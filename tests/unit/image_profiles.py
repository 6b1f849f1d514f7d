"""ICC profiles, built byte by byte (ICC.1:2001-04), and colours in their spaces."""

import struct

import numpy as np

D50 = np.array([0.9642, 1.0, 0.8249])
BRADFORD = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)
WHITE = (0.3127, 0.3290)  # D65
SRGB = ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06))
DISPLAY_P3 = ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060))
ADOBE = ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06))
ADOBE_GAMMA = 563 / 256


def _xyz(xy: tuple[float, float]) -> np.ndarray:
    return np.array([xy[0] / xy[1], 1.0, (1 - xy[0] - xy[1]) / xy[1]])


def to_xyz(primaries: tuple) -> np.ndarray:
    """(3,3) from linear RGB of these primaries, white D65, to XYZ."""
    columns = np.stack([_xyz(one) for one in primaries], 1)
    return columns * np.linalg.solve(columns, _xyz(WHITE))


def to_d50() -> np.ndarray:
    """(3,3) from XYZ under D65 to XYZ under D50, as Bradford adapts."""
    scale = (BRADFORD @ D50) / (BRADFORD @ _xyz(WHITE))
    return np.linalg.inv(BRADFORD) @ (scale[:, None] * BRADFORD)


def linear(levels: np.ndarray) -> np.ndarray:
    """Light of sRGB levels in [0,1]."""
    return np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)


def encoded(light: np.ndarray) -> np.ndarray:
    light = np.clip(light, 0, 1)
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


def in_space(picture: np.ndarray, primaries: tuple, gamma: float | None = None) -> np.ndarray:
    """An sRGB picture uint8 as levels in [0,1] of another space; gamma: None: sRGB's curve."""
    light = linear(picture / 255) @ (np.linalg.inv(to_xyz(primaries)) @ to_xyz(SRGB)).T
    light = np.clip(light, 0, 1)
    return encoded(light) if gamma is None else light ** (1 / gamma)


def _text(text: str) -> bytes:
    raw = text.encode() + b"\0"
    return b"desc\0\0\0\0" + struct.pack(">I", len(raw)) + raw + bytes(12 + 67)


def _point(values: np.ndarray) -> bytes:
    return b"XYZ \0\0\0\0" + b"".join(struct.pack(">i", round(v * 65536)) for v in values)


def _curve(gamma: float | None) -> bytes:
    if gamma is not None:
        return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"
    table = np.round(65535 * linear(np.linspace(0, 1, 1024))).astype(">u2")
    return b"curv\0\0\0\0" + struct.pack(">I", len(table)) + table.tobytes()


def _profile(kind: bytes, space: bytes, connection: bytes, tags: dict[bytes, bytes]) -> bytes:
    tags = {b"desc": _text("test"), b"cprt": b"text\0\0\0\0none\0", b"wtpt": _point(D50)} | tags
    offset, entries, data = 128 + 4 + 12 * len(tags), b"", b""
    for name, content in tags.items():
        padded = content + bytes(-len(content) % 4)
        entries += name + struct.pack(">II", offset + len(data), len(content))
        data += padded
    body = struct.pack(">I", len(tags)) + entries + data
    head = struct.pack(
        ">I4sI4s4s4s", 128 + len(body), bytes(4), 0x02400000, kind, space, connection
    )
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28)
    head += b"".join(struct.pack(">i", round(v * 65536)) for v in D50)
    return head + bytes(128 - len(head)) + body


def rgb_profile(primaries: tuple, gamma: float | None = None) -> bytes:
    columns = (to_d50() @ to_xyz(primaries)).T
    names = (b"rXYZ", b"gXYZ", b"bXYZ")
    points = {name: _point(xyz) for name, xyz in zip(names, columns, strict=True)}
    curves = dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), _curve(gamma))
    return _profile(b"mntr", b"RGB ", b"XYZ ", points | curves)


def grey_profile(gamma: float) -> bytes:
    return _profile(b"mntr", b"GRAY", b"XYZ ", {b"kTRC": _curve(gamma)})


def cmyk_profile(corners: np.ndarray) -> bytes:
    """corners (2,2,2,2,3): L, a, b of every mix of full inks."""
    identity = bytes(range(256))
    scaled = np.round(corners * [2.55, 1, 1] + [0, 128, 128]).astype(np.uint8)
    table = b"mft1\0\0\0\0" + bytes([4, 3, 2, 0])
    table += np.eye(3).astype(">i4").tobytes().replace(b"\0\0\0\1", b"\0\1\0\0")
    table += identity * 4 + scaled.tobytes() + identity * 3
    return _profile(b"prtr", b"CMYK", b"Lab ", {b"A2B0": table})


def of_lab(lab: np.ndarray) -> np.ndarray:
    """CIELAB (…,3) under D50 as an sRGB picture uint8."""
    f = (lab[..., :1] + 16) / 116 + lab[..., 1:] * [1 / 500, -1 / 200]
    f = np.stack([f[..., 0], (lab[..., 0] + 16) / 116, f[..., 1]], -1)
    xyz = D50 * np.where(f > 6 / 29, f**3, 3 * (6 / 29) ** 2 * (f - 4 / 29))
    return np.round(255 * encoded(xyz @ np.linalg.inv(to_d50() @ to_xyz(SRGB)).T)).astype(np.uint8)
