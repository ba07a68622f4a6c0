"""Tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from docpack.walk import text_of
from docpack.writers.docx.markup import attribute

if TYPE_CHECKING:
    from docpack.model import Cell, Inline, Row, Table

__all__ = ["MOST_COLUMNS", "table"]

MOST_COLUMNS = 63  # Word opens no file with more
_CHARACTER_WIDTH = 125  # twentieths of a point: of a character of 10.5 points, on the average of a wide font
_PADDING = 320  # both sides of a cell, and some air
_NARROWEST = 850
_CAPTION_LIMIT = 255  # of Word's field for the title of a table


class _CellWriter(Protocol):
    def __call__(self, inlines: tuple[Inline, ...], *, header: bool) -> str: ...


def table(block: Table, cell: _CellWriter, style: str, width: int, left: int, *, rtl: bool) -> str:
    """Return a `w:tbl`. Rows are filled up with empty cells; leading rows of headers repeat on each page.

    Args:
        block: The table; it has a cell.
        cell: Writes the one paragraph of a cell.
        style: The id of its style.
        width: Room for it, in twentieths of a point.
        left: Its indentation, likewise.
        rtl: Whether its first column is the one on the right.
    """
    widths = _column_widths(block, max(width, _NARROWEST))
    heads = _head_rows(block)
    grid = "".join(f'<w:gridCol w:w="{each}"/>' for each in widths)
    rows = "".join(_row(row, cell, widths, is_head=number < heads) for number, row in enumerate(block.children))
    properties = _properties(block, style, sum(widths), left, rtl=rtl, has_heads=heads > 0)
    return f"<w:tbl>{properties}<w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"


def _properties(block: Table, style: str, width: int, left: int, *, rtl: bool, has_heads: bool) -> str:
    first_column = all(row.children[0].header for row in block.children if row.children)
    # The bits of tblLook: first row 0x20, first column 0x80, no bands 0x600.
    bits = 0x600 | (0x20 if has_heads else 0) | (0x80 if first_column else 0)
    caption = " ".join(text_of(block.caption).split())[:_CAPTION_LIMIT]
    look = (
        f'<w:tblLook w:val="{bits:04X}" w:firstRow="{int(has_heads)}" w:lastRow="0" '
        f'w:firstColumn="{int(first_column)}" w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>'
    )
    parts = [
        f'<w:tblStyle w:val="{attribute(style)}"/>',
        "<w:bidiVisual/>" if rtl else "",
        f'<w:tblW w:w="{width}" w:type="dxa"/>',
        f'<w:tblInd w:w="{left}" w:type="dxa"/>' if left else '<w:jc w:val="center"/>',
        look,
        f'<w:tblCaption w:val="{attribute(caption)}"/>' if caption else "",
    ]
    return f"<w:tblPr>{''.join(parts)}</w:tblPr>"


def _row(row: Row, cell: _CellWriter, widths: list[int], *, is_head: bool) -> str:
    filled: list[Cell | None] = [*row.children, *[None] * (len(widths) - len(row.children))]
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>'
        f"{cell(each.children if each else (), header=each.header if each else is_head)}</w:tc>"
        for each, width in zip(filled, widths, strict=True)
    )
    head = "<w:tblHeader/>" if is_head else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{head}</w:trPr>{cells}</w:tr>"


def _head_rows(block: Table) -> int:
    """Return how many rows at the top hold nothing but headers; not all of them, a table needs a body."""
    for count, row in enumerate(block.children):
        if not row.children or not all(cell.header for cell in row.children):
            return count
    return 0


def _column_widths(block: Table, room: int) -> list[int]:
    """Return widths that fit the longest cell of each column, all made smaller in proportion where room is short."""
    columns = max(len(row.children) for row in block.children)
    longest = [1] * columns
    for row in block.children:
        for number, cell in enumerate(row.children):
            longest[number] = max(longest[number], len(text_of(cell.children)))
    wanted = [max(_NARROWEST, _PADDING + _CHARACTER_WIDTH * length) for length in longest]
    if sum(wanted) <= room:
        return wanted
    # Long cells wrap; short ones need their width. So each column gets at most what is left per column, twice over.
    fair = room // columns
    capped = [min(each, max(fair, _NARROWEST) * 2) for each in wanted]
    return [max(1, each * room // sum(capped)) for each in capped]
