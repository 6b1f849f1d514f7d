"""The scene: which background a re-enactment gets, and how it is composited over it."""
