"""Bytes to text, honestly: what is known is used, what is guessed is said, what is no text is refused."""

from __future__ import annotations

import codecs
import unicodedata
from typing import TYPE_CHECKING

from docpack.errors import InputError
from docpack.findings import Code
from docpack.ledger import SourceText, sha256_hex

if TYPE_CHECKING:
    from docpack.context import Context

__all__ = ["decode"]

_BOMS = (  # the longer ones first: UTF-32's begins with UTF-16's
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What text files that are not Unicode are mostly written in; the order decides between equals.
_SINGLE_BYTE = (
    "cp1252", "iso8859-15", "cp1250", "iso8859-2", "cp1251", "koi8-r", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257",
    "mac-roman", "cp437", "cp850", "cp866",
)  # fmt: skip
_NO_TEXT_ENCODINGS = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"})
_SAMPLE_BYTES = 200_000  # enough for a guess; the whole is decoded strictly afterwards
_MAGIC = (
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a zip archive, or an EPUB or DOCX"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"\xd0\xcf\x11\xe0", "an old Word or Excel file"),
    (b"{\\rtf", "a Rich Text file"),
    (b"\x7fELF", "a program"),
    (b"GIF8", "a GIF picture"),
)
_BINARY_CONTROLS = bytes(c for c in range(32) if c not in b"\t\n\v\f\r\x02\x1a\x1b\x1c\x1d\x1e\x1f")
_MAX_CONTROL_SHARE = 0.02  # text with more control characters than this is data; the corpus has at most 0.002
_MAX_NULS = 0.001


def decode(data: bytes, context: Context, encoding: str = "") -> SourceText:
    """Return the decoded source.

    Args:
        data: The bytes of the file.
        context: Where findings go: R001 for a guess, R005 where the bytes would not come back, R006 for mixed line ends.
        encoding: A Python codec's name where the user knows it; else "".

    Raises:
        InputError: The bytes are empty, binary, broken UTF-8, or not in the encoding that was named.
    """
    if not data:
        raise InputError("the file is empty", hint="There is nothing to convert.")
    bom, name = next(((mark, codec) for mark, codec in _BOMS if data.startswith(mark)), (b"", ""))
    body = data[len(bom) :]
    if encoding:
        name, bom, body = _named(encoding, name, bom, body, data)
    elif not name:
        _refuse_binary(data)
        name = _utf16_without_mark(data) or _utf8_or_guess(data, context)
    text = _decode_strictly(body, name, stated=bool(encoding))
    if text.encode(name) != body:
        context.report(Code.R005, encoding=name)
    _refuse_binary_text(text)
    return SourceText(text, name, _newline(text, context), bom, sha256_hex(data))


def _named(encoding: str, found: str, bom: bytes, body: bytes, data: bytes) -> tuple[str, bytes, bytes]:
    """Return what to decode as the user asked: a byte-order mark stays apart only if it fits the name."""
    try:
        name = codecs.lookup(encoding).name
        is_text = name not in _NO_TEXT_ENCODINGS and "a\n".encode(name).decode(name) == "a\n"
    except (LookupError, UnicodeError, TypeError, AttributeError):
        name, is_text = "", False
    if not is_text:
        raise InputError(
            f"no text encoding is called {encoding!r}", hint="Use a name such as utf-8, windows-1252 or iso-8859-2."
        )
    if found and name in (found, found.rsplit("-", 1)[0], "utf-8-sig"):
        return found, bom, body
    return ("utf-8" if name == "utf-8-sig" else name), b"", data


def _refuse_binary(data: bytes) -> None:
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            raise InputError(
                f"this is {kind}, not plain text", hint="Extract its text first, or name the format with -f."
            )


def _refuse_binary_text(text: str) -> None:
    nuls = text.count("\0")
    if nuls > 8 and nuls > len(text) * _MAX_NULS:
        raise InputError(f"this is binary data, not text: {nuls} NUL characters", hint="docpack reads plain text.")
    sample = text[:_SAMPLE_BYTES]
    controls = sum(map(sample.count, map(chr, _BINARY_CONTROLS)))
    if controls > 8 and controls > len(sample) * _MAX_CONTROL_SHARE:
        raise InputError(
            f"this is binary data, not text: {controls} control characters in the first {len(sample)}",
            hint="docpack reads plain text.",
        )


def _utf16_without_mark(data: bytes) -> str:
    """Return the name of UTF-16 if every other byte of a text of mostly ASCII letters is zero."""
    sample = data[:4096]
    if len(data) % 2 or len(sample) < 4:
        return ""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if odd > half * 0.6 and even < half * 0.05:
        return "utf-16-le"
    return "utf-16-be" if even > half * 0.6 and odd < half * 0.05 else ""


def _decode_strictly(body: bytes, name: str, *, stated: bool) -> str:
    try:
        return body.decode(name)
    except UnicodeError as error:
        start = getattr(error, "start", 0)
        line = body.count(b"\n", 0, start) + 1
        because = "as --encoding says" if stated else "as its first bytes say"
        raise InputError(
            f"byte {start} (line {line}) is no valid {name}, {because}",
            hint="Name the right encoding with --encoding, e.g. windows-1252.",
        ) from error


def _utf8_or_guess(data: bytes, context: Context) -> str:
    """Return "utf-8" if it is that; else the likeliest single-byte encoding.

    Raises:
        InputError: It is UTF-8 with a few broken bytes, or nothing fits.
    """
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        broken = _broken_utf8(data)
        if broken:
            line = data.count(b"\n", 0, error.start) + 1
            raise InputError(
                f"byte {error.start} (line {line}) is not valid UTF-8, though {broken} other characters are",
                hint="Mend the file, or name its encoding with --encoding, e.g. windows-1252.",
            ) from error
        name, reason = _guess(data)
        context.report(Code.R001, encoding=name, reason=reason)
        return name
    return "utf-8"


def _broken_utf8(data: bytes) -> int:
    """Return how many characters of several bytes are valid UTF-8, if they outnumber the invalid bytes; else 0."""
    text = data[:_SAMPLE_BYTES].decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    valid = sum(ord(c) > 0x7F for c in text) - wrong
    return valid if valid > wrong else 0


def _guess(data: bytes) -> tuple[str, str]:
    """Return the single-byte encoding under which the sample reads most like words, and why."""
    sample = data[:_SAMPLE_BYTES]
    scores = []
    for order, name in enumerate(_SINGLE_BYTE):
        try:
            text = sample.decode(name)
        except UnicodeDecodeError:
            continue
        scores.append((_likeness(text), -order, name))
    if not scores:
        raise InputError("the text is in no encoding that docpack knows", hint="Name it with --encoding.")
    scores.sort(reverse=True)
    best, second = scores[0], scores[1] if len(scores) > 1 else (float("-inf"), 0, "nothing")
    if best[0] < -1:
        raise InputError("this is binary data, or text in an unknown encoding", hint="Name it with --encoding.")
    clear = "clearly the likeliest" if best[0] - second[0] > 0.5 else f"{second[2]} is nearly as likely"
    return best[2], f"{clear}; --encoding overrides"


def _likeness(text: str) -> float:
    """Return how much the characters above ASCII look like letters and quotes inside words, a mean of -3..3."""
    total, count = 0.0, 0
    for i, char in enumerate(text):
        if char < "\x80":
            continue
        before, after = text[i - 1 : i], text[i + 1 : i + 2]
        total += _fit(char, before, after)
        count += 1
    return total / max(1, count)


_COMMON_LETTERS = frozenset("äöüßéèêëàâçîïôûùœæáíóúñøåÄÖÜÉÀÁąćęłńśźżčďěňřšťůýžőű")
_COMMON_MARKS = frozenset("“”‘’„«»–—…€§°©·¿¡ \u00a0")


def _fit(char: str, before: str, after: str) -> float:
    category = unicodedata.category(char)
    if category[0] == "C":
        return -6
    if char in _COMMON_MARKS:
        return 2
    if category[0] != "L":
        return -2
    if category == "Lu" and before.islower():
        return -3  # a capital inside a word: the commonest sign of a wrong table
    script = unicodedata.name(char, "").split(" ", 1)[0]
    neighbours = [c for c in (before, after) if c.isalpha()]
    if script != "LATIN":
        # Cyrillic, Greek, ... stand in words of their own script.
        same = sum(unicodedata.name(c, "").startswith(script) for c in neighbours)
        return 2.5 if neighbours and same == len(neighbours) else -1.5
    return (2 if char in _COMMON_LETTERS else 0.5) if neighbours else 0


def _newline(text: str, context: Context) -> str:
    """Return the commonest line end: lf, crlf, cr, nel, ls, ps; report R006 where there are several kinds."""
    crlf = text.count("\r\n")
    census = {
        "lf": text.count("\n") - crlf,
        "crlf": crlf,
        "cr": text.count("\r") - crlf,
        "nel": text.count("\x85"),
        "ls": text.count("\u2028"),
        "ps": text.count("\u2029"),
    }
    used = {name: count for name, count in census.items() if count}
    if len(used) > 1:
        context.report(Code.R006, census=", ".join(f"{count} {name}" for name, count in used.items()))
    return max(used, key=lambda name: used[name]) if used else "lf"
