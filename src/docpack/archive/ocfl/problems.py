"""What is wrong with a store, as data: the standard's own code, the place, and a sentence."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

__all__ = ["MAX_OF_ONE_CODE", "Problem", "Problems", "shown"]

MAX_OF_ONE_CODE = 100  # in one object: an inventory may hold a hundred thousand faults
_MAX_MESSAGE_CHARACTERS = 600
_MAX_SHOWN_CHARACTERS = 200  # of a name or value that comes from the store; an inventory may hold megabytes of it


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    Args:
        code: E and three digits breaks the standard, W and three digits is advised against. Codes from 900 on are
            docpack's own: E901 cannot be read, E902 larger than docpack reads, W903 not where the layout puts it, E904 a path that
            no file can have.
        path: Where, below the storage root; "" is the root itself.
        message: What, in words; one line.

    Spec:
        OCFL 1.1, validation codes.
    """

    code: str
    path: str
    message: str

    @property
    def is_error(self) -> bool:
        """Tell whether the store is not valid for it."""
        return self.code.startswith("E")

    def to_json(self) -> dict[str, str]:
        """Return the problem as a JSON object."""
        return {
            "code": self.code,
            "severity": "error" if self.is_error else "warning",
            "path": self.path,
            "message": self.message,
        }


@dataclass(slots=True)
class Problems:
    """Collects what is wrong in one place of the store and below it; of one code, no more than `MAX_OF_ONE_CODE`."""

    place: str = ""
    found: list[Problem] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, code: str, message: str, *, at: str = "") -> None:
        """Note a problem, `at` a path below this place; the same one is noted once."""
        if self.counts.get(code, 0) > MAX_OF_ONE_CODE:
            return
        problem = Problem(code, "/".join(filter(None, (self.place, at))), _line(message))
        if problem in self.found[-MAX_OF_ONE_CODE:]:
            return
        self.counts[code] = self.counts.get(code, 0) + 1
        if self.counts[code] > MAX_OF_ONE_CODE:
            problem = Problem(code, self.place, "there is more of this kind, which is not listed")
        self.found.append(problem)

    def below(self, name: str) -> Problems:
        """Return a collector for a place below this one, which notes into the same list."""
        return Problems("/".join(filter(None, (self.place, name))), self.found, self.counts)

    def of_object(self, path: str) -> Problems:
        """Return a collector for an object below this place, which counts anew."""
        return Problems("/".join(filter(None, (self.place, path))), self.found)

    @property
    def has_errors(self) -> bool:
        """Tell whether any of what was found is an error."""
        return any(each.is_error for each in self.found)


def _line(message: str) -> str:
    message = message if len(message) <= _MAX_MESSAGE_CHARACTERS else f"{message[:_MAX_MESSAGE_CHARACTERS]}…"
    return message if message.isprintable() else "".join(c if c.isprintable() else ascii(c)[1:-1] for c in message)


def shown(value: object) -> str:
    """Return a value of the store in a form that fits into a message: one line, cut, nothing that a terminal obeys."""
    if isinstance(value, list | dict):  # not repr: it may be huge, and nested more deeply than repr can go
        return "a JSON object" if isinstance(value, dict) else "a JSON array"
    text = value[: _MAX_SHOWN_CHARACTERS + 1] if isinstance(value, str) else json.dumps(value)
    text = text if text.isprintable() else ascii(text)
    return text if len(text) <= _MAX_SHOWN_CHARACTERS else f"{text[:_MAX_SHOWN_CHARACTERS]}…"
