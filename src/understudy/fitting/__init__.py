"""Fitting the body model to a clip; presets are chosen by a word."""
