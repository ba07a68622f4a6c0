"""The cover: the user's picture, or one that is set from the title.

Spec:
    EPUB 3.3, sections 5.6 (`cover-image`) and 3.2 (core media types).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpack.errors import UsageError
from docpack.writers.html.pictures import picture_type
from docpack.writers.html.rendering import attribute, escape, line_of
from docpack.writers.html.svg import svg_fault

if TYPE_CHECKING:
    from docpack.model import Metadata

__all__ = ["checked_cover", "cover_body", "typographic_cover"]

# The kinds that shops and devices take for a cover.
_KINDS = ("image/png", "image/jpeg", "image/svg+xml")
_HINT = "Give a PNG, JPEG or SVG file, or leave the cover out."

# A sheet of 2:3, in units of its own: an SVG scales to whatever shows it.
_WIDTH, _HEIGHT = 1200, 1800
_MARGIN = 140
_MEAN_ADVANCE = 0.5  # of a letter of a serif face, in ems; wide enough for capitals in mixed text
_WIDE_FROM = 0x1100  # Hangul, kana and ideographs, and most of what lies above, are about an em wide
_TITLE_SIZES = (132, 112, 96, 80, 66, 54)
_TITLE_HEIGHT = 760  # what the title may fill


def checked_cover(data: bytes) -> tuple[str, bytes]:
    """Return the media type and the bytes of the user's cover.

    Raises:
        UsageError: It is no picture of a kind that covers may have, or an SVG with scripts or without its parts.
    """
    kind = picture_type(data)
    if kind not in _KINDS:
        raise UsageError("the cover is no PNG, JPEG or SVG picture", hint=_HINT)
    if kind == "image/svg+xml" and (fault := svg_fault(data, "the cover")):
        raise UsageError(fault, hint=_HINT)
    return kind, data


def cover_body(href: str, metadata: Metadata, word: str, attributes: str) -> str:
    """Return the body of the page that shows the cover.

    Args:
        href: The picture.
        metadata: What stands on the cover; the picture's description says it.
        word: The description where there is nothing to say: "cover" in the book's language.
        attributes: Language and direction of that word, where they are not the book's.
    """
    said = ". ".join(filter(None, (line_of(metadata.title), line_of(metadata.subtitle), *_authors(metadata))))
    return (
        '<figure class="cover">\n'
        f'<img epub:type="cover" role="doc-cover" src="{href}" alt="{attribute(said or word)}"'
        f"{'' if said else attributes}/>\n</figure>\n"
    )


def typographic_cover(metadata: Metadata) -> bytes:
    """Return a cover of words alone, as SVG: title, subtitle, authors, publisher."""
    lines, size = _fitted(line_of(metadata.title) or "Untitled")
    parts: list[str] = []
    baseline = 480.0
    for line in lines:
        parts.append(_text(line, baseline, size))
        baseline += size * 1.18
    baseline += 10
    for line in _wrapped(line_of(metadata.subtitle), 50):
        baseline += 62
        parts.append(_text(line, baseline, 50, ' font-style="italic"'))
    rule = max(baseline + 40, 1130)
    parts.append(f'<path d="M{_WIDTH // 2 - 90} {rule:.0f}h180" stroke="#2b2b2b" stroke-width="3"/>')
    baseline = rule + 60
    for author in _authors(metadata)[:3]:
        for line in _wrapped(author, 58):
            baseline += 70
            parts.append(_text(line, baseline, 58))
    if publisher := line_of(metadata.publisher):
        parts.append(_text(_wrapped(publisher, 40)[0], _HEIGHT - 150, 40, ' letter-spacing="2"'))
    direction = ' direction="rtl"' if metadata.direction == "rtl" else ""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}"'
        f' width="{_WIDTH}" height="{_HEIGHT}">\n'
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#f4efe4"/>\n'
        f'<rect x="60" y="60" width="{_WIDTH - 120}" height="{_HEIGHT - 120}" fill="none" stroke="#7a2e22"'
        ' stroke-width="6"/>\n'
        f'<rect x="78" y="78" width="{_WIDTH - 156}" height="{_HEIGHT - 156}" fill="none" stroke="#7a2e22"'
        ' stroke-width="2"/>\n'
        f'<g font-family="serif" fill="#2b2b2b" text-anchor="middle"{direction}>\n'
        + "\n".join(parts)
        + "\n</g>\n</svg>\n"
    ).encode()


def _authors(metadata: Metadata) -> tuple[str, ...]:
    return tuple(line_of(each.name) for each in metadata.contributors if each.role in ("", "aut") and each.name.strip())


def _text(line: str, baseline: float, size: int, more: str = "") -> str:
    return f'<text x="{_WIDTH // 2}" y="{baseline:.0f}" font-size="{size}"{more}>{escape(line)}</text>'


def _fitted(title: str) -> tuple[list[str], int]:
    """Return the title's lines and the largest size at which they fit."""
    for size in _TITLE_SIZES:
        lines = _wrapped(title, size)
        whole = all(_width(word, size) <= _measure() for word in title.split())
        if whole and len(lines) * size * 1.18 <= _TITLE_HEIGHT:
            return lines, size
    room = int(_TITLE_HEIGHT / (size * 1.18))
    if len(lines) > room:
        last = lines[room - 1]
        while _width(f"{last} …", size) > _measure():
            last = last[:-1].rstrip()
        lines = [*lines[: room - 1], f"{last} …"]
    return lines, size


def _wrapped(text: str, size: int) -> list[str]:
    """Return text as lines that fit the sheet; a word that is wider than it is cut."""
    lines: list[str] = []
    for word in text.split():
        if lines and _width(f"{lines[-1]} {word}", size) <= _measure():
            lines[-1] += f" {word}"
            continue
        rest = word
        while _width(rest, size) > _measure():
            cut = max(1, int(len(rest) * _measure() / _width(rest, size)))
            lines.append(rest[:cut])
            rest = rest[cut:]
        lines.append(rest)
    return lines


def _measure() -> int:
    return _WIDTH - 2 * _MARGIN


def _width(text: str, size: int) -> float:
    return size * sum(1.0 if ord(character) >= _WIDE_FROM else _MEAN_ADVANCE for character in text)
