"""What a key means, and how its value is read; the same wherever it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docpack.errors import UsageError
from docpack.metadata.identifiers import SCHEMES, read_identifier
from docpack.metadata.languages import read_language
from docpack.metadata.relators import ROLES, person_with_role, relator
from docpack.metadata.values import (
    checked,
    normal_key,
    read_date,
    read_direction,
    read_paragraphs,
    read_text,
    read_uri,
    shown,
    wrong,
)

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["FIELDS", "LISTS", "read_value", "resolve"]

# A field as its key calls it: how its value is read.
FIELDS: dict[str, Callable[[str, str], Any]] = {
    "title": read_text,
    "subtitle": read_text,
    "contributor": person_with_role,
    "language": read_language,
    "direction": read_direction,
    "date": read_date,
    "publisher": read_text,
    "description": read_paragraphs,
    "subject": read_text,
    "identifier": read_identifier,
    "series": read_text,
    "series_position": read_text,
    "rights": read_text,
    "rights_uri": read_uri,
    "source_title": read_text,
    "source_publisher": read_text,
    "source_date": read_date,
    "source_identifier": read_identifier,
    "conforms_to": read_text,
}
# The fields that may be stated more than once, as `Changes` calls them.
LISTS = {"contributor": "contributors", "subject": "subjects", "identifier": "identifiers"}
# Words that people know from pandoc, calibre and Dublin Core, and the plurals of docpack's own JSON.
_ALIASES = {
    "authors": "author",
    "contributors": "contributor",
    "creator": "author",
    "dir": "direction",
    "identifiers": "identifier",
    "keyword": "subject",
    "keywords": "subject",
    "lang": "language",
    "subjects": "subject",
}
_NEEDED = {
    "title": "Leave the key out.",
    "language": "Write und where it is not known, or leave the key out.",
    "direction": "Write ltr or rtl, or leave the key out.",
}


def resolve(key: str) -> tuple[str, str]:
    """Return the field that a key names, and the role if the key names a role.

    Raises:
        UsageError: It names neither.
    """
    name = normal_key(key)
    name = _ALIASES.get(name, name)
    if name in FIELDS:
        return name, ""
    role = relator(name)
    if not role:
        raise _unknown_key(key, name)
    return "contributor", role


def read_value(key: str, field: str, value: str) -> Any:
    """Return the value of a field as the record has it; an empty one where there is none.

    Raises:
        UsageError: It is not what the field needs; the message calls the field by `key`.
    """
    if field in _NEEDED and not checked(key, value).strip():
        raise wrong(key, value, "is empty", _NEEDED[field])
    return FIELDS[field](key, value)


def _unknown_key(key: str, name: str) -> UsageError:
    import difflib

    if name in SCHEMES:
        return UsageError(f"unknown metadata key {shown(key)}", hint=f"Write identifier={name}:VALUE.")
    known = sorted(each.replace("_", "-") for each in {*FIELDS, *ROLES})
    # A long key is no misspelt one, and comparing it would take time that grows with its square.
    near = difflib.get_close_matches(name.replace("_", "-"), [*known, *_ALIASES], 1) if len(name) <= 40 else []
    question = f"; did you mean {near[0]!r}?" if near else ""
    return UsageError(
        f"unknown metadata key {shown(key)}{question}",
        hint=f"Known keys: {', '.join(known)}, and every MARC relator code (aut, trl, edt, ...).",
    )
