#!/usr/bin/env bash
# mediapipe without jax and a second OpenCV, which its Holistic models do not need. pip accepts
# --no-deps only on the command line, not in a requirements list.
set -euo pipefail
python -m pip install --no-deps \
    mediapipe==0.10.14
