"""The tokens of a page's content stream: operators with their operands.

Spec:
    ISO 32000-1 (PDF 1.7): 7.2 (lexical conventions), 7.3 (objects), 7.8.2 (content streams), 8.9.7 (inline images).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Operand", "operations"]

Operand: TypeAlias = Any  # float; bytes for a string; str, with its slash, for a name; list; dict; None

MAX_OPERANDS = 4000  # before one operator; what is more is no content stream
MAX_ELEMENTS = 500_000  # of the arrays before one operator
MAX_DIGITS = 100  # of a number; the largest has 10
MAX_DEPTH = 20  # of arrays and dictionaries in each other
MAX_STRING_BYTES = 4_000_000  # of a string with escapes; PDF 1.7 bounds strings in content to 32,767
TOKENS_AT_ONCE = 1000  # that are paid for together

_TOKEN = re.compile(
    rb"[\x00\t\n\x0c\r ]+|%[^\r\n]*"
    rb"|(?P<number>[-+]*+(?:\d++\.?+\d*+|\.\d++)(?:[eE][-+]?\d++)?+)(?=[\x00\t\n\x0c\r ()<>\[\]{}/%A-Za-z'\"+-]|$)"
    rb"|(?P<string>\()"
    rb"|(?P<name>/[^\x00\t\n\x0c\r ()<>\[\]{}/%]*)"
    rb"|(?P<hex><[0-9A-Fa-f\x00\t\n\x0c\r ]*>)"
    rb"|(?P<open><<|\[)|(?P<close>>>|\])"
    rb"|(?P<operator>[^\x00\t\n\x0c\r ()<>\[\]{}/%]+)"
)
_STRING_PART = re.compile(rb"[^()\\]+|\\(?:[0-7]{1,3}|\r\n|.)|[()]", re.DOTALL)
_PLAIN_STRING = re.compile(rb"\(([^()\\\r]*)\)")
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\n": b"", b"\r": b"", b"\r\n": b""}
_NAME_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_IMAGE_END = re.compile(rb"[\x00\t\n\x0c\r ]EI(?=[\x00\t\n\x0c\r /Qq]|$)")


def operations(  # noqa: C901, PLR0912  # one loop, a branch for each kind of token
    data: bytes, spend: Callable[[int], None]
) -> Iterator[tuple[str, list[Operand]]]:
    """Yield the operators of a content stream, each with its operands; what cannot be read is passed over.

    Linear in the data. A string that never ends is one to the end of the data, or to `MAX_STRING_BYTES`.

    Args:
        data: The stream, unpacked.
        spend: Is told of the tokens that were read, a thousand at a time; it may raise to stop.
    """
    tokens = elements = 0
    operands: list[Operand] = []
    stack: list[tuple[list[Operand], bytes]] = []  # the outer operands, with what opened the inner ones
    position, stop = 0, len(data)
    match_token = _TOKEN.match
    while position < stop:
        tokens += 1
        if tokens == TOKENS_AT_ONCE:
            spend(tokens)
            tokens = 0
        match = match_token(data, position)
        if match is None:
            position += 1
            continue
        position, kind = match.end(), match.lastgroup
        if kind is None:
            continue
        if kind == "operator" and match[0] not in _CONSTANTS:
            while stack:  # an array that was never closed
                operands = _closed(stack, operands)
            name = match[0].decode("latin-1")
            yield name, operands
            operands, elements = [], 0
            if name == "ID":
                end = _IMAGE_END.search(data, position)
                position = end.end() if end else stop
        elif kind == "string":
            value, position = _string(data, match.start())
            operands.append(value)
        elif kind == "open":
            if len(stack) < MAX_DEPTH:
                stack.append((operands, match[0]))
                operands = []
        elif kind == "close":
            operands = _closed(stack, operands) if stack else operands
        else:
            operands.append(_PLAIN[kind](match[0]))
        elements += 1
        if elements > MAX_OPERANDS and not stack:
            elements -= max(0, len(operands) - MAX_DEPTH)
            del operands[:-MAX_DEPTH]
        elif elements > MAX_ELEMENTS:
            spend(1 << 60)
    spend(tokens + 1)


_CONSTANTS = {b"true": 1.0, b"false": 0.0, b"null": None}


def _number(token: bytes) -> float:
    if len(token) > MAX_DIGITS:
        return 0.0
    try:
        return float(token)
    except ValueError:  # two signs, which some programs write
        try:
            return float(b"-" + token.lstrip(b"+-"))
        except ValueError:
            return 0.0


def _closed(stack: list[tuple[list[Operand], bytes]], inner: list[Operand]) -> list[Operand]:
    """Put an array or dictionary to the operands that it stands among; return these."""
    outer, opener = stack.pop()
    if opener == b"[":
        outer.append(inner)
    else:
        keys = [each if isinstance(each, str) else "" for each in inner[::2]]
        outer.append(dict(zip(keys, inner[1::2], strict=False)))
    return outer


def _string(data: bytes, position: int) -> tuple[bytes, int]:
    """Return a literal string and where it ends; it begins with its parenthesis."""
    plain = _PLAIN_STRING.match(data, position)
    if plain:
        return plain[1], plain.end()
    position += 1
    parts: list[bytes] = []
    depth = 1
    stop = position + MAX_STRING_BYTES
    while position < stop and (match := _STRING_PART.match(data, position)):
        piece, position = match[0], match.end()
        if piece == b"(":
            depth += 1
        elif piece == b")":
            depth -= 1
            if not depth:
                break
        elif piece[:1] != b"\\":
            piece = piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        else:
            rest = piece[1:]
            piece = _ESCAPES.get(rest, rest)
            if rest[:1].isdigit() and rest[:1] < b"8":
                piece = bytes([int(rest, 8) & 0xFF])
        parts.append(piece)
    return b"".join(parts), position


def _name(token: bytes) -> str:
    if b"#" in token:
        token = _NAME_ESCAPE.sub(lambda match: bytes([int(match[1], 16)]), token)
    return token.decode("utf-8", "surrogateescape")


def _hex(token: bytes) -> bytes:
    digits = token[1:-1].translate(None, b"\x00\t\n\x0c\r ")
    return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))


_PLAIN: dict[str, Callable[[bytes], Operand]] = {
    "number": _number,
    "name": _name,
    "hex": _hex,
    "operator": _CONSTANTS.__getitem__,
}
