"""How well an avatar shows what it was not trained on."""
