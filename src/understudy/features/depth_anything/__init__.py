"""Back-ends for depth: Depth Anything V2."""
