"""How outputs were made from a source: recorded in a package, so that they can be made again and compared.

Files that options name are packed beside the record; folders of fonts and passwords are not, and a recipe that needs
some says so.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from docpack.archive.portable_names import portable_name
from docpack.errors import InputError
from docpack.metadata.recording import changes_from_json, changes_to_json
from docpack.plugins import NamedBytes, secrets_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from docpack.metadata import Changes

__all__ = ["Recipe", "RecordedOutput", "read_recipe", "record_recipe"]

_YEAR_10000_S = 253_402_300_800
_OPTIONS_FOLDER = "documentation/options"


@dataclass(frozen=True, slots=True)
class RecordedOutput:
    """An output: where it lies in the package, and the options of its writer."""

    path: str
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that the outputs depend on.

    `source` is the path of the source in the package, `name` what it was called; `timestamp_s` is the time that outputs
    carry where the metadata have none. `lacking` names the options whose files or secrets are not in the package.
    """

    source: str
    name: str
    reader: str
    reader_options: Mapping[str, Any]
    changes: Changes | None
    timestamp_s: int
    outputs: Mapping[str, RecordedOutput]
    versions: Mapping[str, str] = field(default_factory=dict)
    lacking: tuple[str, ...] = ()


def record_recipe(recipe: Recipe) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Return the record as a JSON object, and the files that it needs beside it, by their paths in the package."""
    files: dict[str, bytes] = {}
    secrets = secrets_of(recipe.reader, recipe.reader_options)
    open_options = {name: value for name, value in recipe.reader_options.items() if name not in secrets}
    record = {
        "source": recipe.source,
        "name": recipe.name,
        "reader": recipe.reader,
        "reader_options": {
            **_recorded("reader", open_options, recipe.source, files),
            **{name: {"secret": True} for name in sorted(secrets)},
        },
        "metadata": changes_to_json(recipe.changes) if recipe.changes else None,
        "timestamp_s": recipe.timestamp_s,
        "outputs": {
            name: {"path": each.path, "options": _recorded(name, each.options, recipe.source, files)}
            for name, each in recipe.outputs.items()
        },
        "versions": dict(recipe.versions),
    }
    return record, files


def _recorded(owner: str, options: Mapping[str, Any], source: str, files: dict[str, bytes]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, value in sorted(options.items()):
        if isinstance(value, bytes):
            called = getattr(value, "name", "") or name
            beside = f"{source}.docpack.toml" if name == "overrides" else ""
            path = beside or f"{_OPTIONS_FOLDER}/{owner}-{name}-{portable_name(called)}"
            files[path] = value
            made[name] = {"file": path, "name": called}
        elif isinstance(value, tuple | list):
            made[name] = {"folders": len(value)}
        else:
            made[name] = value
    return made


def read_recipe(data: bytes, content_of: Callable[[str], bytes]) -> Recipe:
    """Return the recipe that a record holds.

    Args:
        data: The record.
        content_of: Gives the content of a file of the package.

    Raises:
        InputError: It is no such record, or names a file that is not there.
    """
    try:
        record = json.loads(data)
        lacking: list[str] = []
        return Recipe(
            source=str(record["source"]),
            name=str(record["name"]),
            reader=str(record["reader"]),
            reader_options=_options(record["reader_options"], content_of, lacking),
            changes=changes_from_json(record["metadata"]) if record["metadata"] else None,
            timestamp_s=_moment(record["timestamp_s"]),
            outputs={
                str(name): RecordedOutput(str(each["path"]), _options(each["options"], content_of, lacking))
                for name, each in record["outputs"].items()
            },
            versions={str(name): str(version) for name, version in record["versions"].items()},
            lacking=tuple(lacking),
        )
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise InputError(
            f"the package's record of its conversion cannot be read: {error}",
            hint="Verify the package with docpack verify.",
        ) from error


def _moment(value: Any) -> int:
    """Return a time that a calendar has.

    Raises:
        ValueError: It is none.
    """
    if not isinstance(value, int) or not 0 <= value < _YEAR_10000_S:
        raise ValueError("timestamp_s is no time")
    return value


def _options(record: Mapping[str, Any], content_of: Callable[[str], bytes], lacking: list[str]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, value in record.items():
        if isinstance(value, list):  # folders of whoever packed: ours are not looked at
            raise TypeError(f"the option {name} is a list")
        if not isinstance(value, dict):
            made[name] = value
        elif "file" in value:
            made[name] = NamedBytes(content_of(str(value["file"])), str(value["name"]))
        else:
            lacking.append(name)
    return made
