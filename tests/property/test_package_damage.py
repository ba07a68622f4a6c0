"""Packages changed byte by byte: no change of a file is called valid, and no change at all canonical."""

from __future__ import annotations

import contextlib
from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docpack.archive.opening import open_package
from docpack.archive.package_check import check_package
from docpack.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

WAYS = ["flip", "insert", "delete", "truncate", "double"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("damage")


@cache
def whole(kind: str, packages: ModuleType, folder: Path) -> bytes:
    path = packages.fresh(folder / f"whole.{kind}")
    return packages.write(path, kind, packages.bag()).read_bytes()


def damaged(data: bytes, way: str, place: float, length: int, value: int) -> bytes:
    at = int(place * (len(data) - 1))
    match way:
        case "flip":
            return data[:at] + bytes([data[at] ^ (value or 1)]) + data[at + 1 :]
        case "insert":
            return data[:at] + bytes([value]) * length + data[at:]
        case "delete":
            return data[:at] + data[at + length :]
        case "double":
            return data[: at + length] + data[at : at + length] + data[at + length :]
        case _:
            return data[:at]


def contents(path: Path) -> dict[str, bytes]:
    """Return what a reader of this package would get."""
    found = {}
    with open_package(path) as package:
        for name, member in package.members.items():
            with member.open() as file:
                found[f"{package.objid}/{name}"] = file.read()
    return found


@pytest.mark.parametrize("kind", ["tar", "zip"])
@settings(max_examples=400)
@given(
    way=st.sampled_from(WAYS),
    place=st.floats(0, 1),
    length=st.one_of(st.integers(1, 40), st.sampled_from([512, 1024, 10240])),
    value=st.integers(0, 255),
)
def test_no_damage_is_called_valid(
    kind: str, way: str, place: float, length: int, value: int, packages: ModuleType, folder: Path
):
    before = whole(kind, packages, folder)
    after = damaged(before, way, place, length, value)
    path = folder / f"damaged.{kind}"
    path.write_bytes(after)

    try:
        full, canonical = check_package(path), check_package(path, level="canonical")
    except InputError:  # no container any more
        return

    if full.ok:
        assert contents(path) == {f"docpack-1/{name}": data for name, data in packages.bag().items()}
    assert canonical.ok is (after == before)


@pytest.mark.parametrize("kind", ["tar", "zip"])
def test_no_single_flipped_bit_of_a_header_is_canonical(kind: str, packages: ModuleType, folder: Path):
    before = whole(kind, packages, folder)
    path = folder / f"flipped.{kind}"
    wrong = []
    # Headers are where a change may go unseen by digests; every byte of the first two files and of the end.
    for at in (*range(1100), *range(len(before) - 300, len(before))):
        path.write_bytes(before[:at] + bytes([before[at] ^ 1 << at % 8]) + before[at + 1 :])
        try:
            report = check_package(path, level="canonical")
        except InputError:
            continue
        if report.ok:
            wrong.append(at)

    assert wrong == []
    path.write_bytes(before)
    assert check_package(path, level="canonical").ok


@given(data=st.binary(max_size=3000), head=st.sampled_from([b"PK\3\4", b"PK\5\6", b"", bytes(257) + b"ustar\x0000"]))
def test_any_bytes_end_in_a_report_or_a_clear_error(data: bytes, head: bytes, folder: Path):
    path = folder / "random"
    path.write_bytes(head + data)

    for foreign in (False, True):
        with contextlib.suppress(InputError):  # no container at all
            assert not check_package(path, foreign=foreign).ok
