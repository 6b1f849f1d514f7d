"""Before and while a run goes on: what it will cost, what is done, what failed and why."""
