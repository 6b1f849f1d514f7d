"""The demo world: people, actions and rooms, filmed with ground truth for each video."""
