"""Finds the validators that judge a file, runs those that are there, and says which are not."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docpack.errors import InputError, UsageError
from docpack.plugins import validator_names, validator_type
from docpack.verdicts import Cause, Missing, Outcome, Places, Verdict
from docpack.verify.containers import unpacked
from docpack.verify.kinds import CONTAINER, kinds_of
from docpack.verify.tools.processes import workplace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from docpack.plugins import Validator

__all__ = ["TIMEOUT_S", "validate"]

TIMEOUT_S = 600.0  # for each validator: a hundred times what the slowest takes for a book


def validate(
    path: Path,
    *,
    only: Sequence[str] = (),
    tools: Iterable[Path] = (),
    schemas: Iterable[Path] = (),
    timeout_s: float = TIMEOUT_S,
) -> tuple[Verdict, ...]:
    """Return what each validator of this kind of file says, in the order of their names.

    Those that are not there, or that give no verdict, say so in theirs. A tar or zip with a package in it is taken apart in a
    temporary folder.

    Args:
        path: A file, or a folder that is a bag, an OCFL object or root, or an E-ARK package.
        only: The names of the validators that are asked; those that only identify a format are asked only so.
        tools: Folders in which validators are installed, which are searched before the usual places.
        schemas: Folders with schemas.
        timeout_s: After how many seconds each one is ended.

    Raises:
        InputError: The file cannot be read, or is of a kind that no validator judges.
        UsageError: A name in `only` is none.
    """
    chosen = _chosen(only)
    places = Places(tuple(map(Path, tools)), tuple(map(Path, schemas)))
    with _subject(path, chosen) as (subject, judges):
        return tuple(_verdict(each, subject, places, timeout_s) for each in judges)


def _chosen(only: Sequence[str]) -> list[Validator]:
    """Return the validators of these names, or all those that need not be asked for by name.

    Raises:
        UsageError: A name is none, or one that was asked for cannot be loaded.
    """
    known = validator_names()
    unknown = [name for name in only if name not in known]
    if unknown:
        raise UsageError(f"there is no validator {unknown[0]!r}", hint=f"There are: {', '.join(known)}.")
    made: list[Any] = []
    for name in dict.fromkeys(only or known):
        try:
            made.append(validator_type(name)())
        except UsageError:  # a plug-in that cannot be loaded is in nobody's way until it is asked for
            if only:
                raise
    made.sort(key=lambda each: each.name)
    return [each for each in made if only or not each.on_request]


@contextlib.contextmanager
def _subject(path: Path, chosen: list[Validator]) -> Iterator[tuple[Path, list[Validator]]]:
    """Give what is judged, which for an archive with a package in it is a temporary folder, and who judges it.

    Raises:
        InputError: Nobody does.
    """
    kinds = kinds_of(path)
    judges = _judges(chosen, kinds)
    if judges or CONTAINER not in kinds:
        with _plainly_named(path) as named:
            yield named, _some(judges, path)
        return
    with unpacked(path) as folder:
        yield folder, _some(_judges(chosen, kinds_of(folder)), path)


@contextlib.contextmanager
def _plainly_named(path: Path) -> Iterator[Path]:
    """Give a path without line breaks and the like, which would tear the reports of tools: if need be that of a link."""
    if str(path.absolute()).isprintable():
        yield path
        return
    with workplace() as folder:
        suffixes = "".join(each for each in path.suffixes if each.isprintable() and each.isascii())
        link = folder / f"{'folder' if path.is_dir() else 'file'}{suffixes}"
        link.symlink_to(path.absolute())
        yield link


def _judges(chosen: list[Validator], kinds: Sequence[str]) -> list[Validator]:
    return [each for each in chosen if set(each.formats) & set(kinds)]


def _some(judges: list[Validator], path: Path) -> list[Validator]:
    if not judges:
        raise InputError(
            f"{path} is of no kind that these validators judge",
            hint="They judge EPUB, DOCX, PDF, TEI, METS, PREMIS, bags, OCFL and E-ARK packages.",
        )
    return judges


def _verdict(validator: Validator, path: Path, places: Places, timeout_s: float) -> Verdict:
    found = validator.find(places)
    if isinstance(found, Missing):
        return Verdict(validator.name, "", Outcome.NOT_RUN, reason=found.what, cause=Cause.MISSING, hint=found.hint)
    try:
        return validator.run(path, found, timeout_s)
    except OSError as error:
        reason = f"the file or a temporary one cannot be read or written: {error.strerror or error}"
        return Verdict(validator.name, found.version, Outcome.NOT_RUN, reason=reason, cause=Cause.BROKEN)
