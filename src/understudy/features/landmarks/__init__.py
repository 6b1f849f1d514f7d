"""Back-ends for expression and hands that need no network: models fitted to the keypoints."""
