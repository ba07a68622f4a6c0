"""What the user stated, as JSON and back: so that a conversion can be recorded and done again."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from docpack.metadata.changes import Changes
from docpack.model import Contributor, Direction, Identifier

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["changes_from_json", "changes_to_json"]


def changes_to_json(changes: Changes) -> dict[str, Any]:
    """Return what is stated as a JSON object; what is not stated has no key.

    >>> changes_to_json(Changes(title="A", subjects=()))
    {'title': 'A', 'subjects': []}
    """
    found = {name: value for name, value in asdict(changes).items() if value is not None and name != "ignored"}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in found.items()}


def changes_from_json(record: Mapping[str, Any]) -> Changes:
    """Return what a JSON object says was stated.

    Raises:
        KeyError: It has a key that is no field.
        TypeError: A value is not of the field's form.
        ValueError: A value is none of those that the field may have.
    """
    unknown = set(record) - {each.name for each in fields(Changes)}
    if unknown:
        raise KeyError(min(unknown))
    return Changes(**{name: _READ.get(name, str)(value) for name, value in record.items()})


_READ: dict[str, Any] = {
    "contributors": lambda value: tuple(Contributor(**each) for each in value),
    "identifiers": lambda value: tuple(Identifier(**each) for each in value),
    "source_identifier": lambda value: Identifier(**value),
    "subjects": lambda value: tuple(map(str, value)),
    "direction": Direction,
}
