"""The resulting dataset: manifest, training lists, datasheet, checks."""
