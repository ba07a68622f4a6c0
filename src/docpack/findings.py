"""What docpack tells people about a document that it could read or write, as data.

A code is never reused. R: reading, P: pages (PDF), M: metadata, W: writing. Each has a page in `docs/findings/`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Any

__all__ = ["Code", "Finding", "Severity", "place_in"]


class Severity(StrEnum):
    """How much a finding matters: `WARNING` fails under `--strict`."""

    INFO = "info"
    WARNING = "warning"


class Code(Enum):
    """All findings: severity and template of the message."""

    R001 = (Severity.WARNING, "no valid UTF-8; read as {encoding}, which is a guess; {reason}")
    R002 = (
        Severity.WARNING,
        "{count} control characters or noncharacters dropped from the reading text, first {first}",
    )
    R003 = (Severity.INFO, "{count} invisible characters (zero-width and the like) dropped from the reading text")
    R004 = (Severity.INFO, "{count} running heads and folios taken out of the text")
    R005 = (
        Severity.WARNING,
        "the bytes do not survive decoding and encoding as {encoding}; restore gives the text only",
    )
    R006 = (Severity.INFO, "mixed line ends: {census}")
    R007 = (Severity.WARNING, "{where}: {reason}; it changed nothing")
    R008 = (Severity.INFO, "{count} decisions are less sure than {limit}; see them with docpack explain --unsure")
    P001 = (
        Severity.WARNING,
        "{pages}: a picture and no text, so that nothing of what is written in it is in the document",
    )
    P002 = (Severity.WARNING, "the text of {share} of the characters is not known, of {fonts}")
    P003 = (
        Severity.WARNING,
        "{count} characters are of the private use area, which has no meaning of its own; of {fonts}",
    )
    P004 = (Severity.INFO, "{pages}: {count} characters outside of what is seen of the page were left out: {first}")
    P005 = (Severity.INFO, "{pages}: {count} characters run in another direction than the text, and stand after it")
    P006 = (Severity.WARNING, "{pages}: {reason}; it was left out")
    P007 = (Severity.WARNING, "{pages}: {reason}; the rest was left out")
    P008 = (Severity.WARNING, "{pages}: most of the text stands outside of the page, whose edges were not believed")
    P009 = (Severity.WARNING, "{pages}: letters are heaped up, so that it was not told which are raised or lowered")
    P010 = (Severity.INFO, "the structure is taken from the PDF's tags")
    P011 = (Severity.INFO, "the PDF's tags were left alone: {why}")
    P012 = (
        Severity.WARNING,
        "pictures that are left out, as their format, colours or size cannot be taken over: {count}",
    )
    M001 = (Severity.INFO, "the title is taken from the text: {title}")
    M002 = (Severity.INFO, "the title is taken from the file's name: {title}")
    M003 = (Severity.INFO, "the language is inferred from the text: {language}")
    M004 = (Severity.INFO, "the language is not known and stays und; name it with -M language=TAG")
    M005 = (Severity.WARNING, "{file}: {message}")
    W001 = (Severity.WARNING, "{format} has no {node}; it is written as {instead}")
    W002 = (Severity.WARNING, "{count} characters that {format} cannot hold were left out, first {first}")
    W003 = (Severity.WARNING, "a reference to the missing {kind} {id} was left out")
    W004 = (Severity.WARNING, "the picture {id} has no description; people who cannot see it will miss it")
    W005 = (Severity.INFO, "heading levels below {limit} are written as level {limit}")
    W006 = (Severity.WARNING, "the archival form needs the source; the reading form was written")
    W007 = (Severity.WARNING, "{count} blocks nested more than {limit} deep are set at that depth")
    W009 = (Severity.WARNING, "{count} ids are used twice, first {id}; the later ones were left out")
    W008 = (Severity.WARNING, "the date {date} is not of the form that {format} asks for, and was left out")

    @property
    def severity(self) -> Severity:
        """How much the finding matters."""
        return self.value[0]

    @property
    def template(self) -> str:
        """The message, with the names of its values in braces."""
        return self.value[1]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to tell: what, where, and the values that fill the message.

    `line` counts the source's lines from 1; None where the finding concerns the whole document. `page` is the name of the
    page that the line stands on, where the source has pages with known places.
    """

    code: Code
    values: dict[str, Any] = field(default_factory=dict)
    line: int | None = None
    page: str = ""

    @property
    def message(self) -> str:
        """The message for a person; one line."""
        return self.code.template.format(**self.values)

    def to_json(self) -> dict[str, Any]:
        """Return the finding as a JSON object with `code`, `severity`, `line`, `message` and its values."""
        return {
            "code": self.code.name,
            "severity": str(self.code.severity),
            "line": self.line,
            "message": self.message,
            "values": self.values,
            **({"page": self.page} if self.page else {}),
        }


def place_in(source: str, line: int | None, page: str = "") -> str:
    """Return how a place is named: `in.txt:12`, `in.pdf: page iv, line 12`, or the source alone without a line."""
    if not line:
        return source
    return f"{source}: page {page}, line {line}" if page else f"{source}:{line}"
