"""Every kind of file that the jobs hand on: what it holds, who writes it, who reads it.

Everybody may import these; what makes a file is imported by its job alone.
"""
