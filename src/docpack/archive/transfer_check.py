"""Whether a transfer for Archivematica is complete and unchanged.

Its checksum files name the objects, and nothing else: Archivematica counts their lines. So a manifest of our own in the
submission documentation names all other files; nothing proves that one, as nothing proves the root METS.xml of a tree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpack.archive.order import TRANSFER_MANIFEST
from docpack.archive.problems import Code, DamagedError
from docpack.archive.tag_files import ALGORITHMS_BY_NAME, parse_manifest, read_whole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from docpack.archive.opening import Package
    from docpack.archive.problems import Problems

__all__ = ["check_transfer", "is_transfer"]

_OBJECTS = "objects/"
_SUMS = {algorithm: f"metadata/checksum.{algorithm}" for algorithm in ("sha256", "sha512")}


def is_transfer(package: Package) -> bool:
    """Tell whether a package has the layout of a transfer, be it a damaged one."""
    return not package.is_bag and "METS.xml" not in package.members and any(map(_is_of_a_transfer, package.members))


def _is_of_a_transfer(path: str) -> bool:
    return path.startswith(_OBJECTS) or path in _SUMS.values()


def check_transfer(package: Package, digests: Mapping[str, Mapping[str, str]] | None, problems: Problems) -> int:
    """Report objects that are missing, too many or changed; return how many digests were compared.

    Args:
        package: The transfer.
        digests: Those of all files, by algorithm and path; None where they were not made.
        problems: Takes what is wrong.
    """
    objects = {path for path in package.members if path.startswith(_OBJECTS)}
    others = package.members.keys() - objects - {TRANSFER_MANIFEST}
    lists = [(algorithm, name, objects) for algorithm, name in _SUMS.items()]
    checked = 0
    for algorithm, name, paths in [*lists, ("sha512", TRANSFER_MANIFEST, others)]:
        checked += _check_list(package, algorithm, name, paths, digests[algorithm] if digests else None)
    problems.add(Code.METS_UNPROVED, TRANSFER_MANIFEST, "the manifests prove the other files; nothing proves this one")
    return checked


def _check_list(
    package: Package, algorithm: str, name: str, paths: AbstractSet[str], digests: Mapping[str, str] | None
) -> int:
    """Report where a list of digests and the files that it has to name differ; return how many were compared."""
    problems = package.problems
    if name not in package.members:
        problems.add(Code.MANIFEST_MISSING, name)
        return 0
    try:
        data = read_whole(package.members[name])
    except DamagedError as damage:
        problems.add_damage(damage)
        return 0
    named: dict[str, str] = {}
    for path, digest in parse_manifest(data, name, ALGORITHMS_BY_NAME[algorithm], problems, None):
        if path in named:
            problems.add(Code.MANIFEST_TWICE, path, f"{name} names it twice")
        named.setdefault(path, digest)
    for path in sorted(named.keys() - paths):
        problems.add(Code.PAYLOAD_MISSING, path)
    for path in sorted(paths - named.keys()):
        problems.add(Code.PAYLOAD_UNLISTED, path)
    if digests is None:
        return 0
    for path in sorted(named.keys() & paths):
        if digests.get(path) != named[path]:
            problems.add(Code.PAYLOAD_CHANGED, path, f"its {algorithm} is not the one in {name}")
    return len(named.keys() & paths)
