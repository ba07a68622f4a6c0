"""Each file of a package flipped, cut, lengthened, removed, or one added: in each container, at the level `full`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docpack.archive.package_check import check_package

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import ModuleType

PAYLOAD = [
    "representations/epub/data/in.epub",
    "representations/source/data/in.txt",
    "representations/tei/data/in.tei.xml",
    "documentation/ledger.json",
    "metadata/descriptive/dc.xml",
    "metadata/preservation/premis.xml",
    "representations/epub/METS.xml",
    "representations/source/METS.xml",
    "representations/tei/METS.xml",
    "METS.xml",
]
MANIFESTS = ["manifest-sha256.txt", "manifest-sha512.txt"]
TAG_MANIFESTS = ["tagmanifest-sha256.txt", "tagmanifest-sha512.txt"]
FILES = [f"data/{path}" for path in PAYLOAD] + ["bagit.txt", "bag-info.txt", *MANIFESTS, *TAG_MANIFESTS]


def flipped(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


DAMAGES: dict[str, Callable[[bytes], bytes | None]] = {
    "flipped": flipped,
    "cut": lambda data: data[:-1],
    "lengthened": lambda data: data + b"\n",
    "emptied": lambda _: b"",
    "removed": lambda _: None,
}


def expected(path: str, damage: str) -> str:
    """Return the code that names the fault itself; others may follow from it."""
    if path.startswith("data/"):
        return "payload-missing" if damage == "removed" else "payload-changed"
    if path in TAG_MANIFESTS:
        by_damage = {"removed": "tagmanifest-missing", "emptied": "tag-unlisted", "cut": "tag-encoding"}
        return by_damage.get(damage, "manifest-line" if damage == "lengthened" else "")
    if damage == "removed":
        return {"bagit.txt": "bagit-txt-missing", "bag-info.txt": "tag-missing"}.get(path, "manifest-missing")
    return "tag-changed"


@pytest.mark.parametrize("kind", ["tar", "zip", "folder"])
@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("path", FILES)
def test_damage_to_any_file_is_named(path: str, damage: str, kind: str, packages: ModuleType, tmp_path: Path):
    files = packages.bag()
    changed = DAMAGES[damage](files[path])
    files = {each: changed if each == path else data for each, data in files.items()}
    files = {each: data for each, data in files.items() if data is not None}

    report = check_package(packages.write(tmp_path / "p", kind, files))

    errors = {each.code.id for each in report.problems if str(each.severity) == "error"}
    assert errors, f"{path} {damage} was called valid"
    assert expected(path, damage) in {*errors, ""}
    assert any(
        each.path == path or each.path == path.removeprefix("data/") for each in report.problems
    ) or not path.startswith("data/")


@pytest.mark.parametrize("kind", ["tar", "zip", "folder"])
@pytest.mark.parametrize(
    ("path", "code"),
    [
        pytest.param("data/representations/source/data/more.txt", "payload-unlisted", id="in-a-representation"),
        pytest.param("data/metadata/other/x.xml", "payload-unlisted", id="in-the-metadata"),
        pytest.param("data/METS.xml.bak", "payload-unlisted", id="beside-the-mets"),
        pytest.param("notes.txt", "tag-unknown", id="a-tag-file"),
        pytest.param("meta/notes.txt", "tag-unknown", id="a-folder-of-tag-files"),
        pytest.param("manifest-md5.txt", "tag-unknown", id="a-third-manifest"),
        pytest.param("fetch.txt", "fetch", id="something-to-fetch"),
    ],
)
def test_a_file_too_many_is_named(path: str, code: str, kind: str, packages: ModuleType, tmp_path: Path):
    package = packages.write(tmp_path / "p", kind, {**packages.bag(), path: b""})

    report = check_package(package)

    assert code in {each.code.id for each in report.problems if each.path == path}


@pytest.mark.parametrize("level", ["fast", "full", "canonical"])
@pytest.mark.parametrize("kind", ["tar", "zip", "folder"])
def test_a_whole_package_is_valid_at_each_level(kind: str, level: str, packages: ModuleType, tmp_path: Path):
    package = packages.write(tmp_path / "p", kind, packages.bag())

    report = check_package(package, level=level)

    assert [each.code.id for each in report.problems] == (["not-hashed"] if level == "fast" else [])
    assert report.ok
    assert (report.digests_checked > 0) is (level != "fast")


@pytest.mark.parametrize("level", ["fast", "full", "canonical"])
@pytest.mark.parametrize("kind", ["tar", "zip", "folder"])
def test_a_package_without_a_bag_is_proved_by_its_mets(kind: str, level: str, packages: ModuleType, tmp_path: Path):
    package = packages.write(tmp_path / "p", kind, packages.tree())

    report = check_package(package, level=level)

    assert report.ok
    assert "mets-unproved" in {each.code.id for each in report.problems}
    assert report.digests_checked == (0 if level == "fast" else len(packages.tree()) - 1)


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("path", [path for path in PAYLOAD if path != "METS.xml"])
def test_damage_to_any_file_without_a_bag_is_named(path: str, damage: str, packages: ModuleType, tmp_path: Path):
    files = packages.tree()
    changed = DAMAGES[damage](files[path])
    files = {each: changed if each == path else data for each, data in files.items()}
    files = {each: data for each, data in files.items() if data is not None}

    report = check_package(packages.write(tmp_path / "p", "tar", files))

    wanted = {"flipped": "mets-digest", "removed": "mets-file-missing"}.get(damage, "mets-size")
    assert wanted in {each.code.id for each in report.problems if each.path == path}
