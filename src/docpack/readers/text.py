"""Plain text, above all such as was copied or extracted from a PDF."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from docpack.errors import InputError
from docpack.findings import Code
from docpack.judgements import UNSURE_BELOW, judgements
from docpack.ledger import Rule
from docpack.metadata import direction_of
from docpack.model import Metadata, Section, TitleOrigin
from docpack.plugins import Format, option
from docpack.reflow import reflow
from docpack.reflow.decode import decode
from docpack.reflow.language import direction_of_letters, guess_language
from docpack.reflow.overrides import SWITCHES, Overrides, profile_of, resolve
from docpack.reflow.overrides_file import parse
from docpack.reflow.rulings import Paragraphs
from docpack.walk import text_of

if TYPE_CHECKING:
    from docpack.context import Context
    from docpack.model import Document

__all__ = ["TextReader"]

MAX_TITLE_CHARACTERS = 150


@dataclass(frozen=True, slots=True)
class TextReader:
    """Reads plain text and gives it its structure back."""

    format: ClassVar[Format] = Format("text", (".txt", ".text"), "text/plain", "plain text, as extracted from a PDF")
    encoding: str = option("", "the text's encoding, e.g. windows-1252; found out by default", flag="--encoding")
    overrides: bytes | None = option(
        None, "decisions of a person, as TOML; by default INPUT.docpack.toml", kind="file", flag="--overrides"
    )
    paragraphs: str = option(
        "",
        "what tells paragraphs apart: all evidence, indentation, blank lines, or every line end",
        flag="--paragraphs",
        choices=tuple(map(str, Paragraphs)),
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

    def refuses(self, data: bytes, name: str) -> str:
        """Return why this is no plain text; it is the reader of last resort and refuses nothing by itself."""
        return ""

    def read(self, data: bytes, context: Context) -> Document:
        """Return the document, with title and language as far as the text shows them.

        Findings: those of `reflow.decode`, `reflow.overrides` and `reflow.reflow`, R008, M001 to M004.

        Raises:
            InputError: The bytes are empty, only white space, binary or in an unknown encoding.
            UsageError: The overrides are not what they should be, or might mean several lines.
        """
        overrides = Overrides()
        if self.overrides is not None:
            overrides = parse(self.overrides, getattr(self.overrides, "name", "") or "the overrides file")
        source = decode(data, context, self.encoding)
        profile = profile_of(overrides, self.paragraphs, {name: getattr(self, name) for name in SWITCHES})
        document = reflow(source, context, profile, resolve(overrides, source.text, context))
        if not document.children and not document.notes:
            raise _nothing_left(document)
        if document.source and (doubtful := len(judgements(document.source, UNSURE_BELOW))):
            context.report(Code.R008, count=doubtful, limit=UNSURE_BELOW)
        return replace(document, metadata=_metadata(document, source.text, context))


def _nothing_left(document: Document) -> InputError:
    if document.source and any(edit.rule is Rule.FURNITURE for edit in document.source.edits):
        return InputError(
            "nothing is left of the text: all lines were taken for running heads and page numbers",
            hint="See why with `docpack explain`, or keep them with --no-furniture.",
        )
    return InputError("the file holds nothing but white space", hint="There is nothing to convert.")


def _metadata(document: Document, text: str, context: Context) -> Metadata:
    title, origin = _title(document, context)
    language = guess_language(text)
    if language == "und":
        context.report(Code.M004)
    else:
        context.report(Code.M003, language=language)
    direction = direction_of(language) if language != "und" else direction_of_letters(text)
    return Metadata(title=title, title_origin=origin, language=language, direction=direction)


def _title(document: Document, context: Context) -> tuple[str, TitleOrigin]:
    """Return the title: a heading that stands over the whole text, else the name of the file."""
    first = document.children[0] if document.children else None
    if isinstance(first, Section) and len(document.children) == 1:
        title = " ".join(text_of(first.title).split())
        if title and len(title) <= MAX_TITLE_CHARACTERS and any(map(str.isalpha, title)):
            context.report(Code.M001, title=title)
            return title, TitleOrigin.TEXT
    title = context.name.rsplit(".", 1)[0] or "Untitled"
    context.report(Code.M002, title=title)
    return title, TitleOrigin.NAME
