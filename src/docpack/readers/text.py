"""Plain text, above all such as was copied or extracted from a PDF."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from docpack.plugins import Format, option
from docpack.readers.reflow_options import ReflowOptions

if TYPE_CHECKING:
    from docpack.context import Context
    from docpack.model import Document

__all__ = ["TextReader"]


@dataclass(frozen=True, slots=True)
class TextReader(ReflowOptions):
    """Reads plain text and gives it its structure back."""

    format: ClassVar[Format] = Format("text", (".txt", ".text"), "text/plain", "plain text, as extracted from a PDF")
    encoding: str = option("", "the text's encoding, e.g. windows-1252; found out by default", flag="--encoding")

    def refuses(self, data: bytes, name: str) -> str:
        """Return why this is no plain text; it is the reader of last resort and refuses nothing by itself."""
        return ""

    def read(self, data: bytes, context: Context) -> Document:
        """Return the document, with title and language as far as the text shows them.

        Findings: those of `reflow.decode` and `reflowing.reflowed`.

        Raises:
            InputError: The bytes are empty, only white space, binary or in an unknown encoding.
            UsageError: The overrides are not what they should be, or might mean several lines.
        """
        from docpack.readers.reflowing import reflowed
        from docpack.reflow.decode import decode

        self.said()  # a mistake in them is told before anything else
        return reflowed(self, decode(data, context, self.encoding), context)
