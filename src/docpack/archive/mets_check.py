"""Whether the METS records of a package name all its files, and give each the size and the digest that it has.

Spec:
    METS 1.12.1: file, FLocat, mdRef, mptr. E-ARK CSIP 2.2: references are relative to the METS file's folder.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from docpack.archive.names import leads_astray
from docpack.archive.problems import Code, DamagedError
from docpack.archive.tag_files import read_whole
from docpack.errors import InputError
from docpack.xml_safety import feed_xml

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from docpack.archive.members import Member
    from docpack.archive.problems import Problems

__all__ = ["check_mets"]

ROOT = "METS.xml"
MAX_DEPTH = 200
_METS, _XLINK = "{http://www.loc.gov/METS/}", "{http://www.w3.org/1999/xlink}"
_OWN_RECORDS = re.compile(r"(representations/[^/]+/)?metadata/(preservation/premis|descriptive/dc)\.xml")
_DIGESTS = {"SHA-256": "sha256", "SHA-512": "sha512"}


@dataclass(frozen=True, slots=True)
class _Reference:
    """One file that a METS names; a pointer gives neither size nor digest."""

    href: str
    size: str
    kind: str
    checksum: str
    is_pointer: bool


def check_mets(
    tree: Mapping[str, Member],
    objid: str,
    prefix: str,
    digests: Mapping[str, Mapping[str, str]] | None,
    problems: Problems,
) -> int:
    """Report what the records do not name, or name in another form; return how many digests were compared.

    Args:
        tree: The files by logical path.
        objid: The name of the top folder.
        prefix: What precedes a logical path in the package: `data/` in a bag, whose manifests prove the METS files.
        digests: For each algorithm, the digests by path in the package; None where they were not computed.
        problems: Takes what is wrong.
    """
    if ROOT not in tree:
        problems.add(Code.METS_MISSING, ROOT, "there is no METS.xml in the package")
        return 0
    check = _MetsCheck(tree, prefix, digests, problems)
    check.run(objid)
    for path in tree:
        if _OWN_RECORDS.fullmatch(path):
            _check_record(tree[path], path, problems)
    return check.compared


class _MetsCheck:
    """Follows the METS files from the root one; `_proved` has the files that one of them gives a digest of."""

    def __init__(
        self,
        tree: Mapping[str, Member],
        prefix: str,
        digests: Mapping[str, Mapping[str, str]] | None,
        problems: Problems,
    ) -> None:
        self._tree, self._prefix, self._digests, self._problems = tree, prefix, digests, problems
        self._is_bag = bool(prefix)
        self.compared = 0
        self._proved: set[str] = set()
        self._pointed: dict[str, None] = {}

    def run(self, objid: str) -> None:
        pending, done = [ROOT], {ROOT}
        while pending:
            path = pending.pop()
            for target in self._follow(path, objid):
                if target.rpartition("/")[2] == ROOT and target not in done:
                    done.add(target)
                    pending.append(target)
        self._check_complete()
        if not self._is_bag:
            self._problems.add(Code.METS_UNPROVED, ROOT)

    def _follow(self, path: str, objid: str) -> list[str]:
        """Check all that a METS file refers to, as it is read; return the METS files among it."""
        found: list[str] = []

        def take(reference: _Reference) -> None:
            target = self._target(path, reference)
            if target and target.endswith(ROOT):
                found.append(target)

        content = _Content(take)
        try:
            feed_xml(read_whole(self._tree[path]), content, what=path)
        except DamagedError as damage:
            self._problems.add_damage(damage)
        except InputError as error:
            self._problems.add(Code.METS_XML, path, error.message)
        else:
            if path == ROOT and content.objid != objid:
                self._problems.add(Code.METS_OBJID, path, f"the OBJID is {content.objid}; the top folder is {objid}")
        return found

    def _target(self, path: str, reference: _Reference) -> str | None:
        """Return the file that a reference means, if it is there, and check what is said of it."""
        href = unquote(reference.href)
        folder = path.rpartition("/")[0]
        target = f"{folder}/{href}" if folder else href
        if leads_astray(href) or re.search(r"[:\\?#]", href):
            self._problems.add(Code.METS_HREF, path, f"it refers to {href!r}")
            return None
        if target not in self._tree:
            self._problems.add(Code.METS_FILE_MISSING, target, f"{path} names it, and it is not there")
            return None
        if reference.is_pointer:
            self._pointed[target] = None
        else:
            self._proved.add(target)
            self._check_facts(path, target, reference)
        return target

    def _check_facts(self, path: str, target: str, reference: _Reference) -> None:
        kind = _DIGESTS.get(reference.kind)
        if not kind or not reference.checksum or not re.fullmatch("[0-9]{1,19}", reference.size, re.ASCII):
            self._problems.add(Code.METS_NO_DIGEST, target, f"{path} gives no size, or no SHA-512 of it")
            return
        size = self._tree[target].size_bytes
        if int(reference.size) != size:
            self._problems.add(Code.METS_SIZE, target, f"{path} says {reference.size} bytes; it has {size}")
        elif self._digests is not None and (found := self._digests[kind].get(self._prefix + target)):
            self.compared += 1
            if found != reference.checksum.lower():
                self._problems.add(Code.METS_DIGEST, target, f"{path} gives another {reference.kind}")

    def _check_complete(self) -> None:
        for path in self._tree:
            if path == ROOT or path in self._proved:
                continue
            if path not in self._pointed:
                self._problems.add(Code.METS_UNLISTED, path)
            elif not self._is_bag:
                self._problems.add(Code.METS_NO_DIGEST, path, "METS.xml points to it, and gives no digest of it")


class _Content:
    """Takes from the events of a METS file what refers to files, and hands it on."""

    def __init__(self, take: Callable[[_Reference], None]) -> None:
        self.objid = ""
        self._take = take
        self._files: list[Any] = []
        self._depth = 0

    def start(self, tag: str, attributes: Any) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:  # what else reads this file builds a tree of it, and goes no deeper
            raise InputError(f"it is nested more than {MAX_DEPTH} deep")
        match tag.removeprefix(_METS):
            case "mets":
                self.objid = attributes.get("OBJID", "")
            case "file":
                self._files.append(dict(attributes))
            case "FLocat" if self._files:
                self._add(attributes.get(_XLINK + "href", ""), self._files[-1])
            case "mdRef":
                self._add(attributes.get(_XLINK + "href", ""), attributes)
            case "mptr":
                self._take(_Reference(attributes.get(_XLINK + "href", ""), "", "", "", is_pointer=True))

    def end(self, tag: str) -> None:
        self._depth -= 1
        if tag == _METS + "file":
            self._files.pop()

    def data(self, text: str) -> None:
        """Pass over characters."""

    def _add(self, href: str, facts: Any) -> None:
        size, kind, checksum = (facts.get(name, "") for name in ("SIZE", "CHECKSUMTYPE", "CHECKSUM"))
        self._take(_Reference(href, size, kind, checksum, is_pointer=False))


class _Nothing:
    """Takes the events of a file that is only to be read."""

    def start(self, tag: str, attributes: Any) -> None:
        """Pass over it."""

    def end(self, tag: str) -> None:
        """Pass over it."""

    def data(self, text: str) -> None:
        """Pass over it."""


def _check_record(member: Member, path: str, problems: Problems) -> None:
    try:
        feed_xml(read_whole(member), _Nothing(), what=path)
    except DamagedError as damage:
        problems.add_damage(damage)
    except InputError as error:
        problems.add(Code.RECORD_XML, path, error.message)
