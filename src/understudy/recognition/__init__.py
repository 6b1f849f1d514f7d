"""Action recognisers: the videos they use, their training and testing, the tables of results."""
