"""Whether what a package's own records say of its files is true of those that are there.

The manifests prove that nothing was changed since they were written. Who changes a file and writes them anew has changed
PREMIS, the content-id and the ledger against the truth, or has to forge all of them.

Spec:
    PREMIS 3.0, 1.5.2 fixity.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from docpack.archive.information_package import PREMIS_FILE, content_id, is_content
from docpack.archive.order import logical_path
from docpack.archive.package_record import RECIPE_FILE, bytes_of
from docpack.archive.problems import Code
from docpack.errors import InputError
from docpack.xml_safety import feed_xml

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from docpack.archive.members import Member
    from docpack.archive.opening import Package
    from docpack.archive.problems import Problems

__all__ = ["check_records"]

_LEDGER_FILE = "documentation/ledger.json"
_CONTENT_ID = "content-id sha512:"
_LEDGER_HEAD_BYTES = 4096
_SHA256 = '"sha256":"'


def check_records(
    package: Package, digests: Mapping[str, Mapping[str, str]], info: Iterable[tuple[str, str]], problems: Problems
) -> None:
    """Report where PREMIS, the content-id, the record of the conversion or the ledger contradict the files.

    Args:
        package: The package.
        digests: The SHA-256 and SHA-512 of its files, by algorithm and path in the package.
        info: The fields of bag-info.txt.
        problems: Takes what is wrong.
    """
    tree = package.tree
    sha512 = digests["sha512"]
    found = {path: sha512[each.path] for path, each in tree.items() if each.path in sha512}
    contents = {path: digest for path, digest in found.items() if is_content(path)}
    stated = [value.removeprefix(_CONTENT_ID) for _, value in info if value.startswith(_CONTENT_ID)]
    if any(each != content_id(contents.items()) for each in stated):
        problems.add(Code.RECORD_DIFFERS, "bag-info.txt", "its content-id is not that of the content")
    named = _named_by_premis(tree, found, problems)
    for path in sorted(contents.keys() - named):
        problems.add(Code.RECORD_DIFFERS, PREMIS_FILE, f"it does not name {path}")
    _check_source(tree, digests["sha256"], problems)


def _named_by_premis(tree: Mapping[str, Member], found: Mapping[str, str], problems: Problems) -> set[str]:
    """Compare the digests that PREMIS files give; return which files that of the package names."""
    named: set[str] = set()
    for record in tree:
        if record != PREMIS_FILE and not record.endswith(f"/{PREMIS_FILE}"):
            continue
        objects = _Objects()
        try:
            feed_xml(bytes_of(tree[record]), objects, what=record)
        except InputError:  # said already, where the records are read
            continue
        for stated, digest in objects.found:
            path = logical_path(stated)
            if record == PREMIS_FILE:
                named.add(path)
            if path not in tree:
                problems.add(Code.RECORD_DIFFERS, record, f"it names {path}, which is not there")
            elif digest.lower() != found.get(path, digest.lower()) or not digest:
                problems.add(Code.RECORD_DIFFERS, record, f"its SHA-512 of {path} is not that of the file")
    return named


class _Objects:
    """Takes from the events of a PREMIS file the path and the SHA-512 of each file that it describes."""

    _WANTED = frozenset({"objectIdentifierType", "objectIdentifierValue", "messageDigestAlgorithm", "messageDigest"})

    def __init__(self) -> None:
        self.found: list[tuple[str, str]] = []
        self._text: list[str] | None = None
        self._facts: dict[str, str] = {}

    def start(self, tag: str, attributes: Any) -> None:
        name = tag.rpartition("}")[2]
        if name == "object":
            self._facts = {}
        self._text = [] if name in self._WANTED else None

    def data(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def end(self, tag: str) -> None:
        name, value = tag.rpartition("}")[2], "".join(self._text or ()).strip()
        self._text = None
        if name in {"objectIdentifierType", "messageDigestAlgorithm"}:
            self._facts[name] = value
        elif name == "objectIdentifierValue" and self._facts.get("objectIdentifierType") == "relative path":
            self._facts["path"] = value
        elif name == "messageDigest" and self._facts.get("messageDigestAlgorithm") == "SHA-512":
            self._facts["digest"] = value
        elif name == "object" and "path" in self._facts:
            self.found.append((self._facts["path"], self._facts.get("digest", "")))


def _check_source(tree: Mapping[str, Member], sha256: Mapping[str, str], problems: Problems) -> None:
    """Compare the source with what the record of the conversion and the ledger say of it."""
    if RECIPE_FILE not in tree:
        return
    try:
        source = json.loads(bytes_of(tree[RECIPE_FILE]))["source"]
    except (InputError, ValueError, KeyError, TypeError, RecursionError):
        problems.add(Code.RECORD_DIFFERS, RECIPE_FILE, "it is no record of a conversion")
        return
    if not isinstance(source, str) or not source.startswith("representations/source/data/") or source not in tree:
        problems.add(Code.RECORD_DIFFERS, RECIPE_FILE, "the source that it names is none of the package")
        return
    if _LEDGER_FILE not in tree:
        return
    with tree[_LEDGER_FILE].open() as file:
        head = file.read(_LEDGER_HEAD_BYTES).decode("utf-8", "replace")
    if head.partition(_SHA256)[2][:64] != sha256.get(tree[source].path):
        problems.add(Code.RECORD_DIFFERS, _LEDGER_FILE, "its source is not the one in the package")
