"""Back-ends of expression and hands that need no network: models fitted to the keypoints."""
