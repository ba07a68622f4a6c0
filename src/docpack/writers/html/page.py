"""The document as one HTML page that needs no other file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from docpack.errors import OutputError, UsageError
from docpack.model import Direction
from docpack.plugins import Format, option
from docpack.walk import printed_title
from docpack.writers.html.head import head
from docpack.writers.html.pictures import shown_and_refused
from docpack.writers.html.rendering import (
    Renderer,
    block_ids,
    escape,
    language_attributes,
    language_tag,
    line_of,
)
from docpack.xml_characters import FORBIDDEN

if TYPE_CHECKING:
    from docpack.context import Context
    from docpack.model import Document, Media

__all__ = ["HtmlWriter", "decode_style_sheet", "style_sheet"]


@dataclass(frozen=True, slots=True)
class HtmlWriter:
    """Writes one page with its style sheet and pictures inside; it is well-formed XML as well as HTML."""

    format: ClassVar[Format] = Format(
        "html", (".html", ".htm"), "text/html", "one HTML page, pictures and style inside"
    )

    css: bytes | None = option(None, "a style sheet that is added to docpack's own", flag="--css", kind="file")

    def write(self, document: Document, context: Context) -> bytes:
        """Return the page as UTF-8.

        Raises:
            OutputError: The style sheet is not UTF-8, or the document was not prepared by `lowering.lower`.
        """
        title = printed_title(document)
        shown, refused = shown_and_refused(document.media)
        renderer = Renderer(
            context,
            document,
            dict.fromkeys(block_ids(document.children), ""),
            _data_uris(shown),
            refused,
            epub=False,
            top_level=2 if title else 1,
            name="html",
        )
        heading = f'<h1 class="title">{escape(line_of(title))}</h1>\n' if title else ""
        body = heading + renderer.blocks(document.children) + renderer.end_file(last=True)
        metadata = document.metadata
        direction = metadata.direction if metadata.direction is Direction.RTL else None
        language = language_attributes(language_tag(metadata.language) or "und", direction)
        page = (
            f'<!DOCTYPE html>\n<html xmlns="http://www.w3.org/1999/xhtml"{language}>\n<head>\n'
            '<meta charset="utf-8"/>\n<meta name="viewport" content="width=device-width, initial-scale=1"/>\n'
            f"{head(document, context.name)}<style>\n{self._style()}</style>\n</head>\n"
            f"<body>\n<main>\n{renderer.finish(body)}</main>\n</body>\n</html>\n"
        )
        try:
            return page.encode()
        except UnicodeEncodeError as error:
            raise OutputError(
                f"the text holds U+{ord(page[error.start]):04X}, which no file can hold",
                hint="Prepare the document with docpack.lowering.lower first.",
            ) from error

    def _style(self) -> str:
        # The page is XML too, where a style sheet is text like any other; in HTML it is not. What would part
        # the two readings, or close the element, is written with CSS's own escapes.
        own = decode_style_sheet(self.css) if self.css else ""
        style = FORBIDDEN.sub("", style_sheet("book.css") + style_sheet("page.css") + own)
        return style.replace("&", r"\26 ").replace("<", r"\3c ").replace("]]>", r"]]\3e ")


def style_sheet(name: str) -> str:
    """Return a style sheet that comes with docpack."""
    from importlib.resources import files

    return files("docpack.writers").joinpath(name).read_text("utf-8")


def decode_style_sheet(data: bytes) -> str:
    """Return a user's style sheet as text.

    Raises:
        UsageError: It is not UTF-8, or refers to other files, which the output does not hold.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(
            f"the style sheet is not UTF-8: byte {error.start} is invalid", hint="Save it as UTF-8 and try again."
        ) from error
    outside = _OUTSIDE.search(_COMMENT.sub("", text))
    if outside:
        raise UsageError(
            f"the style sheet refers to another file: {outside[0][:60]!r}",
            hint="Put all of it into the one style sheet.",
        )
    return text


_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_OUTSIDE = re.compile(r"@import[^;]*|url\(\s*['\"]?(?!data:|#)[^)]*", re.IGNORECASE)


def _data_uris(pictures: list[tuple[Media, str]]) -> dict[str, str]:
    from base64 import b64encode

    return {each.id: f"data:{kind};base64,{b64encode(each.data).decode('ascii')}" for each, kind in pictures}
