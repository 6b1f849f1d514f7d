"""Our own training: a colour, size and position for each Gaussian, no networks."""
