"""Pictures as inline drawings, with the description that a screen reader speaks."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from docpack.findings import Code
from docpack.writers.docx.markup import attribute

if TYPE_CHECKING:
    from docpack.context import Context
    from docpack.model import Media
    from docpack.writers.docx.relations import Relations

__all__ = ["Pictures"]

_EMU_PER_TWENTIETH = 635  # English Metric Units, 914,400 to the inch, in a twentieth of a point
_DECORATIVE = (
    '<a:extLst><a:ext uri="{C183D7F6-B498-43B3-948B-1728B52AA6E4}"><adec:decorative'
    ' xmlns:adec="http://schemas.microsoft.com/office/drawing/2017/decorative" val="1"/></a:ext></a:extLst>'
)


class _Numbers:
    """The ids of drawings, which are unique in the whole package."""

    def __init__(self) -> None:
        self.last = 0


class Pictures:
    """The pictures of one part. Lengths are in twentieths of a point.

    Args:
        media: All pictures of the document, by id.
        package: The package of python-docx that takes them.
        context: Hears about pictures that Word cannot show.
        text_width: The width of the text block.
        text_height: Its height.
    """

    def __init__(
        self, media: dict[str, Media], package: Any, context: Context, text_width: int, text_height: int
    ) -> None:
        self.text_width = text_width
        self._text_height = text_height
        self._media = media
        self._package = package
        self._context = context
        self._parts: dict[str, Any] = {}
        self._numbers = _Numbers()
        self._relations: Relations | None = None

    def of(self, relations: Relations) -> Pictures:
        """Return the same pictures for another part of the package."""
        other = Pictures(self._media, self._package, self._context, self.text_width, self._text_height)
        other._parts, other._numbers, other._relations = self._parts, self._numbers, relations
        return other

    def drawing(self, identifier: str, alt: str, indentation: int) -> str:
        """Return the `w:drawing` of a picture, no larger than the page; or "" if Word cannot show it."""
        media = self._media.get(identifier)
        part = self._part(media) if media else None
        if media is None or part is None or self._relations is None:
            return ""
        width, height = self._size(part, indentation)
        self._numbers.last += 1
        number, name = self._numbers.last, attribute(media.name or identifier)
        said = f' descr="{attribute(alt)}"' if alt else ""
        inner = "" if alt else _DECORATIVE
        return (
            f'<w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{width}" cy="{height}"/>'
            f'<wp:docPr id="{number}" name="{name}"{said}>{inner}</wp:docPr>'
            '<wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr>'
            '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
            f'<pic:nvPicPr><pic:cNvPr id="{number}" name="{name}"{said}/><pic:cNvPicPr/></pic:nvPicPr>'
            f'<pic:blipFill><a:blip r:embed="{self._relations.picture(part)}"/>'
            "<a:stretch><a:fillRect/></a:stretch></pic:blipFill>"
            f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'
            '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr>'
            "</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing>"
        )

    def _part(self, media: Media) -> Any:
        """Return the image part of a picture, or None after a report if python-docx does not know its format."""
        if media.id not in self._parts:
            from docx.image.exceptions import (
                InvalidImageStreamError,
                UnexpectedEndOfFileError,
                UnrecognizedImageError,
            )

            try:
                part = self._package.get_or_add_image_part(io.BytesIO(media.data))
                _ = part.image.width
            except (
                InvalidImageStreamError,
                UnexpectedEndOfFileError,
                UnrecognizedImageError,
                ArithmeticError,
                LookupError,
                ValueError,
            ):
                part = None
                kind = media.media_type or "unknown type"
                self._context.report(
                    Code.W001, format="docx", node=f"picture of the type {kind} ({media.name})", instead="its caption"
                )
            self._parts[media.id] = part
        return self._parts[media.id]

    def _size(self, part: Any, indentation: int) -> tuple[int, int]:
        """Return width and height in English Metric Units: its natural size, or what the page has room for."""
        width, height = max(int(part.image.width), 1), max(int(part.image.height), 1)
        room = max(self.text_width - indentation, 567) * _EMU_PER_TWENTIETH
        # A caption shall stand on the same page.
        tallest = self._text_height * _EMU_PER_TWENTIETH * 4 // 5
        scale = min(1.0, room / width, tallest / height)
        return max(round(width * scale), 1), max(round(height * scale), 1)
