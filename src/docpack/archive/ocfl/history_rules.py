"""What the standard says about the inventories of earlier versions: each must tell the same story as the latest."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from docpack.archive.ocfl.problems import shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from docpack.archive.ocfl.inventory_rules import Reading
    from docpack.archive.ocfl.problems import Problems

__all__ = ["ContentDirectory", "check_content_directories", "check_prior"]


def check_prior(root: Reading, prior: Reading, name: str, problems: Problems) -> None:
    """Note where the inventory of an earlier version contradicts the object's own.

    Args:
        root: The object's inventory.
        prior: That of the version.
        name: The version.
        problems: Where it is noted.

    Spec:
        OCFL 1.1, section 3.7, version inventory.
    """
    if root.id and prior.id and prior.id != root.id:
        problems.add("E037", f"the id is {shown(prior.id)} and not {shown(root.id)}")
        problems.add("E110", "the id changed between versions")
    if prior.names and prior.head != name:
        problems.add("E040", f"the head is {prior.head}; in this folder it is {name}")
    for path in prior.manifest.keys() - root.manifest.keys():
        problems.add("E023", f"the object's own manifest lacks {shown(path)}")
    until_then = set(root.names[: root.names.index(name) + 1])
    for path in root.manifest.keys() - prior.manifest.keys():
        if path.partition("/")[0] in until_then:
            problems.add("E023", f"the manifest lacks {shown(path)}, which was there already")
    moved = _moved(root, prior)
    for each in prior.names:
        if each not in root.states:
            problems.add("E066", f"{each} is not in the object's own inventory")
            continue
        _check_state(each, root, prior, moved, problems)
        _check_record(each, root, prior, problems)


@dataclass(frozen=True, slots=True)
class ContentDirectory:
    """How the inventory of a version calls the folder of its contents, and whether it states that itself."""

    version: str
    name: str
    is_stated: bool

    @classmethod
    def of(cls, version: str, reading: Reading) -> ContentDirectory:
        """Return that of an inventory."""
        return cls(version, reading.content_directory, "contentDirectory" in reading.raw)


def check_content_directories(versions: list[ContentDirectory], root: ContentDirectory, problems: Problems) -> None:
    """Note where the name of the content folder changed between versions.

    Args:
        versions: Those of the versions, in order, that have an inventory.
        root: That of the object's own.
        problems: Where it is noted.

    Spec:
        OCFL 1.1, section 3.5.1, contentDirectory.
    """
    for each in [*versions[1:], root] if versions else []:
        if each.is_stated and (not versions[0].is_stated or each.name != versions[0].name):
            problems.below(each.version).add(
                "E019", "the content directory is named, and was not so in the first version"
            )
            break
    for each in versions:
        if each.name != root.name:
            problems.below(each.version).add(
                "E020", f"the content directory is {shown(each.name)} and then {shown(root.name)}"
            )


def _moved(root: Reading, prior: Reading) -> Callable[[str, str], bool]:
    """Return what tells whether a digest of the earlier inventory means other files than one of the object's own."""
    own, theirs = root.content_paths(), prior.content_paths()

    @cache
    def is_moved(digest: str, earlier: str) -> bool:
        # A copy may have been added later, so the earlier files must be among the present ones, not equal them.
        return not set(theirs.get(earlier, ())) <= set(own.get(digest, ()))

    return is_moved


def _check_state(
    name: str, root: Reading, prior: Reading, moved: Callable[[str, str], bool], problems: Problems
) -> None:
    """Compare a state as two inventories give it: the same logical paths, and for each the same content files."""
    own, theirs = root.states[name], prior.states[name]
    for path in own.keys() ^ theirs.keys():
        problems.add("E066", f"{name} has the path {shown(path)} in one inventory and not in the other")
    same_algorithm = root.algorithm == prior.algorithm
    for path, digest in own.items():
        earlier = theirs.get(path, digest)
        if (same_algorithm and digest != earlier) or (path in theirs and moved(digest, earlier)):
            problems.add("E066", f"{name} has another content for {shown(path)} than the object's own inventory says")


def _check_record(name: str, root: Reading, prior: Reading, problems: Problems) -> None:
    own, theirs = root.raw["versions"][name], prior.raw["versions"][name]
    if not isinstance(own, dict) or not isinstance(theirs, dict):
        return
    for key in ("created", "message", "user"):
        if own.get(key) != theirs.get(key):
            problems.add("W011", f"{name} has another {key} than the object's own inventory says")
