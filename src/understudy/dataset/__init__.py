"""The dataset that comes out: manifest, lists to train from, datasheet, checks."""
