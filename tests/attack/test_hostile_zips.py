"""Zip archives whose two halves contradict each other, that hide bytes, or that swell."""

from __future__ import annotations

import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

import pytest

from docpack.archive.opening import open_package
from docpack.archive.package_check import check_package
from docpack.errors import InputError, VerificationError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import ModuleType

LOCAL, CENTRAL, END = b"PK\3\4", b"PK\1\2", b"PK\5\6"


def patched(signature: bytes, offset: int, new: bytes) -> Callable[[bytes], bytes]:
    """Return a function that overwrites a field of the last record of a kind."""

    def patch(data: bytes) -> bytes:
        start = data.rindex(signature) + offset
        return data[:start] + new + data[start + len(new) :]

    return patch


def inserted(before: bytes, what: bytes, *, moved: bool) -> Callable[[bytes], bytes]:
    """Return a function that puts bytes in front of the first record of a kind, and may move the directory along."""

    def insert(data: bytes) -> bytes:
        at = data.index(before)
        data = data[:at] + what + data[at:]
        end = data.rindex(END)
        (start,) = struct.unpack_from("<L", data, end + 16)
        return data[: end + 16] + struct.pack("<L", start + len(what) * moved) + data[end + 20 :]

    return insert


def shifted(prefix: bytes) -> Callable[[bytes], bytes]:
    """Return a function that puts bytes in front of all, and corrects every offset, as self-extracting archives do."""

    def shift(data: bytes) -> bytes:
        made = bytearray(prefix + data)
        at = made.find(CENTRAL)
        while at != -1:
            struct.pack_into("<L", made, at + 42, struct.unpack_from("<L", made, at + 42)[0] + len(prefix))
            at = made.find(CENTRAL, at + 4)
        end = made.rindex(END)
        struct.pack_into("<L", made, end + 16, struct.unpack_from("<L", made, end + 16)[0] + len(prefix))
        return bytes(made)

    return shift


def renamed(signature: bytes, header: int) -> Callable[[bytes], bytes]:
    """Return a function that changes the last letter of a name in one of its two places."""

    def rename(data: bytes) -> bytes:
        start = data.rindex(signature)
        (length,) = struct.unpack_from("<H", data, start + header - (4 if signature == LOCAL else 18))
        at = start + header + length - 1
        return data[:at] + b"x" + data[at + 1 :]

    return rename


ATTACKS: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "script-in-front": (lambda data: b"#!/bin/sh\n" + data, "hidden-bytes"),
    "script-in-front-with-offsets": (shifted(b"#!/bin/sh\nrm -rf ~\n"), "hidden-bytes"),
    "tar-in-front": (shifted(bytes(512)), "hidden-bytes"),
    "bytes-behind": (lambda data: data + b"hidden", "trailing-bytes"),
    "a-second-archive-behind": (lambda data: data + data, "hidden-bytes"),
    "comment": (lambda data: data[:-2] + struct.pack("<H", 6) + b"hidden", "zip-comment"),
    "comment-longer-than-it-says": (lambda data: data[:-2] + struct.pack("<H", 2) + b"hidden", "trailing-bytes"),
    "bytes-in-front-of-the-directory": (inserted(CENTRAL, b"hidden", moved=True), "hidden-bytes"),
    "bytes-in-front-of-the-end": (inserted(END, b"hidden", moved=False), "hidden-bytes"),
    "directory-elsewhere": (patched(END, 16, struct.pack("<L", 77)), "hidden-bytes"),
    "directory-beyond-the-end": (patched(END, 16, struct.pack("<L", 0xFFFFFFF0)), "hidden-bytes"),
    "one-file-fewer": (patched(END, 8, struct.pack("<2H", 1, 1)), "zip-header"),
    "one-file-more": (patched(END, 8, struct.pack("<2H", 99, 99)), "zip-header"),
    "two-disks": (patched(END, 4, struct.pack("<2H", 1, 1)), "zip-header"),
    "zip64-without-its-record": (patched(END, 8, struct.pack("<2H", 0xFFFF, 0xFFFF)), "zip-header"),
    "cut-off-end": (lambda data: data[:-30], "truncated"),
    "cut-in-the-middle": (lambda data: data[: len(data) // 2], "truncated"),
    "local-name": (renamed(LOCAL, 30), "zip-differs"),
    "central-name": (renamed(CENTRAL, 46), "zip-differs"),
    "local-sum": (patched(LOCAL, 14, b"\0\0\0\0"), "zip-differs"),
    "central-sum": (patched(CENTRAL, 16, b"\0\0\0\0"), "zip-differs"),
    "local-size": (patched(LOCAL, 22, b"\1\0\0\0"), "zip-differs"),
    "central-sizes": (patched(CENTRAL, 20, b"\1\0\0\0\1\0\0\0"), "zip-differs"),
    "one-central-size": (patched(CENTRAL, 24, b"\1\0\0\0"), "zip-differs"),
    "local-method": (patched(LOCAL, 8, b"\x08\0"), "zip-differs"),
    "local-flags": (patched(LOCAL, 6, b"\x01\0"), "zip-differs"),
    "no-local-header": (patched(LOCAL, 0, b"PK\3\5"), "zip-differs"),
    "encrypted": (patched(CENTRAL, 8, b"\x01\0"), "zip-encrypted"),
    "strongly-encrypted": (patched(CENTRAL, 8, b"\x40\0"), "zip-encrypted"),
    "data-descriptor": (patched(CENTRAL, 8, b"\x08\0"), "zip-header"),
    "method-deflate": (patched(CENTRAL, 10, b"\x08\0"), "zip-method"),
    "method-unknown": (patched(CENTRAL, 10, b"\x63\0"), "zip-method"),
    "another-offset": (patched(CENTRAL, 42, b"\0\0\0\0"), "hidden-bytes"),
    "offset-beyond-the-end": (patched(CENTRAL, 42, b"\0\0\0\x7f"), "hidden-bytes"),
    "symbolic-link": (patched(CENTRAL, 38, struct.pack("<L", 0o120777 << 16)), "link"),
    "character-device": (patched(CENTRAL, 38, struct.pack("<L", 0o020666 << 16)), "special-file"),
    "pipe": (patched(CENTRAL, 38, struct.pack("<L", 0o010666 << 16)), "special-file"),
    "folder-without-slash": (patched(CENTRAL, 38, struct.pack("<L", 0o040755 << 16)), "zip-header"),
    "extra-longer-than-the-record": (patched(CENTRAL, 30, struct.pack("<H", 0xFFF0)), "zip-header"),
    "disk-of-the-file": (patched(CENTRAL, 34, b"\1\0"), "zip-header"),
    "large-size-without-field": (patched(CENTRAL, 24, b"\xff" * 4), "zip-extra"),
    "damaged-directory": (patched(CENTRAL, 0, b"PK\1\3"), "zip-header"),
}


def codes_of(package: Path, *, foreign: bool = False) -> set[str]:
    report = check_package(package, foreign=foreign)
    assert not report.ok
    return {each.code.id for each in report.problems if str(each.severity) == "error"}


def python_zip(path: Path, files: dict[str, bytes], method: int = zipfile.ZIP_STORED, **fields: object) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(f"docpack-1/{name}")
            info.compress_type = method
            for key, value in fields.items():
                setattr(info, key, value)
            archive.writestr(info, data)
    return path


@pytest.mark.parametrize(("change", "code"), ATTACKS.values(), ids=ATTACKS)
def test_a_hostile_archive_is_refused(
    change: Callable[[bytes], bytes], code: str, packages: ModuleType, tmp_path: Path
):
    whole = packages.write(tmp_path / "whole", "zip", packages.bag()).read_bytes()

    (tmp_path / "p").write_bytes(change(whole))

    assert code in codes_of(tmp_path / "p")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        pytest.param({"comment": b"hidden"}, "zip-comment", id="comment-of-a-file"),
        pytest.param({"extra": struct.pack("<2H", 0x5455, 1) + b"x"}, "zip-extra", id="time-field"),
        pytest.param({"extra": struct.pack("<2H", 0x7075, 6) + b"\1\0\0\0\0x"}, "zip-extra", id="unicode-path"),
        pytest.param({"extra": struct.pack("<2H", 0xCAFE, 6) + b"hidden"}, "zip-extra", id="private-field"),
    ],
)
def test_what_no_package_needs_is_refused(fields: dict[str, object], code: str, packages: ModuleType, tmp_path: Path):
    package = python_zip(tmp_path / "p", packages.bag(), **fields)

    assert code in codes_of(package)


def test_deflated_files_are_for_the_bags_of_others(packages: ModuleType, tmp_path: Path):
    package = python_zip(tmp_path / "p", packages.bag(), zipfile.ZIP_DEFLATED)

    assert "zip-method" in codes_of(package)
    assert check_package(package, foreign=True).ok


def test_an_archive_that_was_streamed_is_for_the_bags_of_others(packages: ModuleType, tmp_path: Path):
    class Pipe:  # no seek, no tell: zipfile writes data descriptors then
        def __init__(self, file: object) -> None:
            self.write, self.flush = file.write, file.flush

    with (tmp_path / "p").open("wb") as file, zipfile.ZipFile(Pipe(file), "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in packages.bag().items():
            archive.writestr(f"docpack-1/{name}", data)

    assert codes_of(tmp_path / "p")
    assert check_package(tmp_path / "p", foreign=True).ok


@pytest.mark.parametrize("size", [2_000_000, 50_000_000])
def test_a_bomb_is_refused_before_it_swells(size: int, packages: ModuleType, tmp_path: Path):
    package = python_zip(tmp_path / "p", {**packages.bag(), "data/bomb": bytes(size)}, zipfile.ZIP_DEFLATED)

    assert "bomb" in codes_of(package, foreign=True)


def test_a_bomb_that_lies_about_its_size_is_read_no_further(packages: ModuleType, tmp_path: Path):
    package = python_zip(tmp_path / "p", packages.bag({"bomb": bytes(10_000_000)}), zipfile.ZIP_DEFLATED)
    data = package.read_bytes()
    lie, truth = struct.pack("<L", 10_000), struct.pack("<L", 10_000_000)

    package.write_bytes(data.replace(truth, lie))

    assert "content-damaged" in codes_of(package, foreign=True)


def test_overlapping_files_are_refused(packages: ModuleType, tmp_path: Path):
    whole = packages.write(tmp_path / "whole", "zip", packages.bag()).read_bytes()
    last = whole.rindex(CENTRAL)
    entry, end = whole[last : whole.rindex(END)], whole.rindex(END)
    twice = bytearray(whole[:end] + entry + whole[end:])
    count = struct.unpack_from("<H", whole, end + 8)[0] + 1
    struct.pack_into("<2HL", twice, end + len(entry) + 8, count, count, end + len(entry) - whole.index(CENTRAL))

    (tmp_path / "p").write_bytes(twice)

    assert "hidden-bytes" in codes_of(tmp_path / "p")


def test_content_that_belies_its_sum_is_refused_by_whoever_reads_it(packages: ModuleType, tmp_path: Path):
    data = bytearray(packages.write(tmp_path / "p", "zip", packages.bag()).read_bytes())
    data[data.index(b"A text,")] ^= 1
    (tmp_path / "p").write_bytes(data)

    with open_package(tmp_path / "p") as package:
        file = package.tree[packages.SOURCE].open()

        with file, pytest.raises(InputError, match="is not what the zip archive says of it"):
            file.read()


@pytest.mark.parametrize("cut", [-1, 1], ids=["too-short", "too-long"])
def test_compressed_data_that_does_not_end_where_it_should_is_refused(cut: int, packages: ModuleType, tmp_path: Path):
    content = b"some text " * 50
    packed = zlib.compress(content, 9, -15)
    packed = packed[:cut] if cut < 0 else packed + b"x"
    package = python_zip(tmp_path / "p", {**packages.bag(), "data/x": b"\0" * len(packed)})
    data = package.read_bytes().replace(b"\0" * len(packed), packed)
    fields = struct.pack("<3L", zlib.crc32(b"\0" * len(packed)), len(packed), len(packed))
    right = struct.pack("<3L", zlib.crc32(content), len(packed), len(content))
    at = [i for i in range(len(data)) if data.startswith(fields, i)]
    made = bytearray(data)
    for each in at:
        made[each : each + 12] = right
        method = each - 6
        made[method : method + 2] = b"\x08\0"
    package.write_bytes(made)

    assert "content-damaged" in codes_of(package, foreign=True)


def test_a_damaged_archive_is_not_opened(packages: ModuleType, tmp_path: Path):
    whole = packages.write(tmp_path / "whole", "zip", packages.bag()).read_bytes()
    (tmp_path / "p").write_bytes(b"#!/bin/sh\n" + whole)

    with pytest.raises(VerificationError) as caught:
        open_package(tmp_path / "p")

    assert "docpack verify" in caught.value.hint


def test_names_that_are_not_marked_as_utf8_are_refused(packages: ModuleType, tmp_path: Path):
    whole = packages.write(tmp_path / "whole", "zip", {**packages.bag(), "data/\u00fc.txt": b"x"}).read_bytes()

    (tmp_path / "p").write_bytes(whole.replace(struct.pack("<H", 0x0800), b"\0\0"))

    assert "name-encoding" in codes_of(tmp_path / "p")
