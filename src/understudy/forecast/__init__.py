"""Before and during a run: what it will cost, what is done, what failed and why."""
