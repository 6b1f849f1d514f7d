#!/usr/bin/env bash
# PyAV 18.1.0 (FFmpeg's swscale): one colour of a 10-bit video becomes another in rgb48, with two of
# the flags that are recommended for exact colours.
#
# A frame of one colour, yuv420p10le, is converted at its own size with AREA, alone and together with
# FULL_CHR_H_INT and ACCURATE_RND, to rgb48le and to gbrp16le: the same 16-bit values, packed or in
# planes.
#
# Guess, written down before the run: both have the same colour, whatever the flags; area averaging
#   of a uniform picture, and an interpolation of uniform chroma, change nothing.
#
# Seen: gbrp16le is right always. rgb48le is right with AREA alone, and with BICUBIC and FULL_CHR_H_INT;
#   with AREA and FULL_CHR_H_INT its green is 0 and its blue twice as high: (117.5, 91.2, 80.4)
#   becomes (117.5, 0.0, 152.6). No error, no warning. At another size it is right.
#
# Why it matters: AREA is what one takes to make pictures smaller, the flags are what one adds so that
#   colours are exact, and a clip that happens to have the size already comes out in other colours.
#
# Name another Python with PYTHON=... Exits 1 if the behaviour changes.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -qq --disable-pip-version-check av==18.1.0 numpy==2.4.6

venv/bin/python - <<'END'
import sys

import av
import numpy as np
from av.video.reformatter import ColorRange, Interpolation

BT2020 = 9
EXACT = Interpolation.FULL_CHR_H_INT | Interpolation.ACCURATE_RND


def converted(scaler, width, height, form):
    """The colour, 0 to 255, of a frame of 96 x 64 px whose pixels are all alike."""
    frame = av.VideoFrame(96, 64, "yuv420p10le")
    for plane, value in zip(frame.planes, (400, 480, 560)):
        plane.update(np.full(plane.buffer_size // 2, value, np.uint16).tobytes())
    frame.colorspace, frame.color_range = BT2020, ColorRange.MPEG
    picture = frame.reformat(
        width, height, format=form, interpolation=scaler, dst_color_range=ColorRange.JPEG
    ).to_ndarray()
    return (picture[5, 5] / 257).round(1)


rows = {
    "AREA, 96 x 64": (Interpolation.AREA, 96, 64),
    "AREA + flags, 96 x 64": (Interpolation.AREA | EXACT, 96, 64),
    "AREA + flags, 48 x 32": (Interpolation.AREA | EXACT, 48, 32),
    "BICUBIC + flags, 96 x 64": (Interpolation.BICUBIC | EXACT, 96, 64),
}
apart = {}
for name, how in rows.items():
    packed, planes = (converted(*how, form) for form in ("rgb48le", "gbrp16le"))
    apart[name] = np.abs(packed - planes).max()
    print(f"{name:26} rgb48le {packed}  gbrp16le {planes}")
wrong = [name for name, distance in apart.items() if distance > 3]
if wrong == ["AREA + flags, 96 x 64"]:
    print("As described: AREA with FULL_CHR_H_INT mixes the colours of rgb48 up.")
else:
    sys.exit(f"not as described: {wrong}")
END
