"""Names that lead elsewhere, deceive, or do not fit every file system, in each container."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docpack.archive.containers import open_container
from docpack.archive.content import BytesContent
from docpack.archive.opening import open_package
from docpack.archive.package_check import check_package
from docpack.errors import VerificationError

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

# Names below the folder `docpack-1/data/`, with the code of what is wrong with each.
INSIDE = {
    "parent": ("../evil.txt", "name-traversal"),
    "parent-within": ("a/../../evil.txt", "name-traversal"),
    "dot": ("./a.txt", "name-traversal"),
    "empty-part": ("a//b.txt", "name-traversal"),
    "backslash": ("a\\b.txt", "name-character"),
    "backslash-parent": ("..\\evil.txt", "name-character"),
    "line-feed": ("a\nb.txt", "name-character"),
    "carriage-return": ("a\rb.txt", "name-character"),
    "tab": ("a\tb.txt", "name-character"),
    "escape": ("a\x1b[2Jb.txt", "name-character"),
    "delete": ("a\x7fb.txt", "name-character"),
    "right-to-left": ("a\u202etxt.exe", "name-character"),
    "zero-width": ("a\u200bb.txt", "name-character"),
    "byte-order-mark": ("\ufeffa.txt", "name-character"),
    "line-separator": ("a\u2028b.txt", "name-character"),
    "colon": ("a:b.txt", "name-windows"),
    "stream": ("a.txt::$DATA", "name-windows"),
    "question-mark": ("a?.txt", "name-windows"),
    "star": ("a*.txt", "name-windows"),
    "pipe": ("a|b.txt", "name-windows"),
    "quote": ('a"b.txt', "name-windows"),
    "less": ("a<b.txt", "name-windows"),
    "trailing-dot": ("a.", "name-windows"),
    "trailing-blank": ("a ", "name-windows"),
    "folder-with-trailing-dot": ("a./b.txt", "name-windows"),
    "con": ("CON", "name-windows"),
    "con-with-suffix": ("con.txt", "name-windows"),
    "con-with-blank": ("con .txt", "name-windows"),
    "nul": ("nul.tar.gz", "name-windows"),
    "prn": ("Prn", "name-windows"),
    "aux-folder": ("aux/b.txt", "name-windows"),
    "com0": ("com0", "name-windows"),
    "com9": ("COM9.txt", "name-windows"),
    "lpt1": ("lpt1", "name-windows"),
    "com-superscript": ("com\u00b9.txt", "name-windows"),
    "lpt-superscript": ("LPT\u00b3", "name-windows"),
    "console-input": ("CONIN$", "name-windows"),
    "long-part": ("a" * 241, "name-length"),
    "long-path": ("/".join(["a" * 200] * 21), "name-length"),
    "decomposed": ("Nu\u0301n\u0303ez.txt", "name-unicode"),
    "case": ("metadata/Descriptive/dc.xml", "name-collision"),
    "case-of-a-file": ("mets.xml", "name-collision"),
    "case-of-sharp-s": ("documentation/LEDGER.json", "name-collision"),
    "file-below-a-file": ("METS.xml/a.txt", "file-as-folder"),
    "file-for-a-folder": ("metadata", "file-as-folder"),
    "twice": ("METS.xml", "duplicate"),
}
# Whole names.
OUTSIDE = {
    "absolute": ("/etc/passwd", "name-traversal"),
    "parent": ("../evil.txt", "name-traversal"),
    "only-parent": ("..", "name-traversal"),
    "double-slash": ("//host/share", "name-traversal"),
    "drive": ("C:/evil.txt", "name-traversal"),
    "empty": ("", "name-traversal"),
    "second-top-folder": ("docpack-2/data/a.txt", "top-folder"),
    "top-folder-in-capitals": ("DOCPACK-1/data/a.txt", "top-folder"),
    "beside-the-top-folder": ("readme.txt", "top-folder"),
}
CONTAINERS = ["tar", "zip"]


def codes_of(package: Path) -> set[str]:
    report = check_package(package)
    assert not report.ok
    return {each.code.id for each in report.problems if str(each.severity) == "error"}


@pytest.mark.parametrize("kind", CONTAINERS)
@pytest.mark.parametrize(("name", "code"), INSIDE.values(), ids=INSIDE)
def test_a_hostile_name_is_refused(name: str, code: str, kind: str, packages: ModuleType, tmp_path: Path):
    members = [*packages.bag().items(), (f"data/{name}", b"x")]

    package = packages.write(tmp_path / "p", kind, members)

    assert code in codes_of(package)
    with pytest.raises(VerificationError, match="damaged or unsafe"):
        open_package(package)


@pytest.mark.parametrize("kind", CONTAINERS)
@pytest.mark.parametrize("place", ["first", "last"])
@pytest.mark.parametrize(("name", "code"), OUTSIDE.values(), ids=OUTSIDE)
def test_a_name_outside_the_top_folder_is_refused(
    name: str, code: str, place: str, kind: str, packages: ModuleType, tmp_path: Path
):
    members = [(f"docpack-1/{path}", data) for path, data in packages.bag().items()]
    members.insert(0 if place == "first" else len(members), (name, b"x"))

    package = packages.write(tmp_path / "p", kind, members, objid="")

    found = codes_of(package)
    assert code in found


@pytest.mark.parametrize("kind", CONTAINERS)
@pytest.mark.parametrize(
    ("objid", "code"),
    [
        pytest.param("~root", "name-tilde", id="tilde"),
        pytest.param("docpack:1", "name-windows", id="colon"),
        pytest.param("docpack\u202e1", "name-character", id="right-to-left"),
    ],
)
def test_a_hostile_top_folder_is_refused(objid: str, code: str, kind: str, packages: ModuleType, tmp_path: Path):
    package = packages.write(tmp_path / "p", kind, packages.bag(), objid)

    assert code in codes_of(package)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        pytest.param("a:b.txt", "name-windows", id="windows"),
        pytest.param("hello.TXT", "name-collision", id="case"),
        pytest.param("Nu\u0301.txt", "name-unicode", id="decomposed"),
        pytest.param(".DS_Store", "system-file", id="system"),
        pytest.param("d" * 241, "name-length", id="long"),
    ],
)
def test_what_does_not_fit_every_system_is_a_warning_in_the_bags_of_others(
    name: str, code: str, packages: ModuleType, tmp_path: Path
):
    package = packages.write(tmp_path / "p", "tar", packages.bag({"hello.txt": b"1", name: b"2"}))

    report = check_package(package, foreign=True)

    assert report.ok
    assert (code, "warning") in {(each.code.id, str(each.severity)) for each in report.problems}


@pytest.mark.parametrize("kind", CONTAINERS)
@pytest.mark.parametrize("name", ["../evil.txt", "a\\b.txt", "a\u202eb.txt", "a//b", "a\nb"])
def test_what_leads_elsewhere_or_deceives_is_refused_in_the_bags_of_others(
    name: str, kind: str, packages: ModuleType, tmp_path: Path
):
    members = [*packages.bag().items(), (f"data/{name}", b"x")]
    package = packages.write(tmp_path / "p", kind, members)

    report = check_package(package, foreign=True)

    assert {"name-traversal", "name-character"} & {each.code.id for each in report.problems}
    assert not report.ok


def test_a_name_of_no_encoding_in_a_tar_is_refused(packages: ModuleType, tmp_path: Path):
    data = packages.tar_member(b"docpack-1/data/\xff\xfe.txt") + bytes(10240)
    (tmp_path / "p").write_bytes(data)

    assert "name-encoding" in codes_of(tmp_path / "p")


def test_a_hundred_thousand_files_are_the_limit(tmp_path: Path):
    with open_container("tar", tmp_path / "p") as sink:
        for number in range(100_001):
            sink.add(f"docpack-1/data/{number}", BytesContent(b""))

    assert "too-many-files" in codes_of(tmp_path / "p")
