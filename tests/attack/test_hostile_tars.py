"""Tar archives that hide something, lie about sizes, or say things that two programs read in two ways."""

from __future__ import annotations

import tarfile
from typing import TYPE_CHECKING

import pytest

from docpack.archive.package_check import check_package
from docpack.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import ModuleType

IN = b"docpack-1/data/a.txt"

# What stands in front of a whole package's members: made by the module `making_packages`, given as `p`.
IN_FRONT: dict[str, tuple[Callable[[ModuleType], bytes], str]] = {
    "symbolic-link": (lambda p: p.tar_member(IN, kind=b"2", at_157=b"/etc/passwd"), "link"),
    "symbolic-link-inside": (lambda p: p.tar_member(IN, kind=b"2", at_157=b"METS.xml"), "link"),
    "hard-link": (lambda p: p.tar_member(IN, kind=b"1", at_157=b"docpack-1/data/METS.xml"), "hard-link"),
    "hard-link-with-data": (lambda p: p.tar_member(IN, b"x", kind=b"1", at_157=b"y"), "tar-size"),
    "character-device": (lambda p: p.tar_member(IN, kind=b"3"), "special-file"),
    "block-device": (lambda p: p.tar_member(IN, kind=b"4"), "special-file"),
    "pipe": (lambda p: p.tar_member(IN, kind=b"6"), "special-file"),
    "contiguous-file": (lambda p: p.tar_member(IN, kind=b"7"), "tar-header"),
    "sparse-file": (lambda p: p.tar_member(IN, kind=b"S"), "tar-header"),
    "multi-volume": (lambda p: p.tar_member(IN, kind=b"M"), "tar-header"),
    "unknown-kind": (lambda p: p.tar_member(IN, kind=b"Z"), "tar-header"),
    "empty-folder": (lambda p: p.tar_member(b"docpack-1/data/hidden/", kind=b"5"), "empty-folder"),
    "folder-with-data": (lambda p: p.tar_member(b"docpack-1/data/", b"secret", kind=b"5"), "tar-size"),
    "file-with-slash": (lambda p: p.tar_member(b"docpack-1/data/x/"), "name-traversal"),
    "file-with-target": (lambda p: p.tar_member(IN, at_157=b"/etc/passwd"), "tar-header"),
    "name-with-nul": (lambda p: p.tar_member(b"docpack-1/data/a\0.txt"), "hidden-bytes"),
    "bytes-behind-the-header": (lambda p: p.tar_member(IN, at_500=b"hidden"), "hidden-bytes"),
    "bytes-in-the-padding": (lambda p: p.tar_header(IN, 1) + b"x" + b"hidden".ljust(511, b"\0"), "hidden-bytes"),
    "wrong-checksum": (lambda p: p.tar_header(IN)[:-1] + b"\1", "tar-checksum"),
    "no-checksum": (lambda p: p.tar_header(IN)[:148] + bytes(8) + p.tar_header(IN)[156:], "tar-checksum"),
    "no-magic": (lambda p: p.tar_member(IN, at_257=bytes(8)), "tar-header"),
    "other-magic": (lambda p: p.tar_member(IN, at_257=b"tarfile\0"), "tar-header"),
    "negative-size": (lambda p: p.tar_member(IN, at_124=b"-0000000001\0"), "tar-size"),
    "negative-binary-size": (lambda p: p.tar_member(IN, at_124=b"\xff" * 12), "tar-size"),
    "binary-size": (lambda p: p.tar_member(IN, at_124=b"\x80" + bytes(10) + b"\1"), "tar-size"),
    "size-of-letters": (lambda p: p.tar_member(IN, at_124=b"0000000000x\0"), "tar-size"),
    "size-of-nothing": (lambda p: p.tar_member(IN, at_124=bytes(12)), "tar-size"),
    "size-beyond-the-end": (lambda p: p.tar_header(IN, 8**11 - 1), "truncated"),
    "gnu-long-name": (lambda p: p.tar_member(b"././@LongLink", IN + b"\0", b"L") + p.tar_member(b"x"), "tar-long-name"),
    "gnu-long-target": (lambda p: p.tar_member(b"././@LongLink", IN + b"\0", b"K") + p.tar_member(IN), "tar-long-name"),
    "global-header": (lambda p: p.pax(b"comment=x", kind=b"g"), "tar-pax"),
    "global-path": (lambda p: p.pax(b"path=docpack-1/evil", kind=b"g"), "tar-pax"),
    "path-that-fits": (lambda p: p.pax(b"path=docpack-1/evil") + p.tar_member(IN), "tar-pax"),
    "pax-traversal": (lambda p: p.pax(b"path=../" + b"\xc3\xbc") + p.tar_member(IN), "name-traversal"),
    "pax-nul": (lambda p: p.pax(b"path=docpack-1/\xc3\xbc\0evil") + p.tar_member(IN), "name-character"),
    "pax-no-utf8": (lambda p: p.pax(b"path=docpack-1/\xff") + p.tar_member(IN), "name-encoding"),
    "pax-twice": (
        lambda p: p.pax(b"path=docpack-1/\xc3\xbc", b"path=docpack-1/\xc3\xa4") + p.tar_member(IN),
        "tar-pax",
    ),
    "two-pax-headers": (lambda p: p.pax(b"mtime=1") + p.pax(b"mtime=2") + p.tar_member(IN), "tar-pax"),
    "pax-size": (lambda p: p.pax(b"size=0") + p.tar_member(IN, b"x"), "tar-size"),
    "pax-size-of-the-same": (lambda p: p.pax(b"size=1") + p.tar_member(IN, b"x"), "tar-size"),
    "pax-negative-size": (lambda p: p.pax(b"size=-1024") + p.tar_member(IN), "tar-size"),
    "pax-huge-size": (lambda p: p.pax(b"size=" + b"9" * 40) + p.tar_member(IN), "tar-size"),
    "pax-link": (lambda p: p.pax(b"linkpath=/etc/passwd") + p.tar_member(IN), "tar-pax"),
    "pax-sparse": (lambda p: p.pax(b"GNU.sparse.major=1") + p.tar_member(IN), "tar-pax"),
    "pax-attribute": (lambda p: p.pax(b"SCHILY.xattr.user.x=1") + p.tar_member(IN), "tar-pax"),
    "pax-charset": (lambda p: p.pax(b"hdrcharset=BINARY") + p.tar_member(IN), "tar-pax"),
    "pax-length-of-zero": (lambda p: p.tar_member(b"x", b"0 path=a\n", b"x") + p.tar_member(IN), "tar-pax"),
    "pax-negative-length": (lambda p: p.tar_member(b"x", b"-9 path=a\n", b"x") + p.tar_member(IN), "tar-pax"),
    "pax-length-too-long": (lambda p: p.tar_member(b"x", b"99 path=a\n", b"x") + p.tar_member(IN), "tar-pax"),
    "pax-without-equals": (lambda p: p.tar_member(b"x", b"7 path\n", b"x") + p.tar_member(IN), "tar-pax"),
    "pax-of-two-megabytes": (lambda p: p.pax(b"comment=" + b"x" * 2_000_000) + p.tar_member(IN), "tar-pax"),
}
ENDS: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "zeros-cut": (lambda data: data.rstrip(b"\0") + bytes(-len(data.rstrip(b"\0")) % 512), "truncated"),
    "one-zero-block": (lambda data: data.rstrip(b"\0") + bytes(-len(data.rstrip(b"\0")) % 512 + 512), "truncated"),
    "half-a-block-more": (lambda data: data + bytes(100), "truncated"),
    "cut-in-a-file": (lambda data: data[:3000], "truncated"),
    "text-behind": (lambda data: data + b"hidden".ljust(512, b"\0"), "trailing-bytes"),
    "text-in-the-zeros": (lambda data: data[:-512] + b"hidden".ljust(512, b"\0"), "trailing-bytes"),
    "a-second-archive-behind": (lambda data: data + data, "trailing-bytes"),
    "a-megabyte-of-zeros": (lambda data: data + bytes(1 << 20), "trailing-bytes"),
    "extended-header-without-file": (
        lambda data: data.rstrip(b"\0") + bytes(-len(data.rstrip(b"\0")) % 512),
        "tar-pax",
    ),
}


def codes_of(package: Path) -> set[str]:
    report = check_package(package)
    assert not report.ok
    return {each.code.id for each in report.problems}


@pytest.mark.parametrize(("make", "code"), IN_FRONT.values(), ids=IN_FRONT)
def test_a_hostile_entry_is_refused(
    make: Callable[[ModuleType], bytes], code: str, packages: ModuleType, tmp_path: Path
):
    whole = packages.write(tmp_path / "whole", "tar", packages.bag()).read_bytes()
    package = tmp_path / "p"
    first = 512 + 512  # bagit.txt, so that the file is known for a tar

    package.write_bytes(whole[:first] + make(packages) + whole[first:])

    assert code in codes_of(package)


@pytest.mark.parametrize(("change", "code"), ENDS.values(), ids=ENDS)
def test_an_archive_that_ends_in_another_way_is_refused(
    change: Callable[[bytes], bytes], code: str, packages: ModuleType, tmp_path: Path
):
    whole = packages.write(tmp_path / "whole", "tar", packages.bag()).read_bytes()
    tail = packages.pax(b"mtime=1") + bytes(10240) if code == "tar-pax" else b""

    (tmp_path / "p").write_bytes(change(whole) + tail)

    assert code in codes_of(tmp_path / "p")


def test_where_reading_stops_no_file_is_said_to_be_missing(packages: ModuleType, tmp_path: Path):
    whole = bytearray(packages.write(tmp_path / "whole", "tar", packages.bag()).read_bytes())
    whole[1024 + 148] ^= 1  # in the second header

    (tmp_path / "p").write_bytes(whole)

    assert [each.code.id for each in check_package(tmp_path / "p").problems] == ["tar-checksum", "not-read-on"]


@pytest.mark.parametrize("tar_format", [tarfile.PAX_FORMAT, tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT])
def test_a_package_that_others_packed_anew_is_valid_but_not_canonical(
    tar_format: int, packages: ModuleType, tmp_path: Path
):
    package = packages.python_tar(tmp_path / "p.tar", packages.bag(), tmp_path / "folder", tar_format)

    full, canonical = check_package(package), check_package(package, level="canonical")

    assert full.ok
    assert [each.code.id for each in canonical.problems] == ["not-canonical"]


def test_long_names_of_gnu_tar_are_read_in_the_bags_of_others(packages: ModuleType, tmp_path: Path):
    files = packages.bag({"a" * 150 + "/" + "b" * 150: b"x"})
    package = packages.python_tar(tmp_path / "p.tar", files, tmp_path / "folder", tarfile.GNU_FORMAT)

    ours, theirs = check_package(package), check_package(package, foreign=True)

    assert "tar-long-name" in {each.code.id for each in ours.problems}
    assert theirs.ok


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"just a text", id="text"),
        pytest.param(bytes(10240), id="zeros"),
        pytest.param(b"\x1f\x8b\x08" + bytes(600), id="gzip"),
        pytest.param(b"%PDF-1.7\n" + b"x" * 600, id="pdf"),
    ],
)
def test_what_is_no_container_is_no_package(data: bytes, tmp_path: Path):
    (tmp_path / "p").write_bytes(data)

    with pytest.raises(InputError, match="no tar, no zip and no folder"):
        check_package(tmp_path / "p")
