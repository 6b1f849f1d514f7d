#!/usr/bin/env bash
# MediaPipe's models. Its last wheel that holds them is for Python 3.12 at most; any Python reads it
# as data, and none of its code is installed. UNDERSTUDY_MEDIAPIPE names another folder.
set -euo pipefail
folder=${UNDERSTUDY_MEDIAPIPE:-$(python -c 'import sys; print(sys.prefix)')/share/understudy/mediapipe}
wheel=$(mktemp -d)
trap 'rm -rf "$wheel"' EXIT
echo "mediapipe == 0.10.14 --hash=sha256:9b1e72d754cd9e1b4b88d80ec9ead2f1cbe8424b7f883d3bda53341b982a9f8b" > "$wheel/wheel.txt"
python -m pip download --quiet --no-deps --only-binary :all: --python-version 3.12 \
    --platform manylinux2014_x86_64 --require-hashes --requirement "$wheel/wheel.txt" --dest "$wheel"
python -m zipfile --extract "$wheel"/*.whl "$wheel"
cd "$wheel/mediapipe/modules"
install -D --mode 644 --target-directory "$folder" \
    face_detection/face_detection_short_range.tflite \
    face_landmark/face_landmark_with_attention.tflite \
    hand_landmark/hand_landmark_full.tflite \
    holistic_landmark/hand_recrop.tflite \
    pose_detection/pose_detection.tflite \
    pose_landmark/pose_landmark_full.tflite
