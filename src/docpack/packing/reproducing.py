"""The outputs of a package, made anew from the source in it and compared."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from docpack.archive.package_record import content_of, recipe_record, source_of
from docpack.context import Context
from docpack.conversion import read, write
from docpack.errors import DocpackError
from docpack.packing.renditions import versions_of
from docpack.recipe import read_recipe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpack.archive.opening import Package
    from docpack.recipe import Recipe

__all__ = ["Outcome", "Reproduction", "reproduce", "reproduce_file"]


class Outcome(StrEnum):
    """How a second conversion compares with the first."""

    SAME = "same"
    DIFFERENT = "different"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Reproduction:
    """What became of one output; `note` says why it may differ, or failed."""

    format: str
    path: str
    outcome: Outcome
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {"format": self.format, "path": self.path, "outcome": str(self.outcome), "note": self.note}


def reproduce(package: Package) -> Iterator[Reproduction]:
    """Convert the source anew with the recorded options, and compare each output with the one in the package.

    Raises:
        InputError: The package holds no source or no record of how it was converted.
        VerificationError: The source is not the one that was packed.
    """
    import json

    data, _ = source_of(package)
    recipe = read_recipe(json.dumps(recipe_record(package)).encode(), lambda path: content_of(package, path))
    context = Context(timestamp_s=recipe.timestamp_s, name=recipe.name)
    document = read(
        data,
        format=recipe.reader,
        name=context.name,
        options=recipe.reader_options,
        changes=recipe.changes,
        context=context,
    )
    changed = _changed_versions(recipe)
    for name, each in recipe.outputs.items():
        packed = content_of(package, each.path)
        try:
            made = write(document, name, options=each.options, context=context)
        except DocpackError as error:
            yield Reproduction(name, each.path, Outcome.FAILED, error.message)
            continue
        if made == packed:
            yield Reproduction(name, each.path, Outcome.SAME)
        else:
            yield Reproduction(name, each.path, Outcome.DIFFERENT, "; ".join(filter(None, (changed, _lacking(recipe)))))


def reproduce_file(path: str) -> list[Reproduction] | DocpackError:
    """Do the same with the package at a path, and return what went wrong instead of raising it: for another process."""
    from pathlib import Path

    from docpack.archive.opening import open_package

    try:
        with open_package(Path(path)) as package:
            return list(reproduce(package))
    except DocpackError as error:
        return error


def _changed_versions(recipe: Recipe) -> str:
    """Return what is not the program that the outputs were made with, in words."""
    now = versions_of(recipe.outputs)
    changed = [
        f"{name} is {now[name]} and was {version}"
        for name, version in sorted(recipe.versions.items())
        if name in now and now[name] != version
    ]
    return ", ".join(changed)


def _lacking(recipe: Recipe) -> str:
    if not recipe.lacking:
        return ""
    return f"what the options {', '.join(recipe.lacking)} named is not in the package"
