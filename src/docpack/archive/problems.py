"""What can be wrong with a package, as data: every code, how much it matters, and what it means.

A code keeps its name and its meaning for good. `docs/reference/verify.md` lists them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Code", "DamagedError", "Problem", "Problems", "Severity"]

MAX_PROBLEMS = 1000  # what a person or a program reads of them; the rest is counted


class Severity(StrEnum):
    """How much a problem matters: only an error makes a package invalid."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


_ERROR, _WARNING, _INFO = Severity


class Code(Enum):
    """All problems: name, severity and meaning."""

    # The container.
    TRUNCATED = ("truncated", _ERROR, "the container ends before it is complete")
    HIDDEN_BYTES = ("hidden-bytes", _ERROR, "the container holds bytes that belong to no file")
    TRAILING_BYTES = ("trailing-bytes", _ERROR, "something follows the end of the container")
    TAR_CHECKSUM = ("tar-checksum", _ERROR, "the checksum of a tar header is wrong")
    TAR_HEADER = ("tar-header", _ERROR, "a tar header is malformed, or of a kind that no package needs")
    TAR_SIZE = ("tar-size", _ERROR, "a tar header gives a size that is negative, malformed or given twice")
    TAR_PAX = ("tar-pax", _ERROR, "an extended tar header is malformed, or says what no package needs")
    TAR_LONG_NAME = ("tar-long-name", _WARNING, "a name is given by a GNU extension, which not every tool reads")
    ZIP_HEADER = ("zip-header", _ERROR, "a zip record is malformed, or uses what no package needs")
    ZIP_DIFFERS = ("zip-differs", _ERROR, "a zip file's own header and the directory contradict each other")
    ZIP_COMMENT = ("zip-comment", _ERROR, "the zip archive or a file in it carries a comment")
    ZIP_EXTRA = ("zip-extra", _ERROR, "a zip record carries an extra field that no package needs")
    ZIP_METHOD = ("zip-method", _ERROR, "a zip file is compressed in a way that is not accepted")
    ZIP_ENCRYPTED = ("zip-encrypted", _ERROR, "a zip file is encrypted")
    BOMB = ("bomb", _ERROR, "a file is compressed so much that only an attack does it")
    CONTENT_DAMAGED = ("content-damaged", _ERROR, "a file cannot be read as the container describes it")
    NOT_READ_ON = ("not-read-on", _INFO, "the container could not be read on; nothing else was looked at")
    # What lies in it.
    TOP_FOLDER = ("top-folder", _ERROR, "not everything lies in one top folder")
    LINK = ("link", _ERROR, "a symbolic link")
    HARD_LINK = ("hard-link", _ERROR, "a file with a second name")
    SPECIAL_FILE = ("special-file", _ERROR, "a device, a pipe or a socket")
    EMPTY_FOLDER = ("empty-folder", _ERROR, "a folder without files, which no manifest can prove")
    DUPLICATE = ("duplicate", _ERROR, "two files have one name")
    FILE_AS_FOLDER = ("file-as-folder", _ERROR, "a name is that of a file and of a folder")
    TOO_MANY_FILES = ("too-many-files", _ERROR, "more files than the limit")
    TOO_LARGE = ("too-large", _ERROR, "larger than the limit")
    # Names.
    NAME_TRAVERSAL = ("name-traversal", _ERROR, "a name that leads out of the package, or has an empty or dotted part")
    NAME_CHARACTER = ("name-character", _ERROR, "a character that deceives people or programs")
    NAME_ENCODING = ("name-encoding", _ERROR, "a name that is not UTF-8")
    NAME_LENGTH = ("name-length", _ERROR, "a part of a name, or the whole, is too long")
    NAME_TILDE = ("name-tilde", _ERROR, "a name that begins with ~, which shells read as a home folder")
    NAME_WINDOWS = ("name-windows", _ERROR, "a name that Windows cannot hold")
    NAME_UNICODE = ("name-unicode", _ERROR, "a name that is not in Unicode's normal form C")
    NAME_COLLISION = ("name-collision", _ERROR, "names that differ in case or in Unicode form only")
    SYSTEM_FILE = ("system-file", _WARNING, "a file that an operating system left there")
    # The bag.
    BAGIT_TXT_MISSING = ("bagit-txt-missing", _ERROR, "there is no bagit.txt")
    BAGIT_TXT = ("bagit-txt", _ERROR, "bagit.txt is not what the specification says")
    BAGIT_VERSION = ("bagit-version", _ERROR, "a version of BagIt that does not exist or is not known")
    TAG_ENCODING = ("tag-encoding", _ERROR, "a tag file is not in the encoding that bagit.txt names")
    TAG_TOO_LARGE = ("tag-too-large", _ERROR, "a tag file or a record is larger than the limit")
    MANIFEST_MISSING = ("manifest-missing", _ERROR, "a manifest of the payload is missing")
    MANIFEST_ALGORITHM = ("manifest-algorithm", _ERROR, "a manifest's name gives no known algorithm")
    MANIFEST_LINE = ("manifest-line", _ERROR, "a line of a manifest is malformed")
    MANIFEST_PATH = ("manifest-path", _ERROR, "a manifest names a path that is not allowed there")
    MANIFEST_TWICE = ("manifest-twice", _ERROR, "a manifest names a file twice")
    MANIFEST_SPELLING = (
        "manifest-spelling",
        _WARNING,
        "a manifest spells a name or a line in another way than it should",
    )
    PAYLOAD_MISSING = ("payload-missing", _ERROR, "a manifest names a file that is not there")
    PAYLOAD_UNLISTED = ("payload-unlisted", _ERROR, "a file of the payload is missing in a manifest")
    PAYLOAD_CHANGED = ("payload-changed", _ERROR, "a file of the payload is not the one that was packed")
    TAGMANIFEST_MISSING = ("tagmanifest-missing", _ERROR, "a manifest of the tag files is missing")
    TAG_MISSING = ("tag-missing", _ERROR, "a tag file is not there")
    TAG_UNLISTED = ("tag-unlisted", _ERROR, "a tag file is missing in a tag manifest")
    TAG_UNKNOWN = ("tag-unknown", _ERROR, "a tag file that docpack does not write")
    TAG_CHANGED = ("tag-changed", _ERROR, "a tag file is not the one that was packed")
    BAG_INFO = ("bag-info", _ERROR, "a line of bag-info.txt is malformed")
    BAG_INFO_TWICE = ("bag-info-twice", _ERROR, "a label stands twice in bag-info.txt")
    OXUM_MISSING = ("oxum-missing", _ERROR, "bag-info.txt gives no Payload-Oxum")
    OXUM_WRONG = ("oxum-wrong", _ERROR, "the payload has another size or number of files than Payload-Oxum says")
    FETCH = ("fetch", _ERROR, "fetch.txt in a package of docpack, which is whole or none")
    FETCH_LINE = ("fetch-line", _ERROR, "a line of fetch.txt is malformed, or names a path outside the payload")
    FETCH_IGNORED = ("fetch-ignored", _INFO, "fetch.txt was not followed; nothing is ever fetched")
    # The records inside.
    METS_MISSING = ("mets-missing", _ERROR, "there is no METS.xml")
    METS_XML = ("mets-xml", _ERROR, "a METS.xml cannot be read")
    METS_OBJID = ("mets-objid", _ERROR, "the top folder is not named by the OBJID of METS.xml")
    METS_HREF = ("mets-href", _ERROR, "a METS.xml refers to a place outside the package")
    METS_FILE_MISSING = ("mets-file-missing", _ERROR, "a METS.xml names a file that is not there")
    METS_NO_DIGEST = ("mets-no-digest", _ERROR, "a METS.xml gives no size or no usable digest of a file")
    METS_SIZE = ("mets-size", _ERROR, "a file has another size than METS.xml says")
    METS_DIGEST = ("mets-digest", _ERROR, "a file has another digest than METS.xml says")
    METS_UNLISTED = ("mets-unlisted", _ERROR, "no METS.xml names this file")
    RECORD_XML = ("record-xml", _ERROR, "a metadata record of docpack cannot be read as XML")
    RECORD_DIFFERS = ("record-differs", _ERROR, "a record of docpack says something else than what is there")
    METS_UNPROVED = ("mets-unproved", _INFO, "the root METS.xml proves the other files; nothing proves it")
    # The levels.
    NOT_HASHED = ("not-hashed", _INFO, "digests were NOT checked")
    NOT_CANONICAL = ("not-canonical", _ERROR, "not byte for byte what docpack writes for this content")
    MORE_PROBLEMS = ("more-problems", _ERROR, "there are more problems than are listed")

    @property
    def id(self) -> str:
        """The name by which people and programs know the code."""
        return str(self.value[0])

    @property
    def severity(self) -> Severity:
        """How much it matters, where nothing else is said."""
        return Severity(self.value[1])

    @property
    def meaning(self) -> str:
        """What it means; one line."""
        return str(self.value[2])


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: what, where, and in words. `path` is empty where it concerns the whole."""

    code: Code
    path: str
    message: str
    severity: Severity

    def to_json(self) -> dict[str, Any]:
        """Return the problem as a JSON object."""
        return {
            "code": self.code.id,
            "severity": str(self.severity),
            "path": shown(self.path),
            "message": self.message,
        }


class DamagedError(Exception):
    """What was found makes it impossible to read on; it becomes a problem."""

    def __init__(self, code: Code, path: str, message: str) -> None:
        super().__init__(message)
        self.code, self.path, self.message = code, path, message


class Problems:
    """Collects problems, of which a hostile package may have millions."""

    def __init__(self) -> None:
        self._found: list[Problem] = []
        self._more = 0
        self._errors = 0

    def add(self, code: Code, path: str = "", message: str = "", severity: Severity | None = None) -> None:
        """Add one; without a message, the code's meaning is it."""
        severity = severity or code.severity
        self._errors += severity is Severity.ERROR
        if len(self._found) < MAX_PROBLEMS:
            self._found.append(Problem(code, path, message or code.meaning, severity))
        else:
            self._more += 1

    def add_damage(self, damage: DamagedError) -> None:
        """Add what made it impossible to read on."""
        self.add(damage.code, damage.path, damage.message)

    @property
    def has_errors(self) -> bool:
        """Whether one of them makes the package invalid."""
        return self._errors > 0

    def __iter__(self) -> Iterator[Problem]:
        yield from self._found
        if self._more:
            severity = Severity.ERROR if self._errors else Severity.WARNING
            yield Problem(Code.MORE_PROBLEMS, "", f"{self._more} more problems are not listed", severity)


def shown(name: str) -> str:
    r"""Return a name so that it can be printed on one line, and shows what is in it.

    >>> shown("a\u202etxt")
    'a\\u202etxt'
    """
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in name)
