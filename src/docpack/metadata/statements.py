"""Collects what one source states about a work, such as the `-M KEY=VALUE` options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docpack.errors import UsageError
from docpack.metadata.changes import Changes
from docpack.metadata.keys import LISTS, read_value, resolve
from docpack.metadata.relators import person
from docpack.metadata.values import shown
from docpack.model import Identifier

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Statements", "parse_assignments"]


def parse_assignments(pairs: Iterable[str]) -> Changes:
    """Return what `-M KEY=VALUE` options state; subjects, identifiers and contributors of the same key add up.

    Raises:
        UsageError: An equals sign is missing, a key is unknown, or a value is not what its key needs.

    >>> parse_assignments(["author=Ines Almqvist|Almqvist, Ines", "language=sv"]).language
    'sv'
    """
    statements = Statements()
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals:
            raise UsageError(
                f"metadata {shown(pair)} has no equals sign",
                hint="Write -M KEY=VALUE, e.g. -M title='The Long Field'.",
            )
        statements.state(key, value)
    return statements.changes()


class Statements:
    """What one source states, as far as it has been read."""

    def __init__(self) -> None:
        self._values: dict[str, Any] = {}

    def state(self, key: str, value: str) -> None:
        """Take a key and its value as a person writes them.

        Raises:
            UsageError: The key is unknown, or the value is not what it needs.
        """
        field, role = resolve(key)
        self.take(field, person(key, value, role) if role else read_value(key, field, value))

    def take(self, field: str, value: Any) -> None:
        """Take a checked value: one more of a list, where an empty one adds nothing; else in place of an earlier one."""
        if field not in LISTS:
            self._values[field] = value
            return
        values = self._values.setdefault(field, [])
        if value not in ("", Identifier("")):
            values.append(value)

    def get(self, field: str) -> Any:
        """Return the value that a field has so far, or None."""
        return self._values.get(field)

    def changes(self, ignored: Iterable[str] = ()) -> Changes:
        """Return all that was collected; what is stated twice stands once."""
        values = dict(self._values)
        for field, name in LISTS.items():
            if field in values:
                values[name] = tuple(dict.fromkeys(values.pop(field)))
        return Changes(**values, ignored=tuple(ignored))
