"""Where in a store an object lies: the registered layout 0003, three folders from a digest and one from the id.

Spec:
    OCFL community extension 0003, hash and id n-tuple storage layout.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docpack.archive.ocfl.algorithms import ALGORITHMS, digest
from docpack.archive.ocfl.folders import read_small
from docpack.archive.ocfl.strict_json import JsonObject, parse_object
from docpack.errors import InputError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["LAYOUT_FILE", "MAX_LAYOUT_BYTES", "NAME", "Layout", "read_layout"]

LAYOUT_FILE = "ocfl_layout.json"
MAX_LAYOUT_BYTES = 1 << 16
NAME = "0003-hash-and-id-n-tuple-storage-layout"
_DESCRIPTION = "Objects lie in three folders of three digits of their id's SHA-256, in a folder named by their id."
_MAX_NAME_CHARACTERS = 100
_SAFE = re.compile(r"[A-Za-z0-9_-]")


@dataclass(frozen=True, slots=True)
class Layout:
    """The layout with its parameters."""

    algorithm: str = "sha256"
    tuple_size: int = 3
    number_of_tuples: int = 3

    def path_of(self, object_id: str) -> str:
        """Return the path of an object's folder below the storage root.

        >>> Layout().path_of("..Hor/rib:lè-$id")
        '373/529/21a/%2e%2eHor%2frib%3al%c3%a8-%24id'

        Raises:
            UsageError: The id is empty, or holds a lone surrogate, which has no bytes.
        """
        try:
            data = object_id.encode()
        except UnicodeEncodeError as error:
            raise UsageError(f"the id {object_id!a} is no text", hint="Leave out lone surrogates.") from error
        if not data:
            raise UsageError("an object's id is empty", hint="Name the work: an ARK, a URN, a shelfmark.")
        hashed = digest(data, self.algorithm)
        size = self.tuple_size
        parts = [hashed[number * size : (number + 1) * size] for number in range(self.number_of_tuples)]
        name = "".join(char if _SAFE.fullmatch(char) else _percent(char) for char in object_id)
        if len(name) > _MAX_NAME_CHARACTERS:
            name = f"{name[:_MAX_NAME_CHARACTERS]}-{hashed}"
        return "/".join([*parts, name])

    def to_files(self) -> dict[str, dict[str, Any]]:
        """Return the files that state this layout in a storage root, as JSON."""
        return {
            f"extensions/{NAME}/config.json": {
                "extensionName": NAME,
                "digestAlgorithm": self.algorithm,
                "tupleSize": self.tuple_size,
                "numberOfTuples": self.number_of_tuples,
            },
            LAYOUT_FILE: {"extension": NAME, "description": _DESCRIPTION},
        }


def _percent(char: str) -> str:
    return "".join(f"%{byte:02x}" for byte in char.encode())


def read_layout(root: Path) -> Layout | None:
    """Return the layout of a store; None where it states none, or one that docpack does not know.

    Raises:
        InputError: It states the layout 0003 in a way that cannot be understood.
    """
    stated = _read(root / LAYOUT_FILE)
    if stated is None or stated.get("extension") != NAME:
        return None
    config: dict[str, Any] = _read(root / "extensions" / NAME / "config.json") or {}
    values = (config.get("digestAlgorithm", "sha256"), config.get("tupleSize", 3), config.get("numberOfTuples", 3))
    algorithm, size, number = values
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS or not _is_count(size) or not _is_count(number):
        raise InputError(f"{root} has a layout with the parameters {values}", hint="Validate the store.")
    if bool(size) != bool(number) or size * number > len(digest(b"", algorithm)):
        raise InputError(f"{root} has a layout of {number} parts of {size} digits", hint="Validate the store.")
    return Layout(algorithm, size, number)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 32


def _read(path: Path) -> JsonObject | None:
    try:
        data = read_small(path, MAX_LAYOUT_BYTES)
        return None if data is None else parse_object(data)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{path} cannot be read: {reason}", hint="Validate the store.") from error
