"""The one error a user may see."""


class UserError(Exception):
    """Bad input: one line that names the file, what is wrong and what to do.

    The scripts print the line without a traceback and exit with code 1.
    """
