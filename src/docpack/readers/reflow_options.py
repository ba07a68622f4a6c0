"""The options of readers that give lines their structure back; they are looked at where nothing is read, and load nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docpack.plugins import option

if TYPE_CHECKING:
    from docpack.reflow.overrides import Overrides

__all__ = ["ReflowOptions"]


@dataclass(frozen=True, slots=True)
class ReflowOptions:
    """What a person may say beforehand of how a text is read."""

    overrides: bytes | None = option(
        None, "decisions of a person, as TOML; by default INPUT.docpack.toml", kind="file", flag="--overrides"
    )
    paragraphs: str = option(
        "",
        "what tells paragraphs apart: all evidence, indentation, blank lines, or every line end",
        flag="--paragraphs",
        choices=("auto", "indent", "blank", "line"),  # those of `docpack.reflow.rulings.Paragraphs`
    )
    dehyphenate: bool = option(True, "leave all hyphens at line ends as they are", flag="--no-dehyphenate")
    furniture: bool = option(True, "take no line for a running head or page number", flag="--no-furniture")
    headings: bool = option(True, "take no line for a heading", flag="--no-headings")
    quotes: bool = option(True, "take no lines for a quotation", flag="--no-quotes")
    verse: bool = option(True, "take no lines for verse", flag="--no-verse")
    lists: bool = option(True, "take no line for an item of a list", flag="--no-lists")
    terms: bool = option(True, "take no line for a term with its definition", flag="--no-terms")
    notes: bool = option(True, "take no lines for a note", flag="--no-notes")
    code: bool = option(True, "take no lines for preformatted text", flag="--no-code")
    scene_breaks: bool = option(True, "take no line or gap for a scene break", flag="--no-scene-breaks")

    def said(self) -> Overrides:
        """Return the decisions of the overrides file.

        Raises:
            UsageError: The overrides are not what they should be.
        """
        from docpack.reflow.overrides import Overrides
        from docpack.reflow.overrides_file import parse

        if self.overrides is None:
            return Overrides()
        return parse(self.overrides, getattr(self.overrides, "name", "") or "the overrides file")
