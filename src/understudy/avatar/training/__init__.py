"""Training an avatar: what every model shares, and a package for each model."""
