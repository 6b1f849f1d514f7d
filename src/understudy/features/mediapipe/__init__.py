"""Back-ends for keypoints and masks: MediaPipe, with its weights in the wheel."""
