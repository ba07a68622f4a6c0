"""Pictures of a PDF: which of them are figures of the text, where they belong, and their bytes in a format of the Web.

A JPEG goes out as it is. Samples become a PNG; what would need a decoder of its own (JPEG 2000, JBIG2, CCITT), or colours
that the Web does not know (CMYK), is left out and told.

Spec:
    ISO 32000-1 (PDF 1.7): 8.9 (images), 8.6 (colour spaces). PNG (Third Edition), sections 5 and 11.2.
"""

from __future__ import annotations

import struct
import zlib
from bisect import bisect_right
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from docpack.ledger import sha256_hex
from docpack.model import Figure, Media

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from docpack.readers.pdf.glyphs import Page, Picture
    from docpack.readers.pdf.laying import Laid

__all__ = ["Found", "PlacedPicture", "figures_of", "may_be_figure", "media_of", "pictures_of"]

MIN_SIDE_POINTS = 28.0  # smaller ones are ornaments and bullets
MAX_PAGE_SHARE = 0.8  # of the page: a larger one is its background, or the scan of which the text was recognised
MIN_REPEATED = 3  # pages that show a picture at one place: it belongs to the page and not to the text
MAX_PIXELS = 60_000_000
MAX_MEDIA_BYTES = 300_000_000  # of all pictures of a file
MAX_PICTURES = 5000


class PlacedPicture(NamedTuple):
    """A picture on a page, in points; `name` is the number of its object."""

    page: int
    left: float
    top: float
    right: float
    bottom: float
    name: str


class Found(NamedTuple):
    """The figures by the number of the line that they stand before, their media, and how many could not be taken out."""

    figures: list[tuple[int, Figure]]
    media: tuple[Media, ...]
    left_out: int


def pictures_of(page: Page) -> list[PlacedPicture]:
    """Return the pictures of a page that may be figures."""
    return [_placed(page.number, each) for each in page.pictures if may_be_figure(each, page)]


def _placed(number: int, picture: Picture) -> PlacedPicture:
    return PlacedPicture(number, picture.left, picture.top, picture.right, picture.bottom, picture.name)


def may_be_figure(picture: Picture, page: Page) -> bool:
    """Tell whether a picture is neither an ornament nor what lies behind a page's text."""
    left, right = max(picture.left, 0.0), min(picture.right, page.width)
    top, bottom = max(picture.top, 0.0), min(picture.bottom, page.height)
    if min(right - left, bottom - top) < MIN_SIDE_POINTS:
        return False
    return (right - left) * (bottom - top) <= MAX_PAGE_SHARE * page.width * page.height or not page.glyphs


def figures_of(pictures: Sequence[PlacedPicture], laid: Laid, load: Callable[[str], tuple[str, bytes] | None]) -> Found:
    """Return the figures, each with the line that it stands before.

    Args:
        pictures: Those of all pages.
        laid: The lines of the document.
        load: Gives the media type and the bytes of a picture by its name; None where it cannot be taken out.
    """
    repeated = Counter((each.name, round(each.left), round(each.top)) for each in pictures)
    kept = [each for each in pictures if repeated[(each.name, round(each.left), round(each.top))] < MIN_REPEATED]
    media: dict[str, Media] = {}
    by_name: dict[str, str] = {}
    figures: list[tuple[int, Figure]] = []
    by_page = _by_page(laid)
    printed = sorted(by_page)
    left_out = size = 0
    for each in sorted(kept[:MAX_PICTURES], key=lambda one: (one.page, one.top, one.left)):
        if each.name not in by_name:
            loaded = load(each.name) if size < MAX_MEDIA_BYTES else None
            by_name[each.name] = ""
            if loaded:
                size += len(loaded[1])
                digest = sha256_hex(loaded[1])
                if digest not in media:
                    number = len(media) + 1
                    ending = "jpg" if loaded[0] == "image/jpeg" else "png"
                    media[digest] = Media(f"m{number}", f"picture-{number}.{ending}", *loaded)
                by_name[each.name] = media[digest].id
        if not by_name[each.name]:
            left_out += 1
            continue
        figure = Figure(by_name[each.name], id=f"f{len(figures) + 1}", inferred=f"a picture on page {each.page + 1}")
        figures.append((_line_after(each, laid, by_page, printed), figure))
    figures.sort(key=lambda found: found[0])
    return Found(figures, tuple(media.values()), left_out)


def _by_page(laid: Laid) -> dict[int, list[int]]:
    """Return the numbers of the lines of each page that has some, heads and feet apart."""
    made: dict[int, list[int]] = {}
    for number, line in enumerate(laid.lines, 1):
        if line is not None and not line.edge:
            made.setdefault(line.page, []).append(number)
    return made


def _line_after(picture: PlacedPicture, laid: Laid, by_page: dict[int, list[int]], printed: Sequence[int]) -> int:
    """Return the number of the first line below a picture, in the column that it stands in; else of the next page's.

    `printed` are the pages with lines, ascending.
    """
    for number in by_page.get(picture.page, ()):
        line = laid.lines[number - 1]
        beside = line is not None and line.column_left < picture.right and line.column_right > picture.left
        if line is not None and beside and line.base > (picture.top + picture.bottom) / 2:
            return number
    at = bisect_right(printed, picture.page)
    return by_page[printed[at]][0] if at < len(printed) else len(laid.lines) + 1


def media_of(image: Any) -> tuple[str, bytes] | None:
    """Return the media type and the bytes of an image object; None where they cannot be had without a decoder."""
    filters = image.get("/Filter")
    names = [str(each) for each in (filters if isinstance(filters, list) else [filters]) if each is not None]
    if names == ["/DCTDecode"]:
        data = bytes(image._data)  # noqa: SLF001  # the bytes as they stand: pypdf would decode them
        return ("image/jpeg", data) if data[:2] == b"\xff\xd8" and not _is_cmyk(image) else None
    if any(each in {"/DCTDecode", "/JPXDecode", "/JBIG2Decode", "/CCITTFaxDecode"} for each in names):
        return None
    png = _png(image)
    return ("image/png", png) if png else None


def _is_cmyk(image: Any) -> bool:
    space = _got(image.get("/ColorSpace"))
    if isinstance(space, list) and len(space) > 1 and str(space[0]) == "/ICCBased":
        return bool(_got(space[1]).get("/N") == 4)
    return str(space) == "/DeviceCMYK"


def _png(image: Any) -> bytes | None:
    """Return the samples of an image as a PNG."""
    width, height = int(image.get("/Width", 0)), int(image.get("/Height", 0))
    bits = 1 if image.get("/ImageMask") else int(image.get("/BitsPerComponent", 8))
    colour, palette = _colour(image)
    if (
        not (0 < width * height <= MAX_PIXELS)
        or bits not in (1, 2, 4, 8)
        or colour is None
        or (colour == 2 and bits != 8)
    ):
        return None
    samples = image.get_data()
    stride = (width * (3 if colour == 2 else 1) * bits + 7) // 8
    if len(samples) < stride * height:
        return None
    decode = [float(each) for each in image.get("/Decode") or ()]
    if decode[:2] == [1.0, 0.0] and colour == 0:
        samples = bytes(255 - each for each in samples)
    rows = b"".join(b"\0" + samples[at : at + stride] for at in range(0, stride * height, stride))
    chunks = [_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0))]
    if palette:
        chunks.append(_chunk(b"PLTE", palette))
    chunks += [_chunk(b"IDAT", zlib.compress(rows, 6)), _chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _colour(image: Any) -> tuple[int | None, bytes]:
    """Return PNG's type of colour (0 grey, 2 RGB, 3 palette), and the palette; None where there is none for it."""
    if image.get("/ImageMask"):
        return 0, b""
    space = _got(image.get("/ColorSpace"))
    if isinstance(space, list) and space:
        kind = str(_got(space[0]))
        if kind == "/ICCBased":
            return {1: (0, b""), 3: (2, b"")}.get(int(_got(space[1]).get("/N", 0)), (None, b""))
        if kind == "/Indexed" and _components(_got(space[1])) == 3:
            table = _got(space[3])
            data = table.get_data() if hasattr(table, "get_data") else getattr(table, "original_bytes", table)
            data = bytes(data)[: 3 * (int(space[2]) + 1)]
            return (3, data) if data and len(data) % 3 == 0 else (None, b"")
        return {"/CalGray": (0, b""), "/CalRGB": (2, b"")}.get(kind, (None, b""))
    return {"/DeviceGray": (0, b""), "/G": (0, b""), "/DeviceRGB": (2, b""), "/RGB": (2, b"")}.get(
        str(space), (None, b"")
    )


def _components(space: Any) -> int:
    if isinstance(space, list) and space and str(space[0]) == "/ICCBased":
        return int(_got(space[1]).get("/N", 0))
    name = str(space[0] if isinstance(space, list) and space else space)
    return {"/DeviceRGB": 3, "/CalRGB": 3, "/DeviceGray": 1, "/DeviceCMYK": 4}.get(name, 0)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _got(raw: Any) -> Any:
    return raw.get_object() if hasattr(raw, "get_object") else raw
