"""Action recognisers: which videos they see, how they are trained and tested, the table of it."""
