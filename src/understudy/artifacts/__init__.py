"""The files that jobs pass to each other: what each kind holds, who writes it, who reads it.

Any module may import these; the code that makes a file is imported only by its job.
"""
