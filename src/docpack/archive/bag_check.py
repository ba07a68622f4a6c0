"""Whether a bag is complete, and which digests prove it: the rules of BagIt, for our bags and for those of others.

Ours are held to what `pack` writes: two algorithms, every tag file proved, nothing to fetch, nothing unknown.

Spec:
    RFC 8493, section 2 and 3.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docpack.archive.bagit import ALGORITHMS, BAGIT_TXT
from docpack.archive.names import folded, leads_astray
from docpack.archive.problems import Code, DamagedError, Severity
from docpack.archive.tag_files import (
    ALGORITHMS_BY_NAME,
    Declaration,
    parse_declaration,
    parse_fetch,
    parse_info,
    parse_manifest,
    read_whole,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docpack.archive.opening import Package
    from docpack.archive.problems import Problems

__all__ = ["BagFacts", "check_bag"]

_TAG_FILES = ("bagit.txt", "bag-info.txt", *(f"manifest-{each}.txt" for each in ALGORITHMS))
_TAG_MANIFESTS = tuple(f"tagmanifest-{each}.txt" for each in ALGORITHMS)
_MANIFEST_NAME = re.compile(r"(tag)?manifest-([^/]+)\.txt")


@dataclass(frozen=True, slots=True)
class BagFacts:
    """What a bag says of itself.

    Args:
        expected: For each algorithm, the digests by path.
        info: The fields of bag-info.txt.
    """

    expected: dict[str, dict[str, str]] = field(default_factory=dict)
    info: list[tuple[str, str]] = field(default_factory=list)


def check_bag(package: Package, problems: Problems, *, foreign: bool) -> BagFacts:
    """Report what is missing, too much or malformed in a bag, without reading its payload."""
    return _BagCheck(package, problems, foreign=foreign).run()


class _BagCheck:
    """Goes through the tag files; `_declared` is None for our own bags, whose form is fixed."""

    def __init__(self, package: Package, problems: Problems, *, foreign: bool) -> None:
        self._members = package.members
        self._problems = problems
        self._foreign = foreign
        self._declared: Declaration | None = None
        self._facts = BagFacts()
        self._payload = [path for path in package.members if path.startswith("data/")]
        self._by_folded: dict[str, list[str]] = {}

    def run(self) -> BagFacts:
        try:
            self._check_declaration()
        except DamagedError as damage:
            self._problems.add_damage(damage)
            if self._foreign:  # without an encoding nothing else can be read
                return self._facts
        manifests = self._manifests()
        for step in (self._check_manifests, self._check_tag_manifests):
            step(manifests)
        if not self._foreign:
            self._check_tag_files()
        self._check_info()
        self._check_fetch()
        return self._facts

    def _check_declaration(self) -> None:
        member = self._members.get("bagit.txt")
        if member is None:
            raise DamagedError(Code.BAGIT_TXT_MISSING, "bagit.txt", Code.BAGIT_TXT_MISSING.meaning)
        data = read_whole(member)
        if self._foreign:
            self._declared = parse_declaration(data, self._problems)
        elif data != BAGIT_TXT:
            raise DamagedError(Code.BAGIT_TXT, "bagit.txt", "bagit.txt is not the one that docpack writes")

    def _manifests(self) -> dict[str, tuple[bool, str, dict[str, str]]]:
        """Return for each manifest whether it is of tag files, its algorithm, and its digests by path."""
        found: dict[str, tuple[bool, str, dict[str, str]]] = {}
        for name in sorted(path for path in self._members if "/" not in path):
            match = _MANIFEST_NAME.fullmatch(name)
            if not match:
                continue
            algorithm = match[2].lower().replace("-", "")
            if algorithm not in ALGORITHMS_BY_NAME:
                severity = Severity.WARNING if self._foreign else None
                self._problems.add(Code.MANIFEST_ALGORITHM, name, f"the algorithm {match[2]} is not known", severity)
                continue
            is_tag = bool(match[1])
            if (is_tag, algorithm) in {each[:2] for each in found.values()}:  # other spellings of one name would add up
                self._problems.add(Code.MANIFEST_ALGORITHM, name, f"there is another manifest of {algorithm}")
                continue
            found[name] = (is_tag, algorithm, self._digests(name, algorithm, is_tag=is_tag))
        return found

    def _digests(self, name: str, algorithm: str, *, is_tag: bool) -> dict[str, str]:
        digests: dict[str, str] = {}
        try:
            data = read_whole(self._members[name])
        except DamagedError as damage:
            self._problems.add_damage(damage)
            return digests
        digits = ALGORITHMS_BY_NAME[algorithm]
        for given, digest in parse_manifest(data, name, digits, self._problems, self._declared):
            path = self._resolved(given, name, is_tag=is_tag)
            if path is None:
                continue
            if path in digests:
                self._report_twice(path, name, same=digests[path] == digest)
            digests.setdefault(path, digest)
        return digests

    def _report_twice(self, path: str, name: str, *, same: bool) -> None:
        # The drafts did not forbid it; two digests contradict each other in any version.
        tolerated = same and self._declared is not None and not self._declared.is_final
        severity = Severity.WARNING if tolerated else None
        self._problems.add(Code.MANIFEST_TWICE, path, f"{name} names it twice", severity)

    def _resolved(self, given: str, name: str, *, is_tag: bool) -> str | None:
        """Return the path that a manifest means, in the spelling of the member if there is one."""
        path = given
        if self._foreign and path.startswith("./"):
            self._problems.add(Code.MANIFEST_SPELLING, given, f"{name} begins the path with ./")
            path = path[2:]
        reason = leads_astray(path) or ("it has a backslash" if "\\" in path else "")
        if not reason and path.startswith("data/") is is_tag:
            reason = "it lies in the payload" if is_tag else "it does not lie in the payload"
        if not reason and is_tag and path.startswith("tagmanifest-"):
            reason = "no tag manifest can prove one"
        if reason:
            self._problems.add(Code.MANIFEST_PATH, given, f"{name} names a path that is not allowed: {reason}")
            return None
        return self._spelled(path, name)

    def _spelled(self, path: str, name: str) -> str:
        decoded = re.sub("%(25|0[aAdD])", lambda match: chr(int(match[1], 16)), path)
        if not self._foreign:
            if decoded.count("%") != path.lower().count("%25"):
                self._problems.add(Code.MANIFEST_LINE, path, f"{name} holds a % that is not encoded")
            member = self._members.get(decoded)
            return member.path if member else decoded  # one string for each name: there may be 100 000
        for each in (decoded, path) if self._declared and self._declared.is_final else (path, decoded):
            if each in self._members:
                return each
        return self._nearly(path, name) or path

    def _nearly(self, path: str, name: str) -> str | None:
        """Return the only file whose name differs in Unicode form, or for drafts in case; the disk may have changed it."""
        if not self._by_folded:
            for each in self._members:
                self._by_folded.setdefault(folded(each), []).append(each)
        found = self._by_folded.get(folded(path), [])
        if len(found) != 1:
            return None
        same_case = unicodedata.normalize("NFC", found[0]) == unicodedata.normalize("NFC", path)
        if not same_case and self._declared and self._declared.is_final:
            return None
        self._problems.add(Code.MANIFEST_SPELLING, found[0], f"{name} spells the name in another way")
        return found[0]

    def _check_manifests(self, manifests: dict[str, tuple[bool, str, dict[str, str]]]) -> None:
        payload = {name: (algorithm, digests) for name, (is_tag, algorithm, digests) in manifests.items() if not is_tag}
        wanted = [] if self._foreign else [each for each in _TAG_FILES if each.startswith("manifest-")]
        for name in wanted:
            if name not in payload:
                self._problems.add(Code.MANIFEST_MISSING, name, f"there is no {name}")
        if not payload and not wanted:
            self._problems.add(Code.MANIFEST_MISSING, "", "there is no manifest that can be read")
        listed: dict[str, int] = {}
        for name, (algorithm, digests) in payload.items():
            for path, digest in digests.items():
                listed[path] = listed.get(path, 0) + 1
                self._expect(path, algorithm, digest, name, Code.PAYLOAD_MISSING)
        # Every manifest lists every file; in the drafts one of them did.
        needed = 1 if self._declared and not self._declared.is_final else len(payload)
        for path in self._payload:
            if listed.get(path, 0) < max(needed, 1):
                missing = [name for name, (_, digests) in payload.items() if path not in digests]
                self._problems.add(
                    Code.PAYLOAD_UNLISTED,
                    path,
                    f"{', '.join(missing)} does not list it" if missing else "no manifest lists it",
                )

    def _check_tag_manifests(self, manifests: dict[str, tuple[bool, str, dict[str, str]]]) -> None:
        for name, (is_tag, algorithm, digests) in manifests.items():
            if is_tag:
                for path, digest in digests.items():
                    self._expect(path, algorithm, digest, name, Code.TAG_MISSING)
        for name in () if self._foreign else _TAG_MANIFESTS:
            if name not in manifests:
                self._problems.add(Code.TAGMANIFEST_MISSING, name, f"there is no {name}")
                continue
            for path in self._members:
                if not path.startswith(("data/", "tagmanifest-")) and path not in manifests[name][2]:
                    self._problems.add(Code.TAG_UNLISTED, path, f"{name} does not list it")

    def _expect(self, path: str, algorithm: str, digest: str, name: str, missing: Code) -> None:
        if path not in self._members:
            self._problems.add(missing, path, f"{name} lists it, and it is not there")
            return
        if self._facts.expected.setdefault(algorithm, {}).setdefault(path, digest) != digest:
            self._problems.add(Code.MANIFEST_TWICE, path, "two manifests give it different digests of one kind")

    def _check_tag_files(self) -> None:
        """Report what our own bags do not have."""
        for path in self._members:
            if path == "fetch.txt":
                self._problems.add(Code.FETCH, path)
            elif not path.startswith("data/") and path not in (*_TAG_FILES, *_TAG_MANIFESTS):
                self._problems.add(Code.TAG_UNKNOWN, path)
        if "bag-info.txt" not in self._members:
            self._problems.add(Code.TAG_MISSING, "bag-info.txt", "there is no bag-info.txt")

    def _check_info(self) -> None:
        old = bool(self._declared) and "bag-info.txt" not in self._members  # its name before version 0.96
        name = "package-info.txt" if old else "bag-info.txt"
        if name not in self._members:
            return
        try:
            data = read_whole(self._members[name])
        except DamagedError as damage:
            self._problems.add_damage(damage)
            return
        self._facts.info.extend(parse_info(data, name, self._problems, self._declared))
        if not self._foreign:
            self._check_labels()
        self._check_oxum([value for label, value in self._facts.info if label.lower() == "payload-oxum"], name)

    def _check_labels(self) -> None:
        seen: set[str] = set()
        for label, _ in self._facts.info:
            if label.lower() in seen:
                self._problems.add(Code.BAG_INFO_TWICE, "bag-info.txt", f"{label} stands twice")
            seen.add(label.lower())

    def _check_oxum(self, values: Iterable[str], name: str) -> None:
        sizes = [self._members[path].size_bytes for path in self._payload]
        found = f"{sum(sizes)}.{len(sizes)}"
        values = list(values)
        for value in values:
            if value != found:
                self._problems.add(Code.OXUM_WRONG, name, f"Payload-Oxum is {value}; the payload has {found}")
        if not values and not self._foreign:
            self._problems.add(Code.OXUM_MISSING, name)

    def _check_fetch(self) -> None:
        if not self._declared or "fetch.txt" not in self._members:
            return
        try:
            data = read_whole(self._members["fetch.txt"])
        except DamagedError as damage:
            self._problems.add_damage(damage)
            return
        self._problems.add(Code.FETCH_IGNORED, "fetch.txt")
        for given in parse_fetch(data, self._problems, self._declared):
            path = given.removeprefix("./")
            reason = leads_astray(path) or ("it has a backslash" if "\\" in path else "")
            if reason or not path.startswith("data/"):
                self._problems.add(
                    Code.FETCH_LINE, given, f"fetch.txt names it; {reason or 'it is not of the payload'}"
                )
            elif path not in self._members:
                self._problems.add(
                    Code.PAYLOAD_MISSING, path, "fetch.txt names it, it is not there, and nothing is fetched"
                )
