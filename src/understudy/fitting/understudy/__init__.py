"""The preset `understudy`: our own fit."""
