"""TEI P5: the form that keeps the source, and the form that is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from docpack.errors import OutputError, UsageError
from docpack.findings import Code
from docpack.plugins import Format, option

if TYPE_CHECKING:
    from docpack.context import Context
    from docpack.ledger import Ledger
    from docpack.model import Document
    from docpack.writers.tei.facsimile import Places
    from docpack.writers.tei.source_flow import SourceFlow

__all__ = ["TeiWriter"]


@dataclass(frozen=True, slots=True)
class TeiWriter:
    """Writes TEI P5, valid against tei_all and its Schematron.

    The archival form has every line, page turn, blank and dropped character of the source, so that `restore` gives
    the source back; the reading form has none of that. A document without a source can only have the reading form;
    one with its source has the archival form unless the reading form is asked for.

    Spec:
        TEI P5, release 4.12.0.
    """

    format: ClassVar[Format] = Format(
        "tei", (".tei.xml", ".tei", ".xml"), "application/tei+xml", "TEI P5, the archives' XML for texts"
    )
    form: str = option(
        "",
        "archival: with all of the source, which `restore` gives back; or reading: the text alone; by default "
        "archival where the source is known",
        flag="--tei-form",
        choices=("archival", "reading"),
    )
    facsimile: bool = option(
        False,
        "say where each line stands on its page: a zone for each, of a source with pages (PDF)",
        flag="--facsimile",
    )

    def write(self, document: Document, context: Context) -> bytes:
        """Return the document as TEI; W006 is reported where the archival form was asked for and no source is known.

        Raises:
            OutputError: A facsimile was asked for, and there are no lines with known places.
            UsageError: It was asked for in the reading form.
        """
        from docpack.writers.tei.body import Body
        from docpack.writers.tei.facsimile import Places
        from docpack.writers.tei.header import header
        from docpack.writers.tei.plain_flow import PlainFlow

        parts: list[str] = []
        places = Places(document.source.source if self.facsimile and document.source else None)
        flow = None if self.form == "reading" else _source_flow(document.source, parts, document, places)
        if self.facsimile:
            _check_facsimile(document, self.form, is_archival=flow is not None)
        if self.form == "archival" and flow is None:
            context.report(Code.W006)
        Body(document, flow or PlainFlow(parts), parts, places.ids()).write()
        text = "".join(parts)
        head = header(document, context, flow.record() if flow else None, text)
        start = '<?xml version="1.0" encoding="UTF-8"?>\n<TEI xmlns="http://www.tei-c.org/ns/1.0">\n'
        return f"{start}{head}{places.element()}{text}</TEI>\n".encode()


def _check_facsimile(document: Document, form: str, *, is_archival: bool) -> None:
    """Refuse to say where lines stand, of a file that has no lines or of a source that has no pages.

    Raises:
        OutputError: The document does not know where its lines stand.
        UsageError: The form has no lines.
    """
    if form == "reading":
        raise UsageError("the reading form of TEI has no lines, and so no facsimile", hint="Leave out --tei-form.")
    if not is_archival or document.source is None or not document.source.source.pages:
        raise OutputError(
            "it is not known where the lines stand on their pages, which --facsimile is to tell",
            hint="Convert from the PDF itself, or leave out --facsimile.",
        )


def _source_flow(ledger: Ledger | None, parts: list[str], document: Document, places: Places) -> SourceFlow | None:
    """Return the flow of the archival form; None without a source, or if no text says where it came from."""
    if ledger is None or not _has_origin(document):
        return None
    from docpack.writers.tei.source_flow import SourceFlow

    return SourceFlow(parts, ledger, places)


def _has_origin(document: Document) -> bool:
    """Return whether some printed text names its place in the source, or nothing is printed."""
    from docpack.walk import printed

    silent = True
    for value, origin in printed(document):
        if origin:
            return True
        silent = silent and not value.strip()
    return silent
