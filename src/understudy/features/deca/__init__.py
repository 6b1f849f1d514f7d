"""Back-end for expression: DECA."""
