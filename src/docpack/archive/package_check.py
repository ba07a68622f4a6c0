"""Verifying a package: what is said of it, and what is found, compared.

fast        complete, by names and sizes; digests are not looked at, and the report says so
full        every digest, and what the METS records say of each file; each is read once, the records twice
canonical   full, and byte for byte what docpack writes for this content
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from docpack.archive.bag_check import BagFacts, check_bag
from docpack.archive.bagit import ALGORITHMS
from docpack.archive.canonical import check_canonical
from docpack.archive.content import chunks
from docpack.archive.hashing import Hashes
from docpack.archive.mets_check import check_mets
from docpack.archive.opening import open_package
from docpack.archive.problems import Code, Problem, Severity
from docpack.archive.records_check import check_records
from docpack.archive.transfer_check import check_transfer, is_transfer
from docpack.errors import DocpackError, InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from docpack.archive.members import Member
    from docpack.archive.opening import Package
    from docpack.archive.problems import Problems

__all__ = ["Level", "PackageReport", "check_opened", "check_package"]

Level: TypeAlias = Literal["fast", "full", "canonical"]


@dataclass(frozen=True, slots=True)
class PackageReport:
    """What came out for one package.

    Args:
        path: The package.
        container: tar, zip or folder.
        objid: The name of its top folder.
        level: How much was looked at.
        foreign: Whether it was judged as somebody else's bag.
        files: How many files it has.
        size_bytes: How many octets these have together.
        digests_checked: How many digests were computed and compared.
        problems: What was found.
    """

    path: Path
    container: str
    objid: str
    level: Level
    foreign: bool
    files: int
    size_bytes: int
    digests_checked: int
    problems: tuple[Problem, ...]

    @property
    def ok(self) -> bool:
        """Whether the package is valid: nothing found is an error."""
        return not any(each.severity is Severity.ERROR for each in self.problems)

    def to_json(self) -> dict[str, Any]:
        """Return the report as a JSON object."""
        return {
            "package": str(self.path),
            "ok": self.ok,
            "container": self.container,
            "objid": self.objid,
            "level": self.level,
            "foreign": self.foreign,
            "files": self.files,
            "bytes": self.size_bytes,
            "digests_checked": self.digests_checked,
            "problems": [each.to_json() for each in self.problems],
        }


def check_package(path: Path, *, level: Level = "full", foreign: bool = False) -> PackageReport:
    """Verify a package; it is read, and nothing is written.

    Args:
        path: A tar or zip file, or a folder.
        level: How much is looked at.
        foreign: Whether it is any valid BagIt bag, of version 0.93 to 1.0, and need not be docpack's.

    Raises:
        InputError: There is no such thing, it cannot be read, or it is no container.
    """
    with open_package(path, foreign=foreign, strict=False) as package:
        return check_opened(package, level=level, foreign=foreign)[0]


def check_opened(
    package: Package, *, level: Level = "full", foreign: bool = False, prove: bool = False
) -> tuple[PackageReport, Mapping[str, str]]:
    """Verify a package that is open, so that it can be used afterwards without anybody having put another in its place.

    Args:
        package: The package, opened without `strict`.
        level: How much is looked at.
        foreign: Whether it is any valid BagIt bag.
        prove: Whether SHA-512 is computed whatever the manifests give.

    Returns:
        The report, and the SHA-512 of the files by their paths, where it was computed.

    Raises:
        InputError: It cannot be read.
    """
    try:
        checked, digests = _check(package, level, foreign=foreign, prove=prove)
    except OSError as error:
        raise InputError(f"{package.path} cannot be read: {error.strerror}", hint="Check the disk.") from error
    report = PackageReport(
        package.path,
        package.container,
        package.objid,
        level,
        foreign,
        len(package.members),
        package.size_bytes,
        checked,
        tuple(package.problems),
    )
    return report, (digests or {}).get("sha512", {})


def _check(
    package: Package, level: Level, *, foreign: bool, prove: bool
) -> tuple[int, dict[str, dict[str, str]] | None]:
    """Report all that is wrong; return how many digests were compared, and those that were computed."""
    problems = package.problems
    if package.is_cut_short:  # what the manifests name would seem to be missing, and is not
        problems.add(Code.NOT_READ_ON)
        return 0, None
    is_bag = package.is_bag or foreign
    facts = check_bag(package, problems, foreign=foreign) if is_bag else BagFacts()
    checked, digests = 0, None
    if level == "fast":
        problems.add(Code.NOT_HASHED)
    else:
        checked, digests = _check_digests(package, facts, foreign=foreign, prove=prove)
    if not foreign and is_transfer(package):
        checked += check_transfer(package, digests, problems)
    elif not foreign:
        prefix = "data/" if is_bag else ""
        checked += check_mets(package.tree, package.objid, prefix, digests, problems)
    if digests is not None and not foreign:
        check_records(package, digests, facts.info, problems)
    if level == "canonical" and not problems.has_errors:
        _check_canonical(package, facts, foreign=foreign)
    return checked, digests


def _check_canonical(package: Package, facts: BagFacts, *, foreign: bool) -> None:
    try:
        if foreign:
            package.problems.add(Code.NOT_CANONICAL, "", "docpack does not know how others write their packages")
        else:
            check_canonical(package, facts.info, package.problems)
    except DocpackError as error:  # the file changes while it is read
        package.problems.add(Code.CONTENT_DAMAGED, "", error.message)


def _check_digests(
    package: Package, facts: BagFacts, *, foreign: bool, prove: bool
) -> tuple[int, dict[str, dict[str, str]]]:
    """Read every file once, and compare its digests with those that the manifests give.

    Returns:
        How many were compared, and for each algorithm the digests that were found, by path.
    """
    # Ours give two algorithms, and METS needs one of them; a bag that is not ours may be taken for one.
    algorithms = dict.fromkeys((*(() if foreign else ALGORITHMS), *(("sha512",) if prove else ()), *facts.expected))
    checked, found = 0, {each: dict[str, str]() for each in algorithms}
    for path, member in package.members.items():
        expected = {each: table[path] for each, table in facts.expected.items() if path in table}
        wanted = dict.fromkeys((*(("sha512",) if prove else ()), *expected)) if foreign else (*ALGORITHMS, *expected)
        digests = _digests(member, dict.fromkeys(wanted), package.problems)
        for algorithm, digest in (digests or {}).items():
            known = expected.get(algorithm, digest)
            checked += algorithm in expected
            if known != digest:
                code = Code.PAYLOAD_CHANGED if path.startswith("data/") else Code.TAG_CHANGED
                package.problems.add(code, path, f"its {algorithm} is not the one in the manifest")
            found[algorithm][path] = known if known == digest else digest  # one string for both: there may be 100 000
    return checked, found


def _digests(member: Member, algorithms: Iterable[str], problems: Problems) -> dict[str, str] | None:
    hashes = Hashes({name: hashlib.new(name, usedforsecurity=False) for name in algorithms})
    size = 0
    try:
        with member.open() as file:
            for chunk in chunks(file, member.size_bytes):
                size += len(chunk)
                hashes.update(chunk)
    except InputError as error:
        if isinstance(error.__cause__, OSError):  # nothing is known of it: it may be whole
            raise
        problems.add(Code.CONTENT_DAMAGED, member.path, error.message)
        return None
    if size != member.size_bytes:
        problems.add(Code.CONTENT_DAMAGED, member.path, f"it has {size} bytes instead of {member.size_bytes}")
        return None
    return hashes.hexdigests()
