#!/usr/bin/env bash
# Packages that require what they do not need here: OpenMMLab a second OpenCV and a fork of
# pycocotools that needs a compiler, depth-anything-v2 Python 3.12. mmcv-lite replaces mmcv, which
# takes half an hour to compile.
set -euo pipefail
python -m pip install --no-deps --ignore-requires-python \
    depth-anything-v2==0.1.0 \
    mmcv-lite==2.1.0 \
    mmdet==3.3.0 \
    mmengine==0.10.7 \
    mmpose==1.3.2
