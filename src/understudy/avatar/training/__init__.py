"""Training an avatar: what all models share, and a package per model."""
