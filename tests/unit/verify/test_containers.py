"""Archives taken apart: plain files only, and nothing outside the folder, whatever the archive asks for."""

from __future__ import annotations

import io
import struct
import tarfile
import zipfile

import pytest

from docpack.errors import InputError
from docpack.verify import containers
from docpack.verify.containers import unpacked


def tar_with(*members: tuple[str, bytes, dict]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content, more in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            for key, value in more.items():
                setattr(info, key, value)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def zip_with(*entries: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return buffer.getvalue()


def link() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("x/link")
    info.external_attr = 0o120777 << 16
    return info


def negative_size() -> bytes:
    data = bytearray(tar_with(("x/a", b"a" * 600, {})))
    data[124:136] = b"\xff" * 10 + struct.pack(">h", -1024)
    data[148:156] = b" " * 8
    data[148:156] = b"%06o\0 " % sum(data[:512])
    return bytes(data)


def pax_of_2_gb() -> bytes:
    info = tarfile.TarInfo("x/a")
    info.type = tarfile.XHDTYPE
    info.size = 2_000_000_000
    return info.tobuf() + b"\0" * 10_240


def chain_of_pax_headers() -> bytes:
    block = tarfile.TarInfo.create_pax_global_header({"a": "b"})
    return block * 5000 + b"\0" * 1024


@pytest.mark.parametrize(
    ("name", "data"),
    [
        pytest.param("p.tar", tar_with(("x/bagit.txt", b"one", {}), ("x/data/a", b"two", {})), id="tar"),
        pytest.param("p.zip", zip_with(("x/bagit.txt", b"one"), ("x/data/a", b"two")), id="zip-stored"),
        pytest.param(
            "p.zip",
            zip_with(("x/bagit.txt", b"one"), ("x/data/a", b"two"), method=zipfile.ZIP_DEFLATED),
            id="zip-deflated",
        ),
    ],
)
def test_a_package_is_given_as_the_folder_that_it_holds(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)

    with unpacked(tmp_path / name) as folder:
        found = {each.relative_to(folder).as_posix(): each.read_bytes() for each in folder.rglob("*") if each.is_file()}

    assert folder.name == "x"
    assert found == {"bagit.txt": b"one", "data/a": b"two"}
    assert not folder.exists()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        pytest.param("p.tar", tar_with(("../evil", b"x", {})), id="tar-traversal"),
        pytest.param("p.tar", tar_with(("x/../../evil", b"x", {})), id="tar-traversal-inside"),
        pytest.param("p.tar", tar_with(("/evil", b"x", {})), id="tar-absolute"),
        pytest.param("p.tar", tar_with(("x/C:\\evil", b"x", {})), id="tar-windows"),
        pytest.param("p.tar", tar_with(("x/a", b"", {"type": tarfile.SYMTYPE, "linkname": "/"})), id="tar-symlink"),
        pytest.param("p.tar", tar_with(("x/a", b"", {"type": tarfile.LNKTYPE, "linkname": "b"})), id="tar-hard-link"),
        pytest.param("p.tar", tar_with(("x/a", b"", {"type": tarfile.CHRTYPE})), id="tar-device"),
        pytest.param("p.tar", tar_with(("x/a", b"", {"type": tarfile.FIFOTYPE})), id="tar-pipe"),
        pytest.param("p.tar", tar_with(("x/a", b"1", {}), ("x/a", b"2", {})), id="tar-twice"),
        pytest.param("p.tar", tar_with(("x", b"1", {}), ("x/a", b"2", {})), id="tar-file-and-folder"),
        pytest.param("p.tar", tar_with(("x/a", b"1" * 9000, {}))[:2000], id="tar-cut-off"),
        pytest.param("p.tar", negative_size(), id="tar-negative-size"),
        pytest.param("p.tar", pax_of_2_gb(), id="tar-header-of-2-gb"),
        pytest.param("p.tar", chain_of_pax_headers(), id="tar-chain-of-headers"),
        pytest.param("p.zip", zip_with(("../evil", b"x")), id="zip-traversal"),
        pytest.param("p.zip", zip_with(("/evil", b"x")), id="zip-absolute"),
        pytest.param("p.zip", zip_with((link(), b"/etc/passwd")), id="zip-symlink"),
        pytest.param("p.zip", zip_with(("x/a", bytes(5_000_000)), method=zipfile.ZIP_DEFLATED), id="zip-bomb"),
        pytest.param("p.zip", zip_with(("x/a", b"x"), method=zipfile.ZIP_LZMA), id="zip-lzma"),
        pytest.param("p.zip", zip_with(("x/a", b"x"))[:-30], id="zip-cut-off"),
        pytest.param("p.zip", zip_with(("x/a", b"one")).replace(b"one", b"two"), id="zip-wrong-checksum"),
    ],
)
def test_what_no_package_holds_is_refused(tmp_path, name, data):
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / name
    path.write_bytes(data)

    with pytest.raises(InputError), unpacked(path):
        pass

    assert sorted(tmp_path.rglob("*")) == [tmp_path / "in", path]


def test_more_files_than_the_limit_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(containers, "MAX_FILES", 3)
    path = tmp_path / "p.tar"
    path.write_bytes(tar_with(*((f"x/{i}", b"", {}) for i in range(4))))

    with pytest.raises(InputError, match="more than 3 files"), unpacked(path):
        pass


def test_more_bytes_than_the_limit_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(containers, "MAX_BYTES", 1000)
    path = tmp_path / "p.tar"
    path.write_bytes(tar_with(("x/a", b"x" * 600, {}), ("x/b", b"x" * 600, {})))

    with pytest.raises(InputError, match="room"), unpacked(path):
        pass


def test_a_zip_whose_directory_is_too_large_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(containers, "MAX_READ_BYTES", 1000)
    path = tmp_path / "p.zip"
    path.write_bytes(zip_with(*((f"x/{i}", b"") for i in range(100))))

    with pytest.raises(InputError, match="impossible size"), unpacked(path):
        pass
