"""An avatar to look at."""
