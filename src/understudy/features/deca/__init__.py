"""Back-end of expression: DECA."""
