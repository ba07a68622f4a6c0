"""Containers: the bytes depend on names and contents alone, and other programs read them."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

import pytest

from docpack.archive.containers import open_container
from docpack.archive.containers.tar_writer import TarWriter, split_ustar_name
from docpack.archive.containers.zip_writer import _end, _Entry
from docpack.archive.content import BytesContent
from docpack.archive.opening import open_package
from docpack.errors import OutputError

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

FILES = {
    "docpack-1/bagit.txt": b"x" * 54,
    "docpack-1/data/empty": b"",
    "docpack-1/data/" + "d" * 90 + "/" + "f" * 90: b"fits into prefix and name",
    "docpack-1/data/" + "f" * 120: b"needs an extended header",
    "docpack-1/data/\u00fc.txt": b"needs one too",
    "docpack-1/data/block": b"b" * 512,
    "docpack-1/data/large": bytes(range(256)) * 5000,
}
SCRIPT = """
import sys
from docpack.archive.containers import open_container
from docpack.archive.content import BytesContent
from pathlib import Path
with open_container(sys.argv[1], Path(sys.argv[2])) as sink:
    sink.add("docpack-1/b.txt", BytesContent(b"B"))
    sink.add("docpack-1/a/ü.txt", BytesContent(b"A"))
"""


def written(kind: str, path: Path) -> Path:
    with open_container(kind, path) as sink:
        for name, data in FILES.items():
            sink.add(name, BytesContent(data))
    return path


@pytest.mark.parametrize("kind", ["tar", "zip", "folder"])
def test_what_is_written_is_read_again_in_order(kind: str, tmp_path: Path):
    path = written(kind, tmp_path / "p")

    with open_package(path) as package:
        found = {}
        for name, member in package.members.items():
            with member.open() as file:
                found[f"docpack-1/{name}"] = file.read()

    assert found == FILES
    assert kind == "folder" or list(found) == list(FILES)
    assert package.container == kind
    assert package.objid == "docpack-1"


def test_python_reads_the_tar(tmp_path: Path):
    with tarfile.open(written("tar", tmp_path / "p")) as archive:
        infos = archive.getmembers()
        found = {each.name: archive.extractfile(each).read() for each in infos}

    assert found == FILES
    assert {(each.mode, each.uid, each.gid, each.uname, each.gname, each.mtime) for each in infos} == {
        (0o644, 0, 0, "", "", 315532800)
    }


def test_python_reads_the_zip(tmp_path: Path):
    with zipfile.ZipFile(written("zip", tmp_path / "p")) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
        infos = archive.infolist()

    assert found == FILES
    assert {(each.date_time, each.compress_type, each.extra, each.external_attr >> 16) for each in infos} == {
        ((1980, 1, 1, 0, 0, 0), zipfile.ZIP_STORED, b"", 0o100644)
    }


@pytest.mark.parametrize(("program", "kind"), [("tar", "tar"), ("unzip", "zip")])
def test_programs_of_the_system_read_it(program: str, kind: str, tmp_path: Path):
    path = written(kind, tmp_path / "p")
    command = ["tar", "tf", path] if program == "tar" else ["unzip", "-tq", path]

    run = subprocess.run(command, capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stderr
    assert run.stderr == ""


@pytest.mark.parametrize("kind", ["tar", "zip"])
def test_the_bytes_depend_on_names_and_contents_alone(kind: str, tmp_path: Path):
    made = []
    for number, (zone, seed, mask) in enumerate([("UTC", "0", 0o022), ("Asia/Tokyo", "7", 0o077)]):
        environment = {**os.environ, "TZ": zone, "PYTHONHASHSEED": seed, "SOURCE_DATE_EPOCH": str(number)}
        path = tmp_path / str(number)
        subprocess.run([sys.executable, "-c", SCRIPT, kind, path], env=environment, umask=mask, check=True)
        made.append(path.read_bytes())

    assert made[0] == made[1]


@pytest.mark.parametrize("kind", ["tar", "zip", "folder"])
def test_what_was_written_is_hashed_on_the_way(kind: str, tmp_path: Path):
    with open_container(kind, tmp_path / "p") as sink:
        digests = sink.add("a/b", BytesContent(b"content"))

    assert digests.size_bytes == 7
    assert digests.sha256 == hashlib.sha256(b"content").hexdigest()
    assert digests.sha512 == hashlib.sha512(b"content").hexdigest()


@dataclass(frozen=True)
class Changing:
    """A content that has another size than it said."""

    size_bytes: int
    data: bytes

    def open(self) -> BinaryIO:
        return io.BytesIO(self.data)


@pytest.mark.parametrize("kind", ["tar", "zip", "folder"])
@pytest.mark.parametrize("data", [b"shorter", b"very much longer"])
def test_a_content_that_changes_while_it_is_packed_is_refused(kind: str, data: bytes, tmp_path: Path):
    with pytest.raises(OutputError, match="had 10 bytes and now has"), open_container(kind, tmp_path / "p") as sink:
        sink.add("a/b", Changing(10, data))


@pytest.mark.parametrize("kind", ["tar", "zip"])
def test_an_existing_file_is_not_overwritten(kind: str, tmp_path: Path):
    (tmp_path / "p").write_bytes(b"mine")

    with pytest.raises(FileExistsError):
        open_container(kind, tmp_path / "p")

    assert (tmp_path / "p").read_bytes() == b"mine"


def test_a_folder_follows_no_links(tmp_path: Path):
    (tmp_path / "p" / "a").mkdir(parents=True)
    (tmp_path / "p" / "a" / "b").symlink_to(tmp_path / "elsewhere")

    with open_container("folder", tmp_path / "p") as sink, pytest.raises(FileExistsError):
        sink.add("a/b", BytesContent(b"x"))

    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        pytest.param("a" * 100, (b"", b"a" * 100), id="fits"),
        pytest.param("a" * 101, None, id="one-part-too-long"),
        pytest.param("a/" + "b" * 100, (b"a", b"b" * 100), id="split"),
        pytest.param("a" * 155 + "/" + "b" * 100, (b"a" * 155, b"b" * 100), id="the-longest"),
        pytest.param("a" * 156 + "/" + "b" * 100, None, id="prefix-too-long"),
        pytest.param("a" * 200 + "/b", None, id="no-cut-fits"),
        pytest.param("\u00fc", None, id="not-ascii"),
    ],
)
def test_a_name_is_split_where_ustar_can_hold_it(name: str, parts: tuple[bytes, bytes] | None):
    assert split_ustar_name(name) == parts


def test_the_end_of_an_archive_is_padded_to_a_record(tmp_path: Path):
    assert written("tar", tmp_path / "p").stat().st_size % 10240 == 0


def test_large_numbers_of_a_zip_stand_in_its_64_bit_fields():
    small, large = _Entry(b"a", 0, 5, 0, 0), _Entry(b"a", 0, 1 << 32, 0, 1 << 33)

    assert len(small.local_header()) == 31
    assert len(large.local_header()) == 31 + 20
    assert small.central_header()[-1:] == b"a"
    assert len(large.central_header()) == 47 + 28
    assert len(_end(1, 0, 10)) == 22
    assert len(_end(70_000, 0, 10)) == 22 + 76
    assert len(_end(1, 1 << 32, (1 << 32) + 10)) == 22 + 76


def test_a_zip_of_seventy_thousand_files_is_read_again(packages: ModuleType, tmp_path: Path):
    packages.write(tmp_path / "p", "zip", {f"data/{number}": b"" for number in range(70_000)})

    with open_package(tmp_path / "p") as package:
        assert len(package.members) == 70_000
    with zipfile.ZipFile(tmp_path / "p") as archive:
        assert len(archive.namelist()) == 70_000


class Kept(io.BytesIO):
    """A file that can be looked at after it was closed."""

    def close(self) -> None:
        self.flush()


LARGE = 8**11  # one byte more than eleven octal digits hold


def test_a_file_beyond_eight_gigabytes_in_a_tar_is_read_again(tmp_path: Path):
    file = Kept()
    with pytest.raises(OutputError), TarWriter(file) as sink:
        sink.add("docpack-1/large", Changing(LARGE, b""))
    headers = file.getvalue()[:1536]
    with (tmp_path / "p").open("wb") as archive:  # sparse: it takes no space
        archive.write(headers)
        archive.truncate(len(headers) + LARGE + 10240)

    with open_package(tmp_path / "p") as package, tarfile.open(tmp_path / "p") as other:
        assert package.members["large"].size_bytes == LARGE
        assert other.getmembers()[0].size == LARGE


def test_a_file_beyond_four_gigabytes_in_a_zip_is_read_again(tmp_path: Path):
    size = 1 << 32
    entry, after = _Entry(b"docpack-1/large", 0, size, 0, 0), _Entry(b"docpack-1/x", 0, 0, 0, size + 65)
    with (tmp_path / "p").open("wb") as archive:  # sparse: it takes no space
        archive.write(entry.local_header())
        archive.seek(after.offset_bytes)
        archive.write(after.local_header())
        start = archive.tell()
        archive.write(entry.central_header() + after.central_header())
        archive.write(_end(2, start, archive.tell()))

    with open_package(tmp_path / "p") as package, zipfile.ZipFile(tmp_path / "p") as other:
        assert package.members["large"].size_bytes == size
        assert other.infolist()[0].file_size == size
        assert other.read("docpack-1/x") == b""
