"""A person as Gaussians on the body's surface: moved by a rig, rendered."""
