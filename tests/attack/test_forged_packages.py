"""Packages of docpack in which somebody changed a file, and then every manifest and METS over it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from docpack.archive.opening import open_package
from docpack.archive.package_check import check_package
from docpack.clock import Clock
from docpack.packing.job import PackJob, pack

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import ModuleType

SOURCE = "representations/source/data/in.txt"
PREMIS = "metadata/preservation/premis.xml"
RECIPE = "documentation/conversion.json"
LEDGER = "documentation/ledger.json"


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, bytes]]:
    """Return the files of a real package, delivered in three ways."""
    folder = tmp_path_factory.mktemp("real")
    found = {}
    for profile in ("bagit", "eark-sip", "archivematica"):
        target = folder / profile
        data = b"   The box was gone.\n   Nobody spoke of it.\n"
        pack(PackJob("in.txt", str(target), ("tei",), data=data, profile=profile), Clock(0))
        with open_package(target) as package:
            found[profile] = {path: each.open().read() for path, each in package.members.items()}
            found["objid"] = {"": package.objid.encode()}
    return found


def forged(
    packages: ModuleType, real: dict[str, dict[str, bytes]], change: Callable[[dict[str, bytes]], None]
) -> dict[str, bytes]:
    """Return the bag with a change in it, and METS files and manifests that are right."""
    bag = real["bagit"]
    files = {path.removeprefix("data/"): data for path, data in bag.items() if path.startswith("data/")}
    change(files)
    objid = real["objid"][""].decode()
    files = {path: data for path, data in files.items() if not path.endswith("METS.xml")}
    tree = packages.tree(files)
    tree["METS.xml"] = tree["METS.xml"].replace(b'OBJID="docpack-1"', f'OBJID="{objid}"'.encode())
    info = bag["bag-info.txt"].split(b"Bag-Size")[0]
    total = sum(map(len, tree.values()))
    size = f"Bag-Size: {total / 1000:.1f} kB\nPayload-Oxum: {total}.{len(tree)}\n"
    return packages.bag(tree, {"bag-info.txt": info + size.encode()})


def replace(path: str, old: bytes, new: bytes) -> Callable[[dict[str, bytes]], None]:
    def change(files: dict[str, bytes]) -> None:
        assert old in files[path]
        files[path] = files[path].replace(old, new)

    return change


def put(path: str, data: bytes) -> Callable[[dict[str, bytes]], None]:
    return lambda files: files.__setitem__(path, data)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(replace(SOURCE, b"gone", b"here"), id="source"),
        pytest.param(put("representations/tei/data/in.tei.xml", b"junk"), id="output"),
        pytest.param(put(PREMIS, b"<a/>"), id="premis-empty"),
        pytest.param(replace(PREMIS, b"<premis:messageDigest>", b"<premis:messageDigest>0"), id="premis-digests"),
        pytest.param(replace(PREMIS, b"data/in.txt", b"data/of.txt"), id="premis-other-name"),
        pytest.param(put(LEDGER, b"\xff"), id="ledger"),
        pytest.param(put(RECIPE, b"{}"), id="record-empty"),
        pytest.param(put(RECIPE, b"["), id="record-no-json"),
        pytest.param(
            replace(RECIPE, SOURCE.encode(), b"representations/tei/data/in.tei.xml"), id="record-other-source"
        ),
        pytest.param(replace(RECIPE, SOURCE.encode(), b"representations/source/data/none.txt"), id="record-no-source"),
    ],
)
def test_a_change_that_all_manifests_hide_contradicts_a_record(change, real, packages: ModuleType, tmp_path: Path):
    report = check_package(
        packages.write(tmp_path / "p", "tar", forged(packages, real, change), real["objid"][""].decode())
    )

    assert {each.code.id for each in report.problems if each.severity == "error"} == {"record-differs"}


def test_a_package_that_is_packed_anew_without_a_change_contradicts_nothing(real, packages: ModuleType, tmp_path: Path):
    files = forged(packages, real, lambda _: None)

    report = check_package(packages.write(tmp_path / "p", "tar", files, real["objid"][""].decode()))

    assert report.ok, report.problems


@pytest.mark.parametrize("name", ["metadata/checksum.sha512", "metadata/checksum.sha256"])
def test_a_transfer_whose_list_names_an_object_twice_is_refused(name: str, real, packages: ModuleType, tmp_path: Path):
    files = dict(real["archivematica"])
    line = files[name].splitlines(keepends=True)[0]
    files[name] += b"0" * line.index(b" ") + line[line.index(b" ") :]

    report = check_package(packages.write(tmp_path / "p", "tar", files, real["objid"][""].decode()))

    assert "manifest-twice" in {each.code.id for each in report.problems}


def test_names_with_very_many_parts_are_refused(packages: ModuleType, tmp_path: Path):
    deep = packages.bag({**packages.tree(), "a/" * 150 + "x": b"x"})

    report = check_package(packages.write(tmp_path / "p", "tar", deep))

    assert "name-length" in {each.code.id for each in report.problems}


def test_very_many_folders_are_refused(packages: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("docpack.archive.path_tree.MAX_NAMES", 50)
    many = packages.bag({**packages.tree(), **{f"documentation/{n}/x": b"x" for n in range(60)}})

    report = check_package(packages.write(tmp_path / "p", "tar", many))

    assert "too-many-files" in {each.code.id for each in report.problems}


def test_other_spellings_of_an_algorithm_are_no_other_manifests(packages: ModuleType, tmp_path: Path):
    files = packages.bag(tags={"manifest-sha-512.txt": b"", "manifest-SHA512.txt": b""})

    report = check_package(packages.write(tmp_path / "p", "zip", files), foreign=True)

    assert [each.code.id for each in report.problems].count("manifest-algorithm") == 2


def test_a_record_that_asks_for_folders_of_this_machine_is_refused(real, packages: ModuleType, tmp_path: Path):
    from docpack.errors import InputError
    from docpack.recipe import read_recipe

    record = json.loads(real["eark-sip"][RECIPE])
    for change in (
        {"outputs": {"tei": {"path": "x", "options": {"font_dirs": ["/usr"]}}}},
        {"timestamp_s": 1e300},
        {"timestamp_s": -1},
    ):
        with pytest.raises(InputError):
            read_recipe(json.dumps({**record, **change}).encode(), lambda _: b"")
