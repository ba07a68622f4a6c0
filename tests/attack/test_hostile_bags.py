"""Bags whose tag files lie, contradict each other, or say what ours never say; every digest over them is right."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from docpack.archive.package_check import check_package

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import ModuleType

SHA256, SHA512 = "manifest-sha256.txt", "manifest-sha512.txt"
DIGEST = "0" * 64


def changed(name: str, change: Callable[[bytes], bytes]) -> Callable[[dict[str, bytes]], dict[str, bytes | None]]:
    """Return a function that gives the changed tag file of a bag."""
    return lambda bag: {name: change(bag[name])}


def without_line(word: bytes) -> Callable[[bytes], bytes]:
    return lambda data: b"".join(line for line in data.splitlines(keepends=True) if word not in line)


# Tag files of our own bags, changed; the tag manifests are made anew over them.
OURS = {
    "bagit-of-version-0.97": (
        lambda _: {"bagit.txt": b"BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n"},
        "bagit-txt",
    ),
    "bagit-of-version-1.9": (
        lambda _: {"bagit.txt": b"BagIt-Version: 1.9\nTag-File-Character-Encoding: UTF-8\n"},
        "bagit-txt",
    ),
    "bagit-with-mark": (changed("bagit.txt", lambda data: b"\xef\xbb\xbf" + data), "bagit-txt"),
    "bagit-with-blank": (changed("bagit.txt", lambda data: data.replace(b": ", b" : ")), "bagit-txt"),
    "bagit-with-carriage-returns": (changed("bagit.txt", lambda data: data.replace(b"\n", b"\r\n")), "bagit-txt"),
    "bagit-without-end": (changed("bagit.txt", lambda data: data[:-1]), "bagit-txt"),
    "bagit-in-capitals": (changed("bagit.txt", bytes.upper), "bagit-txt"),
    "no-bag-info": (lambda _: {"bag-info.txt": None}, "tag-missing"),
    "no-manifest": (lambda _: {SHA512: None}, "manifest-missing"),
    "no-manifests": (lambda _: {SHA256: None, SHA512: None}, "manifest-missing"),
    "empty-manifest": (lambda _: {SHA512: b""}, "payload-unlisted"),
    "md5-for-sha512": (lambda _: {SHA512: None, "manifest-md5.txt": b""}, "manifest-missing"),
    "unknown-algorithm": (lambda _: {"manifest-crc32.txt": b""}, "manifest-algorithm"),
    "file-in-one-manifest-only": (changed(SHA256, without_line(b"in.txt")), "payload-unlisted"),
    "file-in-no-manifest": (
        lambda bag: {name: without_line(b"in.txt")(bag[name]) for name in (SHA256, SHA512)},
        "payload-unlisted",
    ),
    "garbage-line": (changed(SHA256, lambda data: b"garbage\n" + data), "manifest-line"),
    "blank-line": (changed(SHA256, lambda data: data + b"\n"), "manifest-line"),
    "one-blank": (changed(SHA256, lambda data: data.replace(b"  ", b" ")), "manifest-line"),
    "three-blanks": (changed(SHA256, lambda data: data.replace(b"  ", b"   ")), "manifest-line"),
    "tab": (changed(SHA256, lambda data: data.replace(b"  ", b"\t")), "manifest-line"),
    "star": (changed(SHA256, lambda data: data.replace(b"  ", b" *")), "manifest-line"),
    "digest-in-capitals": (changed(SHA256, bytes.upper), "manifest-line"),
    "digest-of-another-kind": (changed(SHA256, lambda data: b"0" * 128 + b"  data/x\n" + data), "manifest-line"),
    "short-digest": (changed(SHA256, lambda data: data[1:]), "manifest-line"),
    "carriage-returns": (changed(SHA256, lambda data: data.replace(b"\n", b"\r\n")), "manifest-line"),
    "no-last-line-feed": (changed(SHA256, lambda data: data[:-1]), "tag-encoding"),
    "byte-order-mark": (changed(SHA256, lambda data: b"\xef\xbb\xbf" + data), "tag-encoding"),
    "utf-16": (changed(SHA256, lambda data: data.decode().encode("utf-16")), "tag-encoding"),
    "no-utf-8": (changed(SHA256, lambda data: data + b"\xff\n"), "tag-encoding"),
    "file-twice": (changed(SHA256, lambda data: data + data.splitlines(keepends=True)[-1]), "manifest-twice"),
    "file-twice-with-two-digests": (
        changed(SHA256, lambda data: f"{DIGEST}  data/METS.xml\n".encode() + data),
        "manifest-twice",
    ),
    "wrong-digest": (changed(SHA256, lambda data: data.replace(data[:8], b"deadbeef")), "payload-changed"),
    "file-that-is-not-there": (
        changed(SHA256, lambda data: data + f"{DIGEST}  data/ghost.txt\n".encode()),
        "payload-missing",
    ),
    "percent-not-encoded": (
        changed(SHA256, lambda data: data + f"{DIGEST}  data/100%.txt\n".encode()),
        "manifest-line",
    ),
    "oxum-of-other-size": (
        changed("bag-info.txt", lambda data: data.replace(b"Payload-Oxum: ", b"Payload-Oxum: 1")),
        "oxum-wrong",
    ),
    "oxum-of-other-number": (changed("bag-info.txt", lambda data: data[:-1] + b"0\n"), "oxum-wrong"),
    "oxum-of-letters": (changed("bag-info.txt", lambda data: data[:-3] + b"x\n"), "oxum-wrong"),
    "no-oxum": (changed("bag-info.txt", without_line(b"Oxum")), "oxum-missing"),
    "label-twice": (changed("bag-info.txt", lambda data: data + b"Bagging-Date: 1980-01-01\n"), "bag-info-twice"),
    "label-twice-in-capitals": (
        changed("bag-info.txt", lambda data: data + b"BAGGING-DATE: 1980-01-01\n"),
        "bag-info-twice",
    ),
    "line-without-label": (changed("bag-info.txt", lambda data: data + b"no label\n"), "bag-info"),
    "folded-line": (changed("bag-info.txt", lambda data: data + b"  folded\n"), "bag-info"),
    "empty-value": (changed("bag-info.txt", lambda data: data + b"Contact-Name:\n"), "bag-info"),
    "bag-info-of-no-utf-8": (changed("bag-info.txt", lambda data: data + b"X: \xff\n"), "tag-encoding"),
    "something-to-fetch": (lambda _: {"fetch.txt": b"file:///etc/passwd - data/passwd\n"}, "fetch"),
    "a-readme": (lambda _: {"README": b"x"}, "tag-unknown"),
    "no-tag-manifest": (lambda _: {"tagmanifest-sha256.txt": None}, "tagmanifest-missing"),
    "no-tag-manifests": (
        lambda _: {"tagmanifest-sha256.txt": None, "tagmanifest-sha512.txt": None},
        "tagmanifest-missing",
    ),
    "no-tag-manifests-and-another-bag-info": (
        lambda bag: {
            "tagmanifest-sha256.txt": None,
            "tagmanifest-sha512.txt": None,
            "bag-info.txt": bag["bag-info.txt"].replace(b"Tests", b"Thieves"),
        },
        "tagmanifest-missing",
    ),
    "empty-tag-manifest": (lambda _: {"tagmanifest-sha256.txt": b""}, "tag-unlisted"),
    "tag-manifest-without-bag-info": (changed("tagmanifest-sha256.txt", without_line(b"bag-info")), "tag-unlisted"),
    "tag-manifest-of-itself": (
        changed("tagmanifest-sha256.txt", lambda data: data + f"{DIGEST}  tagmanifest-sha256.txt\n".encode()),
        "manifest-path",
    ),
    "tag-manifest-of-the-payload": (
        changed("tagmanifest-sha256.txt", lambda data: data + f"{DIGEST}  data/METS.xml\n".encode()),
        "manifest-path",
    ),
    "tag-manifest-of-a-ghost": (
        changed("tagmanifest-sha256.txt", lambda data: data + f"{DIGEST}  ghost.txt\n".encode()),
        "tag-missing",
    ),
    "huge-manifest": (changed(SHA256, lambda data: data + b" " * 64_000_000), "tag-too-large"),
}
# Paths that a manifest may not name: nothing is looked for there, in our bags or in those of others.
PATHS = [
    "/etc/passwd",
    "../docpack-1-evil/x",
    "data/../../docpack-1-evil/x",
    "data/../bagit.txt",
    "data/./METS.xml",
    "data//METS.xml",
    "bagit.txt",
    "~/x",
    "~root/x",
    "C:/x",
    "C:\\x",
    "\\\\host\\share",
    "data\\METS.xml",
    "file:///etc/passwd",
    "http://169.254.169.254/",
    "data",
    "%2e%2e/x",
]


@pytest.mark.parametrize(("make", "code"), OURS.values(), ids=OURS)
def test_a_bag_that_is_not_as_ours_are_is_refused(
    make: Callable[[dict[str, bytes]], dict[str, bytes | None]], code: str, packages: ModuleType, tmp_path: Path
):
    files = packages.bag(tags=make(packages.bag()))

    report = check_package(packages.write(tmp_path / "p", "tar", files))

    assert not report.ok
    assert code in {each.code.id for each in report.problems if str(each.severity) == "error"}


@pytest.mark.parametrize("foreign", [False, True], ids=["ours", "theirs"])
@pytest.mark.parametrize("path", PATHS)
def test_a_path_outside_the_payload_is_refused(path: str, foreign: bool, packages: ModuleType, tmp_path: Path):
    line = f"{DIGEST}  {path}\n".encode()
    files = packages.bag(tags={SHA256: packages.bag()[SHA256] + line})

    report = check_package(packages.write(tmp_path / "p", "tar", files), foreign=foreign)

    assert not report.ok
    assert "manifest-path" in {each.code.id for each in report.problems}


def foreign_bag(packages: ModuleType, version: str = "1.0", **tags: bytes | None) -> dict[str, bytes]:
    """Return a bag as others write it: of one algorithm, without tag manifests."""
    payload = {"data/a.txt": b"A", "data/b/c.txt": b"C"}
    files = {
        "bagit.txt": f"BagIt-Version: {version}\nTag-File-Character-Encoding: UTF-8\n".encode(),
        "manifest-md5.txt": packages.manifest("md5", payload),
        **payload,
        **{name.replace("__", "-").replace("_", "."): data for name, data in tags.items()},
    }
    return {name: data for name, data in files.items() if data is not None}


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha224", "sha256", "sha384", "sha512", "SHA-512"])
@pytest.mark.parametrize("kind", ["tar", "zip", "folder"])
def test_bags_of_others_may_use_any_known_algorithm(kind: str, algorithm: str, packages: ModuleType, tmp_path: Path):
    payload = {"data/a.txt": b"A"}
    lines = packages.manifest(algorithm.lower().replace("-", ""), payload)
    files = {"bagit.txt": packages.BAGIT, f"manifest-{algorithm}.txt": lines, **payload}

    report = check_package(packages.write(tmp_path / "p", kind, files), foreign=True)

    assert report.ok
    assert report.digests_checked == 1


@pytest.mark.parametrize(
    ("tags", "code"),
    [
        pytest.param({"bagit_txt": None, "bag-info_txt": b"A: b\n"}, "bagit-txt-missing", id="no-bagit"),
        pytest.param({"bagit_txt": b"BagIt-Version: 1.0\n"}, "bagit-txt", id="no-encoding"),
        pytest.param(
            {"bagit_txt": b"BagIt-Version: 9.9\nTag-File-Character-Encoding: UTF-8"}, "bagit-version", id="version"
        ),
        pytest.param(
            {"bagit_txt": b"BagIt-Version: 0.97\nTag-File-Character-Encoding: rot13"}, "tag-encoding", id="rot13"
        ),
        pytest.param(
            {"bagit_txt": b"BagIt-Version: 0.97\nTag-File-Character-Encoding: idna"}, "tag-encoding", id="idna"
        ),
        pytest.param({"bagit_txt": b"BagIt-Version: 0.97\nTag-File-Character-Encoding: \0"}, "tag-encoding", id="nul"),
        pytest.param({"manifest-md5_txt": None}, "manifest-missing", id="no-manifest"),
        pytest.param({"manifest-md5_txt": b""}, "payload-unlisted", id="empty-manifest"),
        pytest.param({"tagmanifest-md5_txt": b"0" * 32 + b" bagit.txt"}, "tag-changed", id="tag-manifest"),
        pytest.param({"tagmanifest-md5_txt": b"0" * 32 + b" nothing.txt"}, "tag-missing", id="tag-missing"),
        pytest.param({"bag-info_txt": b"Payload-Oxum: 3.2\n"}, "oxum-wrong", id="oxum"),
        pytest.param({"bag-info_txt": b"no label\n"}, "bag-info", id="no-label"),
        pytest.param({"fetch_txt": b"http://x - data/ghost.txt\n"}, "payload-missing", id="something-to-fetch"),
        pytest.param({"fetch_txt": b"http://x - ../../ghost.txt\n"}, "fetch-line", id="fetch-elsewhere"),
        pytest.param({"fetch_txt": b"http://x - /etc/passwd\n"}, "fetch-line", id="fetch-absolute"),
        pytest.param({"fetch_txt": b"garbage\n"}, "fetch-line", id="fetch-garbage"),
    ],
)
def test_a_bag_of_others_that_breaks_the_rules_is_refused(
    tags: dict[str, bytes | None], code: str, packages: ModuleType, tmp_path: Path
):
    files = foreign_bag(packages, **tags)

    report = check_package(packages.write(tmp_path / "p", "folder", files), foreign=True)

    assert not report.ok
    assert code in {each.code.id for each in report.problems}


@pytest.mark.parametrize(
    ("version", "tags"),
    [
        pytest.param("1.0", {"fetch_txt": b"http://x - data/a.txt\n"}, id="all-is-there-that-could-be-fetched"),
        pytest.param("1.0", {"README": b"x"}, id="other-tag-files"),
        pytest.param("1.0", {"bag-info_txt": b"A: b\nA: c\n folded\n"}, id="labels-twice-and-folded"),
        pytest.param("0.97", {"bag-info_txt": b"A : b\r\nB:c"}, id="blanks-round-the-colon"),
        pytest.param("0.93", {"package-info_txt": b"Payload-Oxum: 2.2\n"}, id="package-info"),
        pytest.param("0.97", {"manifest-sha1_txt": b""}, id="a-manifest-that-lists-not-all"),
        pytest.param("1.0", {"manifest-crc32_txt": b"x"}, id="an-algorithm-that-is-not-known"),
    ],
)
def test_what_the_standard_allows_is_valid_in_the_bags_of_others(
    version: str, tags: dict[str, bytes | None], packages: ModuleType, tmp_path: Path
):
    files = foreign_bag(packages, version, **tags)

    report = check_package(packages.write(tmp_path / "p", "folder", files), foreign=True)

    assert [each for each in report.problems if str(each.severity) == "error"] == []


def test_nothing_is_ever_fetched(packages: ModuleType, tmp_path: Path):
    files = foreign_bag(packages, fetch_txt=b"http://x - data/a.txt\n")

    report = check_package(packages.write(tmp_path / "p", "tar", files), foreign=True)

    assert [each.code.id for each in report.problems] == ["fetch-ignored"]


def test_a_percent_sign_is_encoded_as_the_standard_says(packages: ModuleType, tmp_path: Path):
    payload = {"data/100%.txt": b"A"}
    digest = hashlib.md5(b"A", usedforsecurity=False).hexdigest()
    files = {"bagit.txt": packages.BAGIT, "manifest-md5.txt": f"{digest} data/100%25.txt\n".encode(), **payload}

    assert check_package(packages.write(tmp_path / "p", "folder", files), foreign=True).ok


def test_a_thousand_problems_are_enough(packages: ModuleType, tmp_path: Path):
    files = packages.bag(tags={SHA256: b"garbage\n" * 5000})

    problems = check_package(packages.write(tmp_path / "p", "tar", files)).problems

    assert len(problems) == 1001
    assert problems[-1].code.id == "more-problems"
