"""The frame of every XHTML file of a book."""

from __future__ import annotations

from docpack.model import Direction
from docpack.writers.html.rendering import escape, language_attributes

__all__ = ["xhtml"]


def xhtml(
    title: str,
    body: str,
    language: str,
    direction: Direction | None,
    styles: tuple[str, ...],
    *,
    wrapper: str = "",
    title_attributes: str = "",
) -> bytes:
    """Return a whole file.

    Args:
        title: The file's title; screen readers say it first.
        body: The content of `body`, line by line.
        language: The book's language, a BCP 47 tag.
        direction: The book's direction; only RTL is written.
        styles: Names of style sheets.
        wrapper: Language and direction of the body, as attributes, where they differ from the book's.
        title_attributes: Likewise those of the title.
    """
    links = "".join(f'<link rel="stylesheet" type="text/css" href="{name}"/>\n' for name in styles)
    attributes = language_attributes(language, direction if direction is Direction.RTL else None)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n'
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"'
        f"{attributes}>\n<head>\n<title{title_attributes}>{escape(title)}</title>\n{links}</head>\n"
        f"<body{wrapper}>\n{body}</body>\n</html>\n"
    ).encode()
