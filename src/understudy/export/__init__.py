"""Labels of synthetic videos in the formats of others."""
