"""What readers have in common that give lines their structure back: a person's decisions, the metadata."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from docpack.errors import InputError
from docpack.findings import Code
from docpack.judgements import UNSURE_BELOW, judgements
from docpack.ledger import Rule
from docpack.metadata import direction_of
from docpack.model import Metadata, Section, Text, TitleOrigin
from docpack.reflow import reflow
from docpack.reflow.language import direction_of_letters, guess_language
from docpack.reflow.overrides import SWITCHES, profile_of, resolve
from docpack.walk import nodes, text_of

if TYPE_CHECKING:
    from docpack.context import Context
    from docpack.ledger import SourceText
    from docpack.model import Document
    from docpack.readers.reflow_options import ReflowOptions
    from docpack.reflow.layout import Layout

__all__ = ["reflowed"]

MAX_TITLE_CHARACTERS = 150
FRONT_CHARACTERS = 600  # letters and digits, in which a title is looked for that is printed


def reflowed(
    options: ReflowOptions,
    source: SourceText,
    context: Context,
    layout: Layout | None = None,
    stated: Metadata = Metadata(),  # noqa: B008  # a frozen value
) -> Document:
    """Return the document of a source, with title, language and direction as far as the text shows them.

    `stated` is what the source's own metadata say; what is empty there is taken from the text.

    Findings: those of `reflow.overrides` and `reflow.reflow`, R008, M001 to M004.

    Raises:
        InputError: Nothing is left of the text.
        UsageError: The overrides are not what they should be, or might mean several lines.
    """
    overrides = options.said()
    profile = profile_of(overrides, options.paragraphs, {name: getattr(options, name) for name in SWITCHES})
    document = reflow(source, context, profile, resolve(overrides, source.text, context), layout)
    if not document.children and not document.notes:
        raise _nothing_left(document)
    if document.source and (doubtful := len(judgements(document.source, UNSURE_BELOW))):
        context.report(Code.R008, count=doubtful, limit=UNSURE_BELOW)
    return replace(document, metadata=_metadata(document, source.text, context, stated))


def _nothing_left(document: Document) -> InputError:
    if document.source and any(edit.rule is Rule.FURNITURE for edit in document.source.edits):
        return InputError(
            "nothing is left of the text: all lines were taken for running heads and page numbers",
            hint="See why with `docpack explain`, or keep them with --no-furniture.",
        )
    return InputError("the file holds nothing but white space", hint="There is nothing to convert.")


def _metadata(document: Document, text: str, context: Context, stated: Metadata) -> Metadata:
    title, origin = _stated_title(document, stated) if stated.title else _title(document, context)
    language = guess_language(text)
    if stated.language != "und" and (language == "und" or not _is_default(stated.language, language)):
        language = stated.language
    elif language == "und":
        context.report(Code.M004)
    else:
        context.report(Code.M003, language=language)
    direction = direction_of(language) if language != "und" else direction_of_letters(text)
    return replace(stated, title=title, title_origin=origin, language=language, direction=direction)


def _is_default(stated: str, guessed: str) -> bool:
    """Tell whether a language is stated that programs state when nobody has told them, and the text shows another."""
    return stated.split("-", 1)[0] == "en" != guessed.split("-", 1)[0]


def _stated_title(document: Document, stated: Metadata) -> tuple[str, TitleOrigin]:
    """Return a title that the source states, and whether the text has it already at its beginning."""
    if stated.title_origin is TitleOrigin.NAME:
        return stated.title, TitleOrigin.NAME
    front = ""
    for node in nodes(document):
        if isinstance(node, Text):
            front += "".join(filter(str.isalnum, node.text.casefold()))
        if len(front) > FRONT_CHARACTERS:
            break
    wanted = "".join(filter(str.isalnum, stated.title.casefold()))
    return stated.title, TitleOrigin.TEXT if wanted and wanted in front else TitleOrigin.STATED


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
