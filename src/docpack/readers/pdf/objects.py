"""The objects of a file through pypdf: whatever is wrong with them, they come as values, as `Damaged` or as `InputError`.

pypdf raises exceptions of many kinds on broken files, and a few of its repairs take time by the square of the file. Both
end here: `value_of` and `decoded` are the only ways to an object and to the data of a stream, and `FileObjects` is the
reader under them, whose every access to the file is counted.
"""

from __future__ import annotations

import io
import logging
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pypdf import PdfReader, apply_configuration
from pypdf.errors import DependencyError as MissingCipher
from pypdf.generic import IndirectObject, NullObject, read_object

from docpack.errors import DependencyError, InputError
from docpack.readers.pdf.limits import MAX_CONTENT_BYTES, MAX_PREDICTED_BYTES, MAX_STREAM_BYTES, PageLimit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpack.readers.pdf.limits import Budget

__all__ = [
    "Damaged",
    "FileObjects",
    "array_of",
    "content_of",
    "decoded",
    "dictionary_of",
    "guarded",
    "number_of",
    "value_if_any",
    "value_of",
]

# What pypdf warns of is told by findings; a broken file would bring a thousand lines on the terminal.
logging.getLogger("pypdf").setLevel(logging.ERROR)

MAX_REFERENCES = 20  # that lead to each other before a value comes
DECRYPTED_BYTES_PER_UNIT = 3
BROKEN_UNITS = 3000  # of work for an object that cannot be read: pypdf takes milliseconds to give up on nested ones
# The filters that text may be packed with. Those for pictures have no place here, and one of them starts a program.
FILTERS = frozenset(
    "/FlateDecode /Fl /LZWDecode /LZW /ASCII85Decode /A85 /ASCIIHexDecode /AHx /RunLengthDecode /RL /Crypt".split()
)
_OBJECT = re.compile(rb"(?<![0-9])(\d{1,10})[\x00\t\n\x0c\r ]+(\d{1,5})[\x00\t\n\x0c\r ]+obj")
_OBJECT_HERE = re.compile(rb"[\x00\t\n\x0c\r ]*(\d{1,10})[\x00\t\n\x0c\r ]+(\d{1,5})[\x00\t\n\x0c\r ]+obj")
_NUMBER = re.compile(rb"[\x00\t\n\x0c\r ]*(\d{1,10})")


class Damaged(Exception):  # noqa: N818  # no error: the rest of the file is read
    """An object cannot be read; the message says why."""


@contextmanager
def guarded(limit_bytes: int = MAX_STREAM_BYTES) -> Iterator[None]:
    """Let nothing out of a call into pypdf but `Damaged`, limits, and what the user can do something about.

    Args:
        limit_bytes: The most that a stream may be unpacked to.

    Raises:
        Damaged: pypdf failed.
        DependencyError: The file is encrypted with AES, and what that needs is not installed.
    """
    try:
        with apply_configuration(
            zlib_maximum_output_length=limit_bytes,
            lzw_maximum_output_length=limit_bytes,
            run_length_maximum_output_length=limit_bytes,
            stream_decoding_work_maximum_length=4 * limit_bytes,
            jbig2dec_binary=None,  # readers start no programs
        ):
            yield
    except (Damaged, InputError, DependencyError, PageLimit, MemoryError):
        raise
    except MissingCipher as error:
        if "AES" not in str(error):
            raise Damaged(_reason(error)) from error
        raise DependencyError(
            "the PDF is encrypted with AES, and the package that decrypts it is not installed",
            hint="Install it: pip install 'docpack[crypto]'.",
        ) from error
    except RecursionError as error:
        raise Damaged("it is nested too deeply") from error
    except Exception as error:  # of whatever kind: pypdf's own, and those of Python that broken values cause in it
        raise Damaged(_reason(error)) from error


def _reason(error: Exception) -> str:
    """Return what a foreign exception says, short and in one line."""
    message = " ".join(str(error).split()) or type(error).__name__
    return message if len(message) <= 120 else message[:117] + "..."


def value_of(raw: Any) -> Any:
    """Return what an object refers to; None for null and for what is not there.

    Raises:
        Damaged: It cannot be read.
    """
    for _ in range(MAX_REFERENCES):
        if not isinstance(raw, IndirectObject):
            return None if isinstance(raw, NullObject) else raw
        with guarded():
            raw = raw.get_object()
    raise Damaged("its references lead to each other")


def value_if_any(raw: Any) -> Any:
    """Return what an object refers to; None also where it cannot be read."""
    try:
        return value_of(raw)
    except Damaged:
        return None


def dictionary_of(raw: Any) -> dict[str, Any]:
    """Return a dictionary, an empty one if it is something else or cannot be read."""
    value = value_if_any(raw)
    return value if isinstance(value, dict) else {}


def array_of(raw: Any) -> list[Any]:
    """Return an array, an empty one if it is something else or cannot be read."""
    value = value_if_any(raw)
    return value if isinstance(value, list) else []


def number_of(raw: Any, default: float = 0.0) -> float:
    """Return a number, and never one that is none or beyond a milliard."""
    try:
        number = float(value_of(raw))
    except (Damaged, TypeError, ValueError, OverflowError):
        return default
    return number if -1e9 < number < 1e9 else default


def decoded(raw: Any, budget: Budget, limit_bytes: int = MAX_STREAM_BYTES) -> bytes:
    """Return the data of a stream, unpacked.

    Raises:
        Damaged: It is no stream, cannot be unpacked, or holds more than the limit.
        InputError: The file has used up its work.
        PageLimit: The page has.
    """
    stream = value_of(raw)
    if not hasattr(stream, "get_data"):
        raise Damaged("it is no stream")
    filters = value_of(stream.get("/Filter", stream.get("/F")))
    for each in filters if isinstance(filters, list) else [filters]:
        name = value_of(each)
        if name is not None and (not isinstance(name, str) or name not in FILTERS):
            raise Damaged(f"it is packed with {str(name)[:40]}, which is not for text")
    if getattr(stream, "decoded_self", None) is None:
        if _is_predicted(stream):
            limit_bytes = min(limit_bytes, MAX_PREDICTED_BYTES)
        budget.spend_bytes(len(getattr(stream, "_data", b"")))
        with guarded(limit_bytes):
            budget.spend_bytes(len(stream.get_data()))
    with guarded(limit_bytes):
        data = stream.get_data()
    if not isinstance(data, bytes):
        raise Damaged("it holds no bytes")
    if len(data) > limit_bytes:
        raise Damaged(f"it holds more than {limit_bytes:,} bytes")
    return data


def content_of(raw: Any, budget: Budget) -> bytes:
    """Return a page's content: one stream, or several that are read as one.

    Raises:
        Damaged: None of it can be read.
        InputError: The file has used up its work.
        PageLimit: The page has.
    """
    value = value_of(raw)
    if value is None:
        return b""
    if not isinstance(value, list):
        return decoded(value, budget, MAX_CONTENT_BYTES)
    parts: list[bytes] = []
    size, failed = 0, None
    for each in value:
        try:
            part = decoded(each, budget, MAX_CONTENT_BYTES)
        except Damaged as error:
            failed = error
            continue
        size += len(part) + 1
        if size > MAX_CONTENT_BYTES:
            raise Damaged(f"it holds more than {MAX_CONTENT_BYTES:,} bytes")
        parts.append(part)
    if failed is not None and not parts:
        raise failed
    return b"\n".join(parts)


def _is_predicted(stream: Any) -> bool:
    parameters = value_of(stream.get("/DecodeParms", stream.get("/DP")))
    return any(
        number_of(dictionary_of(each).get("/Predictor"), 1) != 1
        for each in (parameters if isinstance(parameters, list) else [parameters])
    )


class _CountedFile(io.BytesIO):
    """A file in memory whose every reading costs work."""

    def __init__(self, data: bytes, budget: Budget) -> None:
        super().__init__(data)
        self._spend = budget.spend

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        self._spend(1 + (len(data) >> 6))
        return data


class FileObjects(PdfReader):
    """pypdf's reader, with its repairs in linear time and its work counted.

    Objects that the cross-reference table misses or misplaces are looked up in one index of the file; pypdf searches
    the whole file for each of them. Of a stream of objects, those that are asked for are parsed, and not all each time.
    """

    def __init__(self, data: bytes, budget: Budget) -> None:
        self.opened_with: bytes | None = None  # the password that decrypted it
        self._data, self._budget = data, budget
        self._places: dict[tuple[int, int], int] | None = None
        self._broken: dict[tuple[int, int], str] = {}  # why an object cannot be read, so that it is tried once
        self._missing: set[tuple[int, int]] = set()
        self._checked: set[tuple[int, int]] = set()
        self._in_streams: dict[int, dict[int, int]] = {}
        super().__init__(_CountedFile(data, budget))

    def get_object(self, indirect_reference: int | IndirectObject) -> Any:
        """Return an object; null where the file has none."""
        if isinstance(indirect_reference, int):
            indirect_reference = IndirectObject(indirect_reference, 0, self)
        number, generation = indirect_reference.idnum, indirect_reference.generation
        key = (generation, number)
        if key not in self.resolved_objects and not (generation == 0 and number in self.xref_objStm):
            if key in self._missing:
                return NullObject()
            if key not in self._checked and not self._placed(key):
                self._missing.add(key)
                return NullObject()
        if key in self._broken:
            raise Damaged(self._broken[key])
        try:
            found = super().get_object(indirect_reference)
        except (InputError, PageLimit, MissingCipher):
            self._known_objects.discard((number, generation))  # or it would count as being read for good
            raise
        except Exception as error:  # of whatever kind; it goes on up, and is only noted here
            self._known_objects.discard((number, generation))
            self._broken[key] = _reason(error)
            self._budget.spend(BROKEN_UNITS)
            raise
        if self._encryption is not None:  # ciphers in Python go byte by byte
            self._budget.spend(len(getattr(found, "_data", b"")) // DECRYPTED_BYTES_PER_UNIT)
        return found

    def _placed(self, key: tuple[int, int]) -> bool:
        """Tell whether the table leads to an object, after it was mended where it does not."""
        generation, number = key
        place = self.xref.get(generation, {}).get(number)
        if self.xref_free_entry.get(generation, {}).get(number):
            return True
        if place is not None:
            here = _OBJECT_HERE.match(self._data, place) if 0 <= place < len(self._data) else None
            if here and (int(here[2]), int(here[1])) == key:
                self._checked.add(key)
                return True
        if self._places is None:
            self._budget.spend_bytes(len(self._data))
            self._places = {
                (int(match[2]), int(match[1])): match.start() for match in _OBJECT.finditer(self._data)
            }  # the last one of a number counts, as in a file that was changed
        if key not in self._places:
            return False
        self.xref.setdefault(generation, {})[number] = self._places[key]
        self._checked.add(key)
        return True

    def _get_object_from_stream(self, indirect_reference: IndirectObject) -> Any:
        """Return an object that stands in a stream of objects (ISO 32000-1, 7.5.7)."""
        number = indirect_reference.idnum
        if number in self._object_stream_resolution_stack:
            raise Damaged("its stream of objects stands in itself")
        self._object_stream_resolution_stack.append(number)
        try:
            holder, _ = self.xref_objStm[number]
            stream = dictionary_of(IndirectObject(holder, 0, self))
            data = decoded(stream, self._budget)
            offsets = self._in_streams.get(holder)
            if offsets is None:
                offsets = self._in_streams[holder] = self._offsets(stream, data)
            place = offsets.get(number)
            if place is None:
                return NullObject()
            counted = _CountedFile(data, self._budget)  # an object that never ends would be read to the end each time
            counted.seek(place)
            found: Any = read_object(counted, self)
            if not isinstance(found, IndirectObject):
                self.cache_indirect_object(0, number, found)
            return found
        finally:
            self._object_stream_resolution_stack.pop()

    def _offsets(self, stream: dict[str, Any], data: bytes) -> dict[int, int]:
        """Return where each object of a stream of objects begins."""
        first = int(number_of(stream.get("/First")))
        count = int(number_of(stream.get("/N")))
        made: dict[int, int] = {}
        position = 0
        for _ in range(min(count, len(data) // 3)):
            number = _NUMBER.match(data, position)
            offset = _NUMBER.match(data, number.end()) if number else None
            if number is None or offset is None:
                break
            position = offset.end()
            place = first + int(offset[1])
            if 0 <= place < len(data):
                made.setdefault(int(number[1]), place)
        self._budget.spend(len(made))
        return made
