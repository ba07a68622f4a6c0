"""Bags as they are written: in one pass, sorted, and as the standard and its tools want them."""

from __future__ import annotations

import doctest
import hashlib
import subprocess
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from docpack.archive.bag_info import human_size, render
from docpack.archive.bagit import BagWriter, encode_path
from docpack.archive.containers import open_container
from docpack.archive.content import BytesContent
from docpack.archive.order import packing_order
from docpack.archive.package_check import check_package

if TYPE_CHECKING:
    from types import ModuleType

MODULES = ["bag_info", "bagit", "order", "problems", "containers.tar_writer"]


def written(folder: Path, payload: dict[str, bytes], info: list[tuple[str, str]]) -> Path:
    with open_container("folder", folder) as sink:
        bag = BagWriter(sink, "docpack-1")
        for path, data in payload.items():
            bag.add(path, BytesContent(data))
        bag.close(info)
    return folder / "docpack-1"


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_in_the_docstrings_are_right(name: str):
    assert doctest.testmod(import_module(f"docpack.archive.{name}")).failed == 0


def test_a_bag_is_what_is_said_by_hand(packages: ModuleType, tmp_path: Path):
    tree = packages.tree()

    bag = written(tmp_path / "p", tree, [("Bagging-Date", "1980-01-01"), ("Source-Organization", "Archive of Tests")])

    found = {str(path.relative_to(bag)): path.read_bytes() for path in bag.rglob("*") if path.is_file()}
    assert found == packages.bag(tree)


def test_files_come_in_the_order_of_packing(packages: ModuleType, tmp_path: Path):
    with open_container("tar", tmp_path / "p") as sink:
        bag = BagWriter(sink, "docpack-1")
        for path in packing_order(packages.tree()):
            bag.add(path, BytesContent(packages.tree()[path]))
        bag.close([("Bagging-Date", "1980-01-01")])

    assert check_package(tmp_path / "p", level="canonical").ok


def test_a_file_of_one_path_is_not_added_twice(tmp_path: Path):
    with open_container("folder", tmp_path / "p") as sink:
        bag = BagWriter(sink, "docpack-1")
        bag.add("a", BytesContent(b""))

        with pytest.raises(ValueError, match="two files named a"):
            bag.add("a", BytesContent(b""))


@pytest.mark.parametrize(
    ("path", "encoded"),
    [
        pytest.param("data/a b", "data/a b", id="blank"),
        pytest.param("data/100%", "data/100%25", id="percent"),
        pytest.param("data/%0A", "data/%250A", id="what-looks-encoded"),
        pytest.param("data/a\nb\r", "data/a%0Ab%0D", id="line-ends"),
        pytest.param("data/\u00fc~", "data/\u00fc~", id="nothing-else"),
    ],
)
def test_only_what_would_break_a_line_is_encoded(path: str, encoded: str):
    assert encode_path(path) == encoded


@pytest.mark.parametrize(
    ("value", "line"),
    [
        pytest.param("two\nlines", b"two lines", id="line-feed"),
        pytest.param("two\r\nlines", b"two lines", id="both"),
        pytest.param("two\u2028lines\x85three", b"two lines three", id="unicode-line-ends"),
        pytest.param("tab\there\x00", b"tab here", id="control-characters"),
        pytest.param("  blanks  ", b"blanks", id="blanks"),
    ],
)
def test_a_value_stays_on_its_line(value: str, line: bytes):
    assert render([("Contact-Name", value)]) == b"Contact-Name: " + line + b"\n"


def test_fields_without_a_value_are_left_out():
    assert render([("Contact-Name", " "), ("Contact-Phone", "")]) == b""


def test_labels_have_one_order():
    fields = [
        ("Zebra", "1"),
        ("Payload-Oxum", "2"),
        ("Apple", "3"),
        ("Bagging-Date", "4"),
        ("Source-Organization", "5"),
    ]

    labels = [line.partition(b":")[0].decode() for line in render(fields).splitlines()]

    assert labels == ["Source-Organization", "Bagging-Date", "Apple", "Zebra", "Payload-Oxum"]


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (999_949, "999.9 kB"),
        (999_950, "1.0 MB"),
        (10**15, "1000.0 TB"),
    ],
)
def test_sizes_for_people_are_rounded_half_up(size: int, text: str):
    assert human_size(size) == text


def test_what_is_described_comes_before_what_describes_it():
    order = [
        "representations/epub/data/a.epub",
        "representations/source/data/a.txt",
        "documentation/ledger.json",
        "schemas/mets.xsd",
        "other.txt",
        "metadata/descriptive/dc.xml",
        "metadata/preservation/premis.xml",
        "representations/source/metadata/preservation/premis.xml",
        "representations/epub/METS.xml",
        "METS.xml",
    ]

    assert packing_order(reversed(order)) == order


@pytest.mark.validators
@pytest.mark.parametrize("algorithm", ["sha256", "sha512"])
def test_the_tool_of_the_library_of_congress_calls_it_valid(algorithm: str, packages: ModuleType, tmp_path: Path):
    bag = written(tmp_path / "p", packages.tree(), [("Bagging-Date", "1980-01-01")])
    python = Path.home() / ".cache" / "docpack-validators" / "venv" / "bin" / "python"

    run = subprocess.run([python, "-m", "bagit", "--validate", bag], capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stderr
    lines = (bag / f"manifest-{algorithm}.txt").read_text().splitlines()
    assert all(
        hashlib.new(algorithm, (bag / line[len(line.split()[0]) + 2 :]).read_bytes()).hexdigest() == line.split()[0]
        for line in lines
    )
