#!/usr/bin/env bash
# Packages that ask for what they do not need here: OpenMMLab for a second OpenCV and a fork of
# pycocotools that wants a compiler, depth-anything-v2 for Python 3.12. mmcv-lite stands for mmcv,
# which takes half an hour to compile.
set -euo pipefail
python -m pip install --no-deps --ignore-requires-python \
    depth-anything-v2==0.1.0 \
    mmcv-lite==2.1.0 \
    mmdet==3.3.0 \
    mmengine==0.10.7 \
    mmpose==1.3.2
