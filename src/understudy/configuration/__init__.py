"""The configuration: one model of its keys, with what each means, its default and what is allowed.

Imported when the workflow is read, by every job of a cluster, so it stays light.
"""
