"""A clip's keypoints as everybody reads them, with what cannot be true taken out."""
