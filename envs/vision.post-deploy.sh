#!/usr/bin/env bash
# mediapipe without jax and a second OpenCV, which its Holistic models do not need. pip knows
# --no-deps on its command line only, not in a list of requirements.
set -euo pipefail
python -m pip install --no-deps \
    mediapipe==0.10.14
