"""The files of a bag beside its payload, taken apart: `bagit.txt`, manifests, `bag-info.txt` and `fetch.txt`.

Spec:
    RFC 8493, section 2; for older bags the drafts 0.93 to 0.97.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docpack.archive.problems import Code, DamagedError
from docpack.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpack.archive.members import Member
    from docpack.archive.problems import Problems

__all__ = [
    "ALGORITHMS_BY_NAME",
    "MAX_TAG_BYTES",
    "Declaration",
    "parse_declaration",
    "parse_fetch",
    "parse_info",
    "parse_manifest",
    "read_whole",
]

MAX_TAG_BYTES = 64_000_000  # a manifest of 100 000 files with names of 500 bytes
# How manifests call their algorithms, in lower case and without hyphens, and how many hexadecimal digits each gives.
ALGORITHMS_BY_NAME = {"md5": 32, "sha1": 40, "sha224": 56, "sha256": 64, "sha384": 96, "sha512": 128}
_VERSIONS = frozenset({"0.93", "0.94", "0.95", "0.96", "0.97", "1.0"})
# Encodings in which a line can be told; Python knows others, such as idna, that are no encodings of files.
_ENCODINGS = re.compile(
    r"(ascii|utf-?(8|16|32)(-?[lb]e)?|iso8859-\d+|cp\d+|koi8-[rut]|mac-\w+|euc[_-]\w+|shift_jis|big5|gb\w+)"
)


@dataclass(frozen=True, slots=True)
class Declaration:
    """What `bagit.txt` declares."""

    version: str
    encoding: str

    @property
    def is_final(self) -> bool:
        """Whether the bag is of the version that became a standard, and not of a draft."""
        return self.version == "1.0"


def read_whole(member: Member, limit_bytes: int = MAX_TAG_BYTES) -> bytes:
    """Return all of a small file.

    Raises:
        DamagedError: It is larger than such files are, or cannot be read.
    """
    if member.size_bytes > limit_bytes:
        message = f"{member.path} has {member.size_bytes} bytes; the limit is {limit_bytes}"
        raise DamagedError(Code.TAG_TOO_LARGE, member.path, message)
    try:
        with member.open() as file:
            return file.read()
    except InputError as error:
        raise DamagedError(Code.CONTENT_DAMAGED, member.path, error.message) from error


def parse_declaration(data: bytes, problems: Problems) -> Declaration:
    """Return what a `bagit.txt` declares; blanks too many are reported, and read over.

    Raises:
        DamagedError: It is malformed, or of an unknown version or encoding.
    """
    if data.startswith(codecs.BOM_UTF8):
        raise DamagedError(Code.BAGIT_TXT, "bagit.txt", "bagit.txt begins with a byte-order mark")
    text = data.decode("utf-8", "replace")
    # The standard fixes every blank; the drafts did not.
    exact = re.fullmatch(r"BagIt-Version: (\S+)(?:\r\n|\r|\n)Tag-File-Character-Encoding: (\S+)(?:\r\n|\r|\n)?", text)
    loose = re.fullmatch(r"BagIt-Version\s*:\s*(\S+)\s+Tag-File-Character-Encoding\s*:\s*(\S+)\s*", text)
    match = exact or loose
    if not match:
        raise DamagedError(Code.BAGIT_TXT, "bagit.txt", "bagit.txt is not two lines, of version and encoding")
    version, name = match.groups()
    if version not in _VERSIONS:
        raise DamagedError(Code.BAGIT_VERSION, "bagit.txt", f"there is no BagIt version {version[:40]}")
    if not exact and version == "1.0":
        problems.add(Code.BAGIT_TXT, "bagit.txt", "bagit.txt has blanks where version 1.0 allows none")
    try:
        encoding = codecs.lookup(name).name
    except (LookupError, ValueError):
        encoding = ""
    if not _ENCODINGS.fullmatch(encoding):
        raise DamagedError(Code.TAG_ENCODING, "bagit.txt", f"the encoding {name[:40]} is not known")
    return Declaration(version, encoding)


def parse_manifest(
    data: bytes, name: str, digits: int, problems: Problems, declaration: Declaration | None
) -> Iterator[tuple[str, str]]:
    """Yield path and digest of each line as they stand there, the digest in lower case.

    Args:
        data: The manifest.
        name: Its name, for problems.
        digits: How many a digest has.
        problems: Takes what is wrong.
        declaration: Of a bag of somebody else. None: of ours, whose lines are exact.
    """
    exact = re.compile(rf"([0-9a-f]{{{digits}}})  (\S(?:.*\S)?)", re.DOTALL)
    loose = re.compile(rf"([0-9a-fA-F]{{{digits}}})[ \t]+(\*?)(.+)", re.DOTALL)
    for number, line in enumerate(_lines(data, name, problems, declaration), 1):
        if declaration is None:
            match = exact.fullmatch(line)
            path = match[2] if match else ""
        else:
            match = loose.fullmatch(line)
            path = match[3] if match else ""
            if match and match[2]:  # as md5sum marks what it read as binary
                problems.add(Code.MANIFEST_SPELLING, name, f"line {number} has a * in front of the path")
        if match is None:
            if declaration is None or line.strip():
                problems.add(Code.MANIFEST_LINE, name, f"line {number} is not a digest and a path")
            continue
        yield path, match[1].lower()


def parse_info(
    data: bytes, name: str, problems: Problems, declaration: Declaration | None
) -> Iterator[tuple[str, str]]:
    """Yield label and value of each field; a line that begins with a blank goes on with the one before."""
    label, value = "", ""
    for number, line in enumerate(_lines(data, name, problems, declaration), 1):
        if declaration and line[:1] in {" ", "\t"} and label:
            value += " " + line.strip()
            continue
        if label:
            yield label, value
        label, value = "", ""
        match = re.fullmatch(r"([^:\s](?:[^:]*[^:\s])?): (\S(?:.*\S)?)", line) if declaration is None else None
        if declaration is not None:
            match = re.fullmatch(r"([^:]*[^:\s])\s*:\s*(.*)", line)
        if match:
            label, value = match[1].strip(), match[2].strip()
        elif declaration is None or line.strip():
            problems.add(Code.BAG_INFO, name, f"line {number} is not a label and a value")
    if label:
        yield label, value


def parse_fetch(data: bytes, problems: Problems, declaration: Declaration) -> Iterator[str]:
    """Yield the paths that `fetch.txt` names; where they could be fetched from is of no interest here."""
    for number, line in enumerate(_lines(data, "fetch.txt", problems, declaration), 1):
        match = re.fullmatch(r"\S+[ \t]+(?:[0-9]+|-)[ \t]+(.+)", line, re.DOTALL)
        if match:
            yield match[1]
        elif line.strip():
            problems.add(Code.FETCH_LINE, "fetch.txt", f"line {number} is not an address, a length and a path")


def _lines(data: bytes, name: str, problems: Problems, declaration: Declaration | None) -> Iterator[str]:
    """Return the lines of a tag file; ours are of UTF-8, each ends with a line feed."""
    encoding = declaration.encoding if declaration else "utf-8"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        problems.add(Code.TAG_ENCODING, name, f"{name} is not {encoding} from byte {error.start} on")
        return iter(())
    if text.startswith("\ufeff"):
        if declaration is None or declaration.is_final:
            problems.add(Code.TAG_ENCODING, name, f"{name} begins with a byte-order mark")
        text = text[1:]
    if declaration is None:
        if text and not text.endswith("\n"):
            problems.add(Code.TAG_ENCODING, name, f"{name} does not end with a line feed")
        return _split(text, "\n")
    # Not splitlines: it also breaks at characters that a name may hold.
    return _split(text, r"\r\n|\r|\n")


def _split(text: str, line_end: str) -> Iterator[str]:
    """Yield the lines one by one: a large manifest need not be in memory twice."""
    start = 0
    for match in re.finditer(line_end, text):
        yield text[start : match.start()]
        start = match.end()
    if start < len(text):
        yield text[start:]
