"""Least squares over the poses of a clip: equations, kinematics, terms, limits."""
