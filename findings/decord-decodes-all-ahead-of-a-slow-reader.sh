#!/usr/bin/env bash
# decord 0.6.0: VideoReader decodes the whole rest of a video ahead of who reads it slowly.
#
# 300 frames of 1280 x 720 px (H.264, .mp4, made by imageio-ffmpeg 0.8.1), read one after the other
# with `next()`: once as fast as they come, once with 50 ms of other work after each, as a detector
# or a network takes.
#
# Guess, written down before the run: decord decodes what is asked for and a few frames more, so
#   both need some ten frames' memory, 30 MB, whatever the length of the video.
#
# Seen: without work in between it is 6 MB after 100 frames, with it 595: the 200 frames that are left,
#   in RGB. The decoder's thread goes on by itself, as fast as it can, and keeps every frame until it
#   is asked for. get_batch() and indexing do the same; num_threads=1 changes nothing.
#
# Why it matters: "frame by frame, so that memory does not grow with the video" is why one takes a
#   reader and not an array. A minute of 1080p at 30 fps behind a pose network takes 5 GB, and the
#   job is killed; the profile of a fast run shows nothing. Bound it: read in parts with a reader
#   each, or decode with PyAV.
#
# Needs Python 3.11 or newer; name another one with PYTHON=... Exits 1 if the behaviour changes.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -qq --disable-pip-version-check decord==0.6.0 imageio-ffmpeg==0.8.1 numpy==2.4.6

cat > make.py <<'END'
import subprocess

import imageio_ffmpeg

source = "testsrc2=rate=25:duration=12:size=1280x720"
command = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-v", "error", "-f", "lavfi", "-i", source]
subprocess.run([*command, "-c:v", "libx264", "-pix_fmt", "yuv420p", "clip.mp4"], check=True)
END
cat > read.py <<'END'
import sys
import time

import decord


def resident_mb():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024


reader = decord.VideoReader("clip.mp4", num_threads=1)
reader.next()
before = resident_mb()
for _ in range(100):
    reader.next()
    time.sleep(float(sys.argv[1]))
print(round(resident_mb() - before))
END
venv/bin/python make.py
fast=$(venv/bin/python read.py 0)
slow=$(venv/bin/python read.py 0.05)
echo "memory after 100 of 300 frames: $fast MB more without work in between, $slow MB with it"
[ "$slow" -gt 200 ] && [ "$slow" -gt $((2 * fast)) ] || { echo "the behaviour has changed" >&2; exit 1; }
