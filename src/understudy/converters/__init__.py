"""Public datasets as their owners distribute them -> the tables that the workflow reads."""
