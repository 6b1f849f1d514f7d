"""Our own training: a colour, size and place for each Gaussian, no networks."""
