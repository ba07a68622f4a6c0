"""The BagIt conformance suite of the Library of Congress: each bag judged as it says, for the reason that it names."""

from __future__ import annotations

import os
import shutil
import tarfile
from pathlib import Path

import pytest

from docpack.archive.package_check import check_package

SUITE = "validators/data/bagit-conformance-suite.tar.xz"

VALID = [
    *(f"v{version}/valid/{name}" for version in ("0.93", "0.94", "0.95") for name in ("basic-bag", "duplicate-metadata-entries")),
    *(
        f"v{version}/valid/{name}"
        for version in ("0.96", "0.97")
        for name in (
            "bag-in-a-bag",
            "bag-with-encoded-names",
            "bag-with-escapable-characters",
            "bag-with-leading-dot-slash-in-manifest",
            "bag-with-space",
            "basic-bag",
            "duplicate-metadata-entries",
            "holey-bag",
        )
    ),
    "v0.97/valid/ISO-8859-1-encoded-tag-files",
    "v0.97/valid/UTF-16-encoded-tag-files",
    "v0.97/valid/minimal-bag",
    "v0.97/valid/uncommon-metadata-separators",
    "v1.0/valid/basicBag",
]  # fmt: skip
WARNED = {
    "v0.97/warning/duplicate-file-with-different-case": {"manifest-spelling", "manifest-twice"},
    "v0.97/warning/made-with-md5sum-tools": {"manifest-spelling"},
    "v0.97/warning/relative-path": {"manifest-spelling"},
    "v0.97/warning/same-filename-listed-twice-with-different-normalization": {"manifest-spelling", "manifest-twice"},
    "v0.97/warning/same-filename-listed-twice-with-the-same-hash": {"manifest-twice"},
}
INVALID = {
    "v0.97/invalid/baginfo-missing-encoding": {"bagit-txt"},
    "v0.97/invalid/bom-in-bagit.txt": {"bagit-txt"},
    "v0.97/invalid/corrupt-data-file": {"payload-changed", "oxum-wrong"},
    "v0.97/invalid/corrupt-tag-file": {"tag-changed"},
    "v0.97/invalid/extra-file-in-bag": {"payload-unlisted", "oxum-wrong"},
    "v0.97/invalid/invalid-version-number": {"bagit-version"},
    "v0.97/invalid/missing-baginfo": {"tag-missing"},
    "v0.97/invalid/missing-bagit.txt": {"bagit-txt-missing"},
    "v0.97/invalid/out-of-scope-file-paths-using-dot-notation": {"manifest-path"},
    "v0.97/invalid/out-of-scope-file-paths-using-dot-notation-for-fetch": {"fetch-line"},
    "v0.97/invalid/same-filename-listed-twice-with-different-hashes": {"manifest-twice"},
    **{
        f"v0.97/{system}-only/out-of-scope-file-paths-using-{how}{what}": {"fetch-line" if what else "manifest-path"}
        for system, ways in (
            ("linux", ("absolute-path", "shortcut", "shortcut-username")),
            ("windows", ("absolute-path", "shortcut", "unc")),
        )
        for how in ways
        for what in ("", "-for-fetch")
    },
    # The bag lists data/.DS_Store; the suite as it is handed out does not hold that file.
    "v0.97/warning/special-system-files": {"payload-missing", "oxum-wrong"},
    "v1.0/invalid/bagit-with-invalid-whitespace": {"bagit-txt"},
    "v1.0/invalid/notAllManifestsListAllFiles": {"payload-unlisted"},
    # Its bagit.txt ends a line with a blank, and its tag manifest is of an older manifest.
    "v1.0/invalid/same-filename-listed-twice-with-different-hashes": {"manifest-twice", "bagit-txt", "tag-changed"},
    "v1.0/invalid/same-filename-listed-twice-with-the-same-hash": {"manifest-twice", "tag-changed"},
}

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def suite(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("suite")
    with tarfile.open(shared / SUITE) as archive:
        archive.extractall(folder, filter="data")
    for path in folder.rglob("*"):
        os.utime(path, (10**9, 10**9))  # the suite's files are of 1970, which no zip archive can say
    return folder / "bagit-conformance-suite"


def in_container(bag: Path, kind: str, folder: Path) -> Path:
    if kind == "folder":
        return bag
    return Path(shutil.make_archive(str(folder / "bag"), kind, bag.parent, bag.name))


@pytest.mark.parametrize("kind", ["folder", "tar", "zip"])
@pytest.mark.parametrize("name", VALID)
def test_a_valid_bag_is_verified(name: str, kind: str, suite: Path, tmp_path: Path):
    report = check_package(in_container(suite / name, kind, tmp_path), foreign=True)

    assert [each for each in report.problems if str(each.severity) == "error"] == []
    assert report.digests_checked > 0


@pytest.mark.parametrize("kind", ["folder", "tar", "zip"])
@pytest.mark.parametrize(("name", "codes"), WARNED.items(), ids=WARNED)
def test_a_doubtful_bag_is_verified_with_a_warning(name: str, codes: set[str], kind: str, suite: Path, tmp_path: Path):
    report = check_package(in_container(suite / name, kind, tmp_path), foreign=True)

    assert report.ok
    assert {each.code.id for each in report.problems} == codes


@pytest.mark.parametrize("kind", ["folder", "tar", "zip"])
@pytest.mark.parametrize(("name", "codes"), INVALID.items(), ids=INVALID)
def test_an_invalid_bag_is_refused_for_its_reason(name: str, codes: set[str], kind: str, suite: Path, tmp_path: Path):
    report = check_package(in_container(suite / name, kind, tmp_path), foreign=True)

    assert not report.ok
    assert {each.code.id for each in report.problems if str(each.severity) == "error"} == codes


def test_every_bag_of_the_suite_is_judged(suite: Path):
    bags = {str(path.relative_to(suite)) for path in suite.glob("v*/*/*") if path.is_dir()}

    assert bags == {*VALID, *WARNED, *INVALID}


@pytest.mark.parametrize("name", VALID)
def test_a_valid_bag_of_others_is_not_taken_for_one_of_ours(name: str, suite: Path):
    assert not check_package(suite / name).ok
