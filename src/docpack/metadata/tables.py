"""The keys and values of a TOML or JSON file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from docpack.errors import UsageError
from docpack.metadata.identifiers import of_scheme
from docpack.metadata.keys import LISTS, resolve
from docpack.metadata.relators import stated_role
from docpack.metadata.statements import Statements
from docpack.metadata.values import normal_key, read_text, shown
from docpack.model import Contributor, Identifier

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docpack.metadata.changes import Changes

__all__ = ["changes_of_table"]


def changes_of_table(table: Mapping[str, Any], text: str, what: str) -> Changes:
    """Return what a table states.

    Args:
        table: The keys and values of the file.
        text: The file's text, in which keys are looked for, to tell their lines.
        what: The file's name, for messages.

    Raises:
        UsageError: It states what makes no sense.
    """
    statements = Statements()
    stated: dict[str, str] = {}  # field -> the key that stated it
    for key, value in _described(table).items():
        try:
            field, role = resolve(key)
            if value is None:  # JSON's null: nothing is said
                continue
            if field not in LISTS and stated.setdefault(field, key) != key:
                raise UsageError(f"{key} says again what {stated[field]} says", hint="Leave one out.")  # noqa: TRY301  # gets its line below
            is_list = isinstance(value, list) and field in LISTS
            for each in (value or [""]) if is_list else [value]:  # an empty list, as an empty text: there is none
                _state(statements, key, field, role, each)
        except UsageError as error:
            raise UsageError(f"{what}{_place(text, key)}: {error.message}", hint=error.hint) from error
    return statements.changes()


def _described(table: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the table that has the keys: the file's own, or the `metadata` of a docpack document in JSON."""
    inner = table.get("metadata")
    if not isinstance(inner, dict) or not (len(table) == 1 or "docpack" in table):
        return table
    return {key: value for key, value in inner.items() if key != "title_origin"}


def _place(text: str, key: str) -> str:
    """Return ", line N" for the line on which a key stands, or "" where that cannot be told."""
    found = re.search(rf"(?m)^[ \t{{,]*(?:\[+[ \t]*)?[\"']?{re.escape(key)}[\"']?[ \t]*[]=:]", text)
    if not found:
        return ""
    return f", line {text.count(chr(10), 0, text.index(key, found.start())) + 1}"


def _state(statements: Statements, key: str, field: str, role: str, value: Any) -> None:
    if isinstance(value, dict) and field == "contributor":
        statements.take(field, _person(key, role, value))
    elif isinstance(value, dict) and field in ("identifier", "source_identifier"):
        statements.take(field, _identifier(key, value))
    else:
        statements.state(key, _scalar(key, field, value))


def _scalar(key: str, field: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and field in ("date", "source_date", "series_position"):
        return f"{value:04d}" if isinstance(value, int) and field != "series_position" else str(value)
    if hasattr(value, "isoformat") and field in ("date", "source_date"):  # a date of TOML's, maybe with a time
        return str(value.isoformat())[:10]
    kinds = {list: "a list", dict: "a table", bool: "a truth value"}
    kind = kinds.get(type(value)) or f"{shown(str(value))} without quotes"
    raise UsageError(
        f"{key}: a text is expected, not {kind}", hint="Write one text in quotes; only some keys take more."
    )


def _person(key: str, role: str, table: Mapping[str, Any]) -> Contributor:
    name, stated, file_as = _texts(key, table, ("name", "role", "file_as"))
    own = stated_role(key, stated) if stated else role or "ctb"
    if role and own != role:
        raise UsageError(f"{key}: the role of {shown(name)} is {stated!r}", hint="List them under contributor.")
    return Contributor(name, own, file_as)


def _identifier(key: str, table: Mapping[str, Any]) -> Identifier:
    return of_scheme(key, *_texts(key, table, ("value", "scheme")))


def _texts(key: str, table: Mapping[str, Any], allowed: tuple[str, ...]) -> list[str]:
    """Return the texts of a small table, in the order of `allowed`, the first of which it must have."""
    texts = {normal_key(name): value for name, value in table.items() if value is not None}
    unknown = [name for name in texts if name not in allowed]
    if unknown or not all(isinstance(value, str) for value in texts.values()) or not texts.get(allowed[0], "").strip():
        raise UsageError(
            f"{key}: a table with {shown(', '.join(map(str, table)))} is not understood",
            hint=f"Its keys are {', '.join(allowed)}; all are texts, and {allowed[0]} must be there.",
        )
    return [read_text(key, texts.get(name, "")) for name in allowed]
