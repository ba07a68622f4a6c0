"""Puts right what a crash left: see the states in `storing`. Nothing that counted is ever changed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from docpack.archive.durable import remove_tree, sync_tree, write_new
from docpack.archive.ocfl.current import unknown_versions
from docpack.archive.ocfl.folders import read_small
from docpack.archive.ocfl.inventory_file import (
    INVENTORY,
    MAX_INVENTORY_BYTES,
    check_sidecar,
    parse,
    read_bytes,
    sidecar_line,
)
from docpack.archive.ocfl.inventory_rules import Reading, read_inventory
from docpack.archive.ocfl.problems import Problems
from docpack.archive.ocfl.version_names import next_name
from docpack.files import sync_folder

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["recover_object"]


def recover_object(root: Path, place: str, staging: Path) -> list[str]:
    """Bring an object to the state of its inventory, and return what was done.

    An object whose inventory is not sound is left as it is: only `validate` speaks of it.

    Args:
        root: The storage root.
        place: The object's folder below it.
        staging: The folder for staging, which the caller holds, empty.

    Raises:
        OSError: The disk did not take it.
    """
    folder = root / place
    problems = Problems()
    data = read_bytes(folder, problems)
    raw = None if data is None else parse(data, problems)
    if data is None or raw is None:
        return []
    reading = read_inventory(raw, problems)
    if problems.has_errors or not reading.algorithm:
        return []
    return [f"{place}: {each}" for each in _recover(folder, data, reading, staging)]


def _recover(folder: Path, data: bytes, reading: Reading, staging: Path) -> list[str]:
    sidecar = Problems()
    check_sidecar(folder, data, reading.algorithm, sidecar)
    beyond = unknown_versions(folder, reading.names)
    # A crash leaves one version too many, or a sidecar that is behind, and never both: what else there is, is damage, and a
    # version that counts may be among it.
    if len(beyond) > 1 or (beyond and (sidecar.has_errors or beyond != [next_name(reading.head)])):
        return [f"left it as it is: it has {', '.join(beyond)}, and its inventory ends with {reading.head}"]
    done = []
    if sidecar.has_errors:
        if not _is_committed(folder, data, reading):
            return []
        _write_sidecar(folder, data, reading.algorithm, staging)
        done.append(f"wrote the sidecar of {reading.head}'s inventory")
    for name in beyond:
        withdrawn = staging / "withdrawn"
        (folder / name).rename(withdrawn)
        sync_folder(folder)
        remove_tree(withdrawn)
        done.append(f"removed {name}, which never came to count")
    return done


def _is_committed(folder: Path, data: bytes, reading: Reading) -> bool:
    """Tell whether an inventory without its sidecar is whole: the copy in the version's own folder is, and equal."""
    problems = Problems()
    try:
        copy = read_small(folder / reading.head / INVENTORY, MAX_INVENTORY_BYTES)
    except OSError:
        return False
    if copy != data:
        return False
    check_sidecar(folder / reading.head, data, reading.algorithm, problems)
    return not problems.has_errors


def _write_sidecar(folder: Path, data: bytes, algorithm: str, staging: Path) -> None:
    name = f"{INVENTORY}.{algorithm}"
    stage = staging / "sidecar"
    stage.mkdir()
    write_new(stage / name, lambda write: write(sidecar_line(data, algorithm)))
    sync_tree(stage)
    os.replace(stage / name, folder / name)  # noqa: PTH105  # beside rename: it takes the place of a file
    sync_folder(folder)
    remove_tree(stage)
