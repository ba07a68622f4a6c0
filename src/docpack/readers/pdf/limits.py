"""What reading a PDF may cost. A limit that is hit is said: by a finding where it ends a page, by an error where all.

Nothing here is a timeout: the same file ends in the same way on every machine. Work is counted in units of roughly a
microsecond: a token of a content stream, a call into the file, 64 bytes that are unpacked, an eighth of a character.
"""

from __future__ import annotations

from docpack.errors import InputError

__all__ = [
    "MAX_CHARACTERS",
    "MAX_CONTENT_BYTES",
    "MAX_LINES",
    "MAX_PAGES",
    "MAX_PREDICTED_BYTES",
    "MAX_STREAM_BYTES",
    "MAX_TREE_DEPTH",
    "UNITS_PER_CHARACTER",
    "Budget",
    "PageLimit",
]

MAX_PAGES = 100_000  # the longest PDFs in archives, logs and registers, have some ten thousand
MAX_TREE_DEPTH = 100  # of the page tree; balanced ones of 100,000 pages have 5 levels
MAX_LINES = 300_000  # of all pages, as printed; that is 7,000 pages, and 1 GB where each holds a word or two
MAX_CHARACTERS = 60_000_000  # of all pages: 20,000 pages
MAX_CONTENT_BYTES = 64_000_000  # of one content stream, unpacked; a map of a city has 20 MB
MAX_STREAM_BYTES = 16_000_000  # of any other stream that is unpacked: tables of fonts, of objects
MAX_PREDICTED_BYTES = 4_000_000  # of streams with a predictor, which are undone byte by byte

WORK = 10_000_000  # units for any file, and some more for each of its bytes
WORK_PER_BYTE = 24  # a page of text costs 30,000 units and has 2,000 bytes or more
UNITS_PER_PAGE = 1500  # its objects are read
UNITS_PER_CHARACTER = 8  # it is shown, put on a line, and read with its line
OPENING_WORK, OPENING_WORK_PER_BYTE = 2_000_000, 4  # units, to find the objects; a sound file costs 3 for each of them
PAGE_WORK = 5_000_000  # units; a page of small print costs 150,000, a map of a city 2,000,000
BYTES_PER_UNIT = 64


class PageLimit(Exception):  # noqa: N818  # no error: what was read of the page is kept
    """A page asks for more than a page may."""


class Budget:
    """The work that is left for a file, and for its page that is being read."""

    def __init__(self, size_bytes: int) -> None:
        self.whole = self._left = WORK + WORK_PER_BYTE * size_bytes
        self._of_page = OPENING_WORK + OPENING_WORK_PER_BYTE * size_bytes  # it begins with being opened

    def begin_page(self) -> None:
        """Grant a page its work.

        Raises:
            InputError: The file has used up its own.
        """
        self._of_page = PAGE_WORK
        self.spend(UNITS_PER_PAGE)

    def end_page(self) -> None:
        """End a page, or the opening of the file: let what is read between pages be bounded by the work for the file alone."""
        self._of_page = self.whole

    def spend(self, units: int) -> None:
        """Take work off what is left.

        Raises:
            InputError: The file has used up its work.
            PageLimit: The page has.
        """
        self._left -= units
        self._of_page -= units
        if self._left < 0:
            raise InputError(
                f"the PDF asks for more work than its size allows ({self.whole:,} steps)",
                hint="Take it apart first: qpdf --split-pages=100 INPUT.pdf OUTPUT.pdf.",
            )
        if self._of_page < 0:
            raise PageLimit("it asks for more work than a page may")

    def spend_bytes(self, size_bytes: int) -> None:
        """Take the work for bytes that are unpacked or looked at."""
        self.spend(size_bytes // BYTES_PER_UNIT + 1)
