"""Back-ends of keypoints and masks: MediaPipe, with its weights in the wheel."""
