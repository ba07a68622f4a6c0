"""What validators say of a file: verdicts, as data that a person, a program and an archive's records can read."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Cause", "Found", "Gravity", "Message", "Missing", "Outcome", "Places", "Verdict"]


class Outcome(StrEnum):
    """How a validator's work on one file ended."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_RUN = "not-run"  # there is no verdict; `Cause` says why
    IDENTIFIED = "identified"  # it says what the file is, which is neither praise nor blame


class Cause(StrEnum):
    """Why there is no verdict."""

    NONE = ""
    MISSING = "missing"  # the tool, or a schema that it needs, is not there
    BROKEN = "broken"  # it is there, and crashed, hung, or said what nobody understands
    UNSUITED = "unsuited"  # it does not judge this file: a profile that it does not know, say


class Gravity(StrEnum):
    """How much a message weighs: an error fails the file."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Message:
    """One thing that a validator found.

    Args:
        gravity: How much it weighs.
        code: The validator's own code of the rule, `RSC-005`, or "".
        place: Where, in the file's own terms: a part, a line and column, a path; or "".
        text: What, in the validator's words.
    """

    gravity: Gravity
    code: str
    place: str
    text: str

    def __str__(self) -> str:
        """Return the message as one line."""
        return ": ".join(filter(None, (f"{self.gravity} {self.code}".strip(), self.place, self.text)))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one validator says of one file.

    Args:
        validator: The validator's name.
        version: Its version, or "" where it is not there or does not tell.
        outcome: How it ended.
        profile: Against what it judged, where it knows more than one thing: `PDF/A-2a, PDF/UA-1`.
        messages: What it found, in its own order; at most some hundreds.
        omitted: How many messages were left out.
        reason: Why there is no verdict, or what the file was found to be; one line.
        cause: The same for programs.
        hint: How to get what is missing.
        report: The validator's own report, octet for octet.
        report_suffix: What kind of file the report is.
    """

    validator: str
    version: str
    outcome: Outcome
    profile: str = ""
    messages: tuple[Message, ...] = ()
    omitted: int = 0
    reason: str = ""
    cause: Cause = Cause.NONE
    hint: str = ""
    report: bytes = field(default=b"", repr=False)
    report_suffix: str = ".txt"

    @property
    def tool(self) -> str:
        """The validator with its version and what it judged against, for people."""
        return " ".join(filter(None, (self.validator, self.version, self.profile and f"[{self.profile}]")))

    def to_json(self) -> dict[str, Any]:
        """Return all but the report as a JSON object."""
        return {
            "validator": self.validator,
            "version": self.version,
            "outcome": str(self.outcome),
            "profile": self.profile,
            "messages": [
                {"severity": str(each.gravity), "code": each.code, "place": each.place, "text": each.text}
                for each in self.messages
            ],
            "omitted": self.omitted,
            "reason": self.reason,
            "cause": str(self.cause),
            "hint": self.hint,
        }


@dataclass(frozen=True, slots=True)
class Places:
    """The folders in which validators and their schemas are looked for, before the usual places."""

    tools: tuple[Path, ...] = ()
    schemas: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A validator that is there: how to run it.

    Args:
        version: Its version, or "" where only a run tells.
        command: The words that its command line begins with.
        files: What it needs besides: schemas, archives of classes.
        profile: Against what it judges, where the files decide that.
    """

    version: str
    command: tuple[str, ...]
    files: tuple[Path, ...] = ()
    profile: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """A validator that is not there.

    Args:
        what: What is missing, as a clause: "there is no Java".
        hint: The commands that get it.
    """

    what: str
    hint: str
