"""What one source states about a work, merged with others and applied to a record."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from docpack.metadata.languages import direction_of
from docpack.model import Contributor, Direction, Identifier, TitleOrigin

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docpack.model import Metadata

__all__ = ["Changes", "apply", "merge"]


@dataclass(frozen=True, slots=True)
class Changes:
    """What one source, or several merged ones, state about a work.

    A field that is None was not stated; "" and () state that there is none. A contributor without a name states that
    nobody had that role. The first of `identifiers` is the one that names the document. `ignored` lists, a line
    each, what a file says that docpack has no place for or cannot read; nothing else is passed over.
    """

    title: str | None = None
    subtitle: str | None = None
    contributors: tuple[Contributor, ...] | None = None
    language: str | None = None
    direction: Direction | None = None
    date: str | None = None
    publisher: str | None = None
    description: str | None = None
    subjects: tuple[str, ...] | None = None
    identifiers: tuple[Identifier, ...] | None = None
    series: str | None = None
    series_position: str | None = None
    rights: str | None = None
    rights_uri: str | None = None
    source_title: str | None = None
    source_publisher: str | None = None
    source_date: str | None = None
    source_identifier: Identifier | None = None
    conforms_to: str | None = None
    ignored: tuple[str, ...] = ()


def merge(*sources: Changes) -> Changes:
    """Return what several sources state together; the later win, for contributors role by role."""
    merged = Changes()
    for each in sources:
        values = _stated(each)
        if each.contributors is not None:
            values["contributors"] = _by_role(merged.contributors or (), each.contributors)
        values["ignored"] = merged.ignored + each.ignored
        merged = replace(merged, **values)
    return merged


def apply(changes: Changes, metadata: Metadata) -> Metadata:
    """Return a record with what is stated laid over it.

    A stated title is of origin STATED. A stated language sets the direction in which it is written, unless a
    direction is stated. The first stated identifier becomes the document's own, the others its others.
    """
    values = _stated(changes)
    del values["ignored"]
    if "title" in values:
        values["title_origin"] = TitleOrigin.STATED
    if values.get("language", "und") != "und":
        values.setdefault("direction", direction_of(values["language"]))
    if "contributors" in values:
        everybody = _by_role(metadata.contributors, values["contributors"])
        values["contributors"] = tuple(each for each in everybody if each.name)
    if "identifiers" in values:
        first, *others = values["identifiers"] or (Identifier(""),)
        values |= {"identifier": first, "identifiers": tuple(others)}
    return replace(metadata, **values)


def _stated(changes: Changes) -> dict[str, Any]:
    values = {each.name: getattr(changes, each.name) for each in fields(changes)}
    return {name: value for name, value in values.items() if value is not None}


def _by_role(earlier: Iterable[Contributor], later: Iterable[Contributor]) -> tuple[Contributor, ...]:
    """Return the contributors of both, where the later take the places of all who had their role before."""
    stated: dict[str, list[Contributor]] = {}
    for each in later:
        stated.setdefault(each.role, []).append(each)
    unplaced = dict(stated)
    made: list[Contributor] = []
    for each in earlier:
        made += unplaced.pop(each.role, []) if each.role in stated else [each]
    return (*made, *(each for each in later if each.role in unplaced))
