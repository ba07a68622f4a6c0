"""The format-neutral document: a nested tree of frozen values in closed unions.

Theory of operation, which readers, writers and plug-ins rely on:

* Depth is nesting. A `Section` holds its blocks first and its subsections last; no level is stored anywhere.
* Text holds no line ends (the author's are `LineBreak`, those of the source are `SourceBreak`) and no two `Text`
  nodes stand side by side. Blanks next to a `SourceBreak` belong to the source, not to the text.
* A page turn of the source is a `SourceBreak` with a `page`: its printed number, or "" where none was found. Where
  the page turned between two blocks it is the first inline of the later one, with an empty `reading`.
* Blocks, notes and media have an `id` that is the same in every output: `p12`, `s3`, `n1`, ...
* Where a node came from (`origin`, half-open ranges of the decoded source in code points) and `Document.source` are
  not part of equality. So two documents are equal when their content is, and "read back and compare" is `==`.
* `inferred` tells what a program guessed from what an author stated; it names the rule of the guess.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from docpack.ledger import Ledger

__all__ = [
    "MODEL_VERSION",
    "Block",
    "BlockQuote",
    "Cell",
    "Code",
    "Contributor",
    "Definition",
    "DefinitionList",
    "Direction",
    "Document",
    "Emphasis",
    "Figure",
    "Foreign",
    "Identifier",
    "Inline",
    "LineBreak",
    "Link",
    "List",
    "ListItem",
    "Media",
    "Metadata",
    "Note",
    "NoteRef",
    "Paragraph",
    "Preformatted",
    "Row",
    "SceneBreak",
    "Section",
    "SmallCaps",
    "SourceBreak",
    "Span",
    "Stanza",
    "Strong",
    "Subscript",
    "Superscript",
    "Table",
    "Text",
    "TitleOrigin",
    "Verse",
    "VerseLine",
]

MODEL_VERSION = 1  # of the JSON form; raised when a key changes its name or meaning


class Span(NamedTuple):
    """A half-open range of code points of the decoded source."""

    start: int
    stop: int


Origin: TypeAlias = tuple[Span, ...]


class Direction(StrEnum):
    """The base direction of a text, as HTML's `dir` names it."""

    LTR = "ltr"
    RTL = "rtl"


class TitleOrigin(StrEnum):
    """Where a document's title was taken from."""

    STATED = "stated"  # the user or the source's metadata said so
    TEXT = "text"  # a heading of the text, which stays where it is
    NAME = "name"  # the file's name; it is not part of the text and writers do not print it


# ---------------------------------------------------------------------------------------------------- inlines


@dataclass(frozen=True, slots=True)
class Text:
    """A run of characters without line ends."""

    text: str
    origin: Origin = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class LineBreak:
    """A line end that the author wanted."""

    origin: Origin = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class SourceBreak:
    """A place where a line of the source ended and the text goes on.

    `reading` is what it reads as: " ", or "" where a word was cut or the script has no blanks. `page` is None for a
    mere line end; at a page turn it is the number of the page that begins, or "" where none was found.
    """

    reading: str = " "
    page: str | None = None
    origin: Origin = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class NoteRef:
    """A reference to a note; it prints the note's label."""

    note: str
    origin: Origin = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Emphasis:
    """Stressed text, usually set in italics."""

    children: tuple[Inline, ...]
    origin: Origin = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Strong:
    """Text of strong importance, usually set in bold."""

    children: tuple[Inline, ...]
    origin: Origin = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class SmallCaps:
    """Text set in small capitals."""

    children: tuple[Inline, ...]
    origin: Origin = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Superscript:
    """Raised text."""

    children: tuple[Inline, ...]
    origin: Origin = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Subscript:
    """Lowered text."""

    children: tuple[Inline, ...]
    origin: Origin = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Code:
    """A fragment of computer code inside a text."""

    children: tuple[Inline, ...]
    origin: Origin = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Link:
    """A hyperlink; `href` is an absolute URI, or `#id` for a block of this document."""

    href: str
    children: tuple[Inline, ...]
    origin: Origin = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Foreign:
    """A run in another language (a BCP 47 tag) or direction than the text around it."""

    children: tuple[Inline, ...]
    language: str = ""
    direction: Direction | None = None
    origin: Origin = field(default=(), compare=False, repr=False)


Inline: TypeAlias = (
    Text
    | LineBreak
    | SourceBreak
    | NoteRef
    | Emphasis
    | Strong
    | SmallCaps
    | Superscript
    | Subscript
    | Code
    | Link
    | Foreign
)

# ----------------------------------------------------------------------------------------------------- blocks


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of running text."""

    children: tuple[Inline, ...]
    id: str = ""
    role: str = ""
    language: str = ""
    direction: Direction | None = None
    inferred: str = field(default="", compare=False)
    origin: Origin = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the text under a title; subsections stand after all other blocks."""

    title: tuple[Inline, ...]
    children: tuple[Block, ...]
    id: str = ""
    role: str = ""
    language: str = ""
    direction: Direction | None = None
    inferred: str = field(default="", compare=False)
    origin: Origin = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class BlockQuote:
    """A passage set off as a quotation."""

    children: tuple[Block, ...]
    id: str = ""
    role: str = ""
    language: str = ""
    direction: Direction | None = None
    inferred: str = field(default="", compare=False)
    origin: Origin = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class VerseLine:
    """A line of verse; `indent` is its indentation in steps of the poem, 0 for the margin."""

    children: tuple[Inline, ...]
    indent: int = 0
    origin: Origin = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Stanza:
    """A group of verse lines."""

    children: tuple[VerseLine, ...]
    origin: Origin = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Verse:
    """A poem, or a passage of one."""

    children: tuple[Stanza, ...]
    id: str = ""
    role: str = ""
    language: str = ""
    direction: Direction | None = None
    inferred: str = field(default="", compare=False)
    origin: Origin = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ListItem:
    """An item of a list; `marker` is what the source printed before it ("1.", "(a)", "•"), or ""."""

    children: tuple[Block, ...]
    marker: str = ""
    id: str = ""
    origin: Origin = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class List:
    """A list; `start` is the number of the first item of an ordered one."""

    children: tuple[ListItem, ...]
    ordered: bool = False
    start: int = 1
    id: str = ""
    role: str = ""
    language: str = ""
    direction: Direction | None = None
    inferred: str = field(default="", compare=False)
    origin: Origin = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Definition:
    """A term and what is said of it."""

    term: tuple[Inline, ...]
    children: tuple[Block, ...]
    id: str = ""
    origin: Origin = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class DefinitionList:
    """A glossary, or any list of terms with their explanations."""

    children: tuple[Definition, ...]
    id: str = ""
    role: str = ""
    language: str = ""
    direction: Direction | None = None
    inferred: str = field(default="", compare=False)
    origin: Origin = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table; `header` where it names its column or row."""

    children: tuple[Inline, ...]
    header: bool = False
    origin: Origin = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table."""

    children: tuple[Cell, ...]
    origin: Origin = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Table:
    """A table; rows may differ in length, writers fill them up with empty cells."""

    children: tuple[Row, ...]
    caption: tuple[Inline, ...] = ()
    id: str = ""
    role: str = ""
    language: str = ""
    direction: Direction | None = None
    inferred: str = field(default="", compare=False)
    origin: Origin = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture; `alt` says what it shows, and is empty only for a decorative one."""

    media: str
    alt: str = ""
    caption: tuple[Inline, ...] = ()
    id: str = ""
    role: str = ""
    language: str = ""
    direction: Direction | None = None
    inferred: str = field(default="", compare=False)
    origin: Origin = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class SceneBreak:
    """A pause in the text; `text` is what the source printed for it ("* * *"), or "" for mere space."""

    text: str = ""
    id: str = ""
    inferred: str = field(default="", compare=False)
    origin: Origin = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Preformatted:
    r"""Text whose lines and blanks are kept as they stand; lines are parted by "\n"."""

    text: str
    id: str = ""
    role: str = ""
    language: str = ""
    inferred: str = field(default="", compare=False)
    origin: Origin = field(default=(), compare=False, repr=False)


Block: TypeAlias = (
    Paragraph | Section | BlockQuote | Verse | List | DefinitionList | Table | Figure | SceneBreak | Preformatted
)

# ------------------------------------------------------------------------------------- the document as a whole


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote or endnote; `label` is what the source printed to tie it to its reference, without brackets."""

    id: str
    children: tuple[Block, ...]
    label: str = ""
    origin: Origin = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Media:
    """A picture's bytes; `name` is a file name without folders."""

    id: str
    name: str
    media_type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Contributor:
    """Somebody who had a part in the work; `role` is a MARC relator code, three letters ("aut", "trl", "edt")."""

    name: str
    role: str = "aut"
    file_as: str = ""


@dataclass(frozen=True, slots=True)
class Identifier:
    """A name of the work; `scheme` in lower case: isbn, doi, ark, urn, uuid, uri, shelfmark, ..."""

    value: str
    scheme: str = ""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is said about the work, one record for all writers.

    `identifier` is the one that names this document in all its outputs; `identifiers` are the others. `language` is a
    BCP 47 tag, "und" where it is not known. `date` and `source_date` are W3C dates: YYYY, YYYY-MM or YYYY-MM-DD.
    """

    title: str = ""
    title_origin: TitleOrigin = TitleOrigin.STATED
    subtitle: str = ""
    contributors: tuple[Contributor, ...] = ()
    language: str = "und"
    direction: Direction = Direction.LTR
    date: str = ""
    publisher: str = ""
    description: str = ""
    subjects: tuple[str, ...] = ()
    identifier: Identifier = Identifier("")
    identifiers: tuple[Identifier, ...] = ()
    series: str = ""
    series_position: str = ""
    rights: str = ""
    rights_uri: str = ""
    source_title: str = ""
    source_publisher: str = ""
    source_date: str = ""
    source_identifier: Identifier = Identifier("")
    conforms_to: str = ""  # an accessibility standard, only where the user states it


@dataclass(frozen=True, slots=True)
class Document:
    """A text with its notes, pictures and metadata; `source` is what it was read from, with the ledger."""

    children: tuple[Block, ...]
    metadata: Metadata = Metadata()
    notes: tuple[Note, ...] = ()
    media: tuple[Media, ...] = ()
    source: Ledger | None = field(default=None, compare=False, repr=False)
