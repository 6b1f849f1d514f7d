"""ExAvatar's model and training (Moon, Shiratori, Saito, ECCV 2024), as the paper used it."""
