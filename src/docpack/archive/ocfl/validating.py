"""Validates a storage root with all its objects, or one object by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpack.archive.ocfl.folders import Kind, children
from docpack.archive.ocfl.layout import Layout, read_layout
from docpack.archive.ocfl.object_rules import DECLARATION, check_object
from docpack.archive.ocfl.problems import Problem, Problems, shown
from docpack.archive.ocfl.root_rules import ROOT_DECLARATION, check_root, object_folders
from docpack.errors import InputError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["validate_folder", "validate_root"]


def validate_folder(folder: Path, *, digests: bool = True) -> list[Problem]:
    """Return all that is wrong with a storage root, or with an object by itself.

    A folder that declares itself to be neither is judged as an object.

    Args:
        folder: The storage root, or the object's folder.
        digests: Whether contents are read and compared with their digests.

    Raises:
        InputError: There is no such folder, or it cannot be listed.
    """
    try:
        names = [each.name for each in children(folder) if each.kind is Kind.FILE]
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{folder} cannot be read: {reason}", hint="Name the folder of a store.") from error
    is_object = any(name.startswith(DECLARATION) for name in names)
    if any(name.startswith(ROOT_DECLARATION) for name in names) and not is_object:
        return validate_root(folder, digests=digests)
    problems = Problems()
    if not is_object:
        problems.add("E069", "there is no declaration of a storage root, nor of an object")
    check_object(folder, problems, digests=digests)
    return problems.found


def validate_root(root: Path, *, digests: bool = True) -> list[Problem]:
    """Return all that is wrong with a storage root and its objects.

    Raises:
        InputError: It cannot be listed.

    Spec:
        OCFL 1.1, section 4, storage root.
    """
    problems = Problems()
    try:
        spec = check_root(root, problems)
    except OSError as error:
        raise InputError(f"{root} cannot be read: {error.strerror or error}", hint="Check its permissions.") from error
    layout = _layout(root)
    ids: dict[str, str] = {}
    for place in object_folders(root, problems):
        here = problems.of_object(place)
        checked = check_object(root / place, here, digests=digests)
        if checked.spec > spec:
            here.add("E081", f"the object is of OCFL {checked.spec}, the storage root of {spec}")
        if checked.root is not None and checked.root.id:
            _check_place(checked.root.id, place, layout, ids, here)
    return problems.found


def _layout(root: Path) -> Layout | None:
    try:
        return read_layout(root)
    except InputError:  # noted as E070 where it breaks the standard
        return None


def _check_place(object_id: str, place: str, layout: Layout | None, ids: dict[str, str], problems: Problems) -> None:
    if ids.setdefault(object_id, place) != place:
        problems.add("E037", f"the id {shown(object_id)} is that of {ids[object_id]} too")
    if layout is None:
        return
    try:
        expected = layout.path_of(object_id)
    except UsageError:
        return
    if expected != place:
        problems.add("W903", f"the layout of the store puts this object into {expected}")
