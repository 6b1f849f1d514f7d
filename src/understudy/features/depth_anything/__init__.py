"""Back-ends of depth: Depth Anything V2."""
