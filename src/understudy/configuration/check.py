"""Check a configuration against its model and bring it, with its defaults, into one form."""

from pydantic import ValidationError

from understudy.configuration.model import Config
from understudy.configuration.words import first_error
from understudy.errors import UserError


def checked_config(config: dict) -> dict:
    """`config` with every default, keys in the model's order, numbers of their key's type.

    However it is written, the same meaning gives a job the same parameters. Raises UserError
    naming the first key that is unknown, missing or has a wrong value, and what is allowed.
    """
    try:
        return Config.model_validate(config).model_dump()
    except ValidationError as error:
        told = first_error(error, config, Config)
        raise UserError(f"config: {told}; see config/README.md") from None
