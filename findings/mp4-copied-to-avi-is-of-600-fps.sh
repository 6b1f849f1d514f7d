#!/usr/bin/env bash
# FFmpeg 9.0.2 (imageio-ffmpeg 0.8.1), PyAV 18.1.0, OpenCV 4.14.0, decord 0.6.0: an .mp4 that is
# copied into an .avi, without encoding, tells 600 frames a second and 24 times its frames.
#
# 40 frames of H.264 at 25 per second, then `ffmpeg -i clip.mp4 -c copy clip.avi`: action datasets
# (UCF101, HMDB51, NTU RGB+D) are .avi, and this is how a clip is brought among them.
#
# Guess, written down before the run: the copy says of itself what the original says, 40 frames
#   at 25 per second, in every reader, since no frame is made or dropped.
#
# Seen: it tells a rate of 600 and 960 frames, at 15 and 30 per second 1,600 and 800. PyAV's
#   stream.frames and average_rate say so, as do OpenCV's CAP_PROP_FRAME_COUNT and _FPS. All 40
#   frames decode, most of them with the next one's time in PyAV, and decord counts 40. 600 is a
#   multiple of the usual rates; the frames between are empty places.
#
# Why it matters: who samples "16 of the 960 frames evenly" by OpenCV's count asks for frames that
#   are not there, and who trusts the rate makes a clip of 1.6 s one of 0.07. Count the frames
#   that decode; put them at the rate that they come out at.
#
# Needs Python 3.11 or newer; name another one with PYTHON=... Exits 1 if the behaviour changes.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -qq --disable-pip-version-check imageio-ffmpeg==0.8.1 av==18.1.0 \
    opencv-python-headless==4.14.0.94 decord==0.6.0

cat > look.py <<'END'
import subprocess
import sys

import av
import cv2
import decord
import imageio_ffmpeg

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()


def ffmpeg(*arguments):
    subprocess.run([FFMPEG, "-y", "-v", "error", *arguments], check=True)


def look(path):
    with av.open(path) as file:
        stream = file.streams.video[0]
        told = stream.frames, str(stream.average_rate)
        times = [round(float(frame.pts * frame.time_base), 3) for frame in file.decode(stream)]
    capture = cv2.VideoCapture(path)
    opencv = capture.get(cv2.CAP_PROP_FRAME_COUNT), capture.get(cv2.CAP_PROP_FPS)
    return told, tuple(map(int, opencv)), len(decord.VideoReader(path)), times


as_seen = True
for rate, frames in ((15, 1600), (25, 960), (30, 800)):
    source = f"testsrc=rate={rate}:duration=10:size=64x64"
    encoding = "-c:v", "libx264", "-bf", "0"
    ffmpeg("-f", "lavfi", "-i", source, "-frames:v", "40", *encoding, "clip.mp4")
    ffmpeg("-i", "clip.mp4", "-c", "copy", "clip.avi")
    found = {name: look(name) for name in ("clip.mp4", "clip.avi")}
    for name, (told, opencv, decoded, times) in found.items():
        print(f"{name} at {rate}: PyAV {told}, OpenCV {opencv}, decord {decoded}, "
              f"{len(times)} decoded, the last at {times[-1]} s")
    even = [round(k / rate, 3) for k in range(40)]
    as_seen &= found["clip.mp4"][:3] == ((40, str(rate)), (40, rate), 40)
    as_seen &= found["clip.avi"][:3] == ((frames, "600"), (frames, 600), 40)
    late = [seen - true for seen, true in zip(found["clip.avi"][3], even)]
    as_seen &= all(0 <= by < 1.1 / rate for by in late)
sys.exit(0 if as_seen else "the behaviour has changed")
END
venv/bin/python look.py
