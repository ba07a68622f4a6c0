"""What happened to the files of a package, who did it, and what may be done with them: the facts that PREMIS records."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docpack.archive.content import Digests
    from docpack.archive.formats import FileFormat

__all__ = ["Agent", "Event", "PackedFile", "Relation", "Rights", "identifier"]


def identifier(owner: str, *parts: str) -> str:
    """Return the UUIDv5 of a thing in a package; the same for the same package and parts."""
    from docpack.context import NAMESPACE

    return str(uuid.uuid5(NAMESPACE, "\n".join((owner, *parts))))


@dataclass(frozen=True, slots=True)
class Relation:
    """That a file was made from another one, by an event."""

    source: str  # logical path
    event: str  # identifier


@dataclass(frozen=True, slots=True)
class PackedFile:
    """A file as it lies in the package.

    `path` is its logical path, `original_name` what it was called where it came from. `properties` are facts about
    its content that should outlive its format, by name.
    """

    path: str
    digests: Digests
    format: FileFormat
    original_name: str = ""
    created_by: str = ""  # an agent's name
    created: str = ""  # UTC, YYYY-MM-DDThh:mm:ssZ
    relations: tuple[Relation, ...] = ()
    properties: tuple[tuple[str, str], ...] = ()

    @property
    def representation(self) -> str:
        """The representation that holds the file, or ""."""
        parts = self.path.split("/")
        return parts[1] if parts[0] == "representations" else ""


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody or something that took part; `kind` is one of software, organization, person."""

    name: str
    version: str = ""
    kind: str = "software"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened.

    `kind` is a term of the Library of Congress's vocabulary of event types, `code` its code there, or "" where it is
    not known. `time` is UTC, `YYYY-MM-DDThh:mm:ssZ`.
    """

    id: str
    kind: str
    time: str
    detail: str
    outcome: str
    code: str = ""
    note: str = ""
    agents: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()  # logical paths
    results: tuple[str, ...] = ()  # logical paths


@dataclass(frozen=True, slots=True)
class Rights:
    """What the user states about rights: an address of a statement or licence, words, and the end of an embargo."""

    uri: str = ""
    words: str = ""
    embargo_until: str = ""  # YYYY-MM-DD

    def __bool__(self) -> bool:
        """Tell whether anything is stated."""
        return bool(self.uri or self.words or self.embargo_until)


@dataclass(slots=True)
class Provenance:
    """All that is recorded: it grows while the package is made."""

    agents: dict[str, Agent] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    rights: Rights = field(default_factory=Rights)

    def take_part(self, agent: Agent) -> str:
        """Keep an agent; return the name that events call it by."""
        self.agents.setdefault(agent.name, agent)
        return agent.name
