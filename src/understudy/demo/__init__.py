"""The demo world: people, actions, rooms, filmed with the truth beside each video."""
