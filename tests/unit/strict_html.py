"""What is wrong with a page that must be self-contained: markup, ids, links, images."""

import base64
import io
from html.parser import HTMLParser

from PIL import Image

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}


class StrictPage(HTMLParser):
    """Feed it a page; `problems` says what is wrong, `images` counts the embedded ones."""

    def __init__(self, page: str):
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.ids: set[str] = set()
        self.links: set[str] = set()
        self.problems: list[str] = []
        self.images = 0
        self.feed(page)
        self.close()
        self.problems += [f"<{tag}> is never closed" for tag in self.open]
        self.problems += [f"#{target} leads nowhere" for target in self.links - self.ids]

    def handle_starttag(self, tag, attrs):
        self._check(tag, dict(attrs))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self._check(tag, dict(attrs))

    def handle_endtag(self, tag):
        if not self.open or self.open[-1] != tag:
            self.problems.append(f"</{tag}> closes {self.open[-1:]} at {self.getpos()}")
        else:
            self.open.pop()

    def _check(self, tag: str, attributes: dict[str, str]) -> None:
        name = attributes.get("id")
        if name in self.ids:
            self.problems.append(f"id {name} is there twice")
        if name:
            self.ids.add(name)
        for key in ("href", "xlink:href", "src"):
            target = attributes.get(key)
            if target is None:
                continue
            if target.startswith("#"):
                self.links.add(target[1:])
            elif not target.startswith("data:"):
                self.problems.append(f"{tag} {key} leads outside: {target[:60]}")
        if tag == "img":
            self._check_image(attributes.get("src", ""))

    def _check_image(self, source: str) -> None:
        try:
            content = base64.b64decode(source.split(";base64,", 1)[1], validate=True)
            with Image.open(io.BytesIO(content)) as image:
                image.load()
            self.images += 1
        except (IndexError, ValueError, OSError) as error:
            self.problems.append(f"an image does not decode: {source[:60]} ({error})")
