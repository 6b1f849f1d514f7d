"""A dataset that others can load, check, trust and cite, apart from the checkout that made it."""
