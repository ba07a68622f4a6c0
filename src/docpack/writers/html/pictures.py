"""The kinds of pictures that every browser and reading system shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpack.writers.html.svg import svg_fault

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docpack.model import Media

__all__ = ["SUFFIXES", "may_move", "picture_type", "shown_and_refused"]

# Spec: EPUB 3.3, section 3.2, core media types.
SUFFIXES = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "image/svg+xml": ".svg",
}
_HEAD_BYTES = 1024  # an SVG may begin with a declaration, a doctype and comments


def picture_type(data: bytes) -> str:
    """Return the media type that the bytes themselves show, or "" for none that can be shown everywhere.

    >>> picture_type(b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    'image/svg+xml'
    """
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "image/webp"
    head = data[:_HEAD_BYTES].lstrip(b"\xef\xbb\xbf \t\r\n")
    return "image/svg+xml" if head.startswith(b"<") and b"<svg" in head else ""


def shown_and_refused(media: Iterable[Media]) -> tuple[list[tuple[Media, str]], dict[str, str]]:
    """Return the pictures that can be shown with their media types, and why each of the others cannot, by its id.

    What the bytes are counts, not what they were called: checkers compare both.
    """
    shown: list[tuple[Media, str]] = []
    refused: dict[str, str] = {}
    for each in media:
        kind = picture_type(each.data) or each.media_type
        fault = "" if kind in SUFFIXES else f"its type is {kind or 'not known'}"
        if kind == "image/svg+xml":
            fault = svg_fault(each.data, "its SVG")
        if fault:
            refused[each.id] = fault
        else:
            shown.append((each, kind))
    return shown, refused


def may_move(media_type: str, data: bytes) -> bool:
    """Tell whether a picture could be animated, and so could flash.

    Spec:
        PNG 3, section 11.3.6.1 (acTL stands before IDAT); GIF89a, section 23; WebP container, ANIM; SVG 2.
    """
    if media_type == "image/png":
        return b"acTL" in data.partition(b"IDAT")[0]
    if media_type == "image/gif":
        return data.count(b"\x21\xf9\x04") > 1
    if media_type == "image/webp":
        return b"ANIM" in data[:_HEAD_BYTES]
    if media_type == "image/svg+xml":
        return any(
            sign in data for sign in (b"<animate", b"<set", b"<script", b"animation", b"<image", b"<foreignObject")
        )
    return media_type != "image/jpeg"
