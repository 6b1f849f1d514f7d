"""A page to look through all synthetic videos, without server or network."""
