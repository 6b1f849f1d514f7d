"""The configuration: one model of its keys, with each key's meaning, default and allowed values.

Imported whenever the workflow is parsed, by every cluster job too, so it stays light.
"""
