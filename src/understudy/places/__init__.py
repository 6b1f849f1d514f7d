"""Places that actions belong to: kinds of scene, which labels fit which, what a photo shows."""
