"""DOCX: an editable document for Word, LibreOffice and Pages, with real styles, notes and lists.

Theory of operation. A document is written in one pass, block after block, as WordprocessingML text: `body` has the
blocks, `inlines` the runs, `tables` and `pictures` what their names say. On the way three registers fill up: `numbering`
(the lists), `notes` (which reference was which footnote) and `relations` (links and pictures, for each part). Then
`assembly` parses that text once with lxml, puts it into the package that python-docx has opened, which is either
our own template or the user's `--reference-doc`, adds the parts that the registers stand for, and zips it all.

What is fixed here and relied on by the read-back in `docpack.verify.docx_text`: a block is one `w:p` (a verse line
too), a row of a table one `w:tr`; a list whose markers the source did not print uses an abstract numbering named
`unprinted`; a note that nothing refers to stands at the end of the body in the style "footnote text".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from docpack.plugins import Format, option

if TYPE_CHECKING:
    from docpack.context import Context
    from docpack.model import Document

__all__ = ["DocxWriter"]


@dataclass(frozen=True, slots=True)
class DocxWriter:
    """Writes Office Open XML text documents.

    Spec:
        ISO/IEC 29500-1 (WordprocessingML, transitional as in part 4) and 29500-2 (Open Packaging Conventions).
    """

    format: ClassVar[Format] = Format(
        "docx",
        (".docx",),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "Word and LibreOffice text document",
    )

    reference_doc: bytes | None = option(
        None,
        "a .docx whose styles, page size, headers and footers the output takes over",
        flag="--reference-doc",
        kind="file",
    )

    def write(self, document: Document, context: Context) -> bytes:
        """Return the document as a .docx package.

        Raises:
            UsageError: The reference document is not a .docx that can be read.
        """
        from docpack.writers.docx.assembly import assemble

        return assemble(document, context, self.reference_doc)
