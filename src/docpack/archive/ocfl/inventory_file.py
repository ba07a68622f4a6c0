"""An inventory as a file with its sidecar: read with limits, checked against its digest."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docpack.archive.ocfl.algorithms import digest as digest_of
from docpack.archive.ocfl.folders import read_small
from docpack.archive.ocfl.problems import shown
from docpack.archive.ocfl.strict_json import parse_object

if TYPE_CHECKING:
    from pathlib import Path

    from docpack.archive.ocfl.problems import Problems
    from docpack.archive.ocfl.strict_json import JsonObject

__all__ = ["INVENTORY", "MAX_INVENTORY_BYTES", "check_sidecar", "parse", "read_bytes", "sidecar_line"]

INVENTORY = "inventory.json"

# A package of 30 files adds some 15 KB of inventory a version: this is a thousand versions of it. An inventory that
# is nothing but empty objects takes Python 35 times its size, so what it holds is counted before it is parsed; the
# worst within these limits took 115 MB in all.
MAX_INVENTORY_BYTES = 16 << 20
_MAX_VALUES = 180_000
_MAX_SIDECAR_BYTES = 4096
_SIDECAR = re.compile(rb"([0-9a-fA-F]+)[ \t]+inventory\.json[ \t]*(?:\r?\n)?")


def read_bytes(folder: Path, problems: Problems) -> bytes | None:
    """Return the bytes of a folder's inventory; None, and a note, where they cannot be had."""
    try:
        data = read_small(folder / INVENTORY, MAX_INVENTORY_BYTES)
    except OSError as error:
        problems.add("E901", f"the inventory cannot be read: {error.strerror or error}", at=INVENTORY)
        return None
    if data is None:
        problems.add("E902", f"the inventory has more than {MAX_INVENTORY_BYTES} bytes", at=INVENTORY)
    return data


def parse(data: bytes, problems: Problems) -> JsonObject | None:
    """Return an inventory's JSON object; None, and a note, where it is none."""
    if sum(data.count(mark) for mark in (b",", b"[", b"{")) > _MAX_VALUES:
        problems.add("E902", f"the inventory holds more than {_MAX_VALUES} values", at=INVENTORY)
        return None
    try:
        return parse_object(data)
    except ValueError as error:
        problems.add("E033", f"the inventory is no JSON: {shown(str(error))}", at=INVENTORY)
        return None


def check_sidecar(folder: Path, data: bytes, algorithm: str, problems: Problems) -> None:
    """Note what is wrong with the file that holds an inventory's digest.

    Args:
        folder: The folder of the inventory.
        data: The inventory.
        algorithm: What the inventory says that it is digested with; "" is not known and not checked.
        problems: Where it is noted.

    Spec:
        OCFL 1.1, section 3.6, inventory digest.
    """
    if not algorithm:
        return
    name = f"{INVENTORY}.{algorithm}"
    try:
        line = read_small(folder / name, _MAX_SIDECAR_BYTES)
    except FileNotFoundError:
        problems.add("E058", "the inventory has no sidecar with its digest", at=name)
        return
    except OSError as error:
        problems.add("E901", f"the sidecar cannot be read: {error.strerror or error}", at=name)
        return
    match = _SIDECAR.fullmatch(line or b"")
    if match is None:
        problems.add("E061", "the sidecar does not hold a digest and the name inventory.json", at=name)
    elif match[1].decode().lower() != digest_of(data, algorithm):
        problems.add("E060", "the inventory does not have the digest that its sidecar states", at=name)


def sidecar_line(data: bytes, algorithm: str) -> bytes:
    """Return what the sidecar of an inventory holds."""
    return f"{digest_of(data, algorithm)} {INVENTORY}\n".encode()
