"""What the configuration's model is made of: sections, and kinds of values.

Types are YAML's own: "3" is not a number, `yes` not text, 2.0 not an integer. Where a type
does not say it all, its kind states in words what is `allowed`.
"""

from pathlib import PurePosixPath
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

MAX_SEED = 2**32 - 1  # NumPy's and torch's
MANY = 1_000_000  # more of anything is a mistake
MAX_PART = 255  # bytes of a folder's or a file's name, on Linux
MAX_NAME = 80  # characters; a file name, at most 255, joins several names and a suffix
IMAGES = ("docker", "oras", "library", "shub", "http", "https")  # where Apptainer gets images from
NO_FOLDERS = frozenset("{}*?[]$\\")  # Snakemake's wildcards, a shell's


class Section(BaseModel):
    """A mapping of known keys. A key's meaning is in the docstring below it or, if the key is a
    setting of the library, below that setting in the dataclass `of`."""

    of: ClassVar[type | None] = None

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        defer_build=True,
        use_attribute_docstrings=True,
    )


def allowed(words: str) -> Any:
    """What a type allows, in words."""
    return Field(json_schema_extra={"allowed": words})


def _one_line(text: str) -> str:
    if not text.isprintable() or text != text.strip() or not text:
        raise ValueError
    return text


def _plain_path(text: str) -> str:
    """`./videos//a.mp4` is `videos/a.mp4`: writing a path differently changes no job."""
    path = PurePosixPath(_one_line(text))
    if any(len(part.encode()) > MAX_PART for part in path.parts):
        raise ValueError
    return str(path)


def _file(text: str) -> str:
    if "{" in text or "}" in text or "://" in text:
        raise ValueError
    return _plain_path(text)


def _folder(text: str) -> str:
    path = _plain_path(text)
    if NO_FOLDERS & set(path) or "://" in text or path.startswith("~"):
        raise ValueError
    if PurePosixPath(path).name in ("", ".."):
        raise ValueError
    return path


def _image(text: str) -> str:
    if "://" not in text:
        return _file(text)
    scheme, _, rest = _one_line(text).partition("://")
    if scheme not in IMAGES or not rest or " " in rest:
        raise ValueError
    return text


def _address(text: str) -> str:
    scheme, _, rest = _one_line(text).partition("://")
    if scheme not in ("http", "https") or not rest or " " in rest:
        raise ValueError
    return text


def _unique(values: list) -> list:
    for value in values:
        if values.count(value) > 1:
            raise ValueError(f"{value!r} appears twice; give each once")
    return values


Unique = AfterValidator(_unique)
Positive = Annotated[float, Field(gt=0, le=MANY)]
Share = Annotated[float, Field(ge=0, le=1)]
PositiveShare = Annotated[float, Field(gt=0, le=1)]
Count = Annotated[int, Field(ge=1, le=MANY)]
Seed = Annotated[int, Field(ge=0, le=MAX_SEED)]
Quality = Annotated[int, Field(ge=0, le=51)]  # x264's; lower is better
Text = Annotated[str, AfterValidator(_one_line), allowed("one line of text, not empty")]
Name = Annotated[
    str,
    Field(pattern="^[A-Za-z0-9][A-Za-z0-9_-]*$", max_length=MAX_NAME),
    allowed(
        "a name of letters, digits, _ and -, starting with a letter or digit, of at most "
        f"{MAX_NAME} characters"
    ),
]
Label = Annotated[
    str,
    AfterValidator(_one_line),
    allowed("text without tabs, line breaks, or spaces at either end"),
]
File = Annotated[str, AfterValidator(_file), allowed("the path of a file, without { and }")]
Folder = Annotated[
    str,
    AfterValidator(_folder),
    allowed("the path of a folder, without any of {}*?[]$\\, no ~ in front, no .. at the end"),
]
Address = Annotated[str, AfterValidator(_address), allowed("an http:// or https:// address")]
Image = Annotated[
    str,
    AfterValidator(_image),
    allowed(f"the path of a .sif file, or a {', '.join(IMAGES[:-1])} or {IMAGES[-1]}:// address"),
]
