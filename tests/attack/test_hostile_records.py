"""METS and PREMIS files with entities, false digests and references elsewhere; every manifest over them is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docpack.archive.package_check import check_package

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import ModuleType

LAUGHS = (
    '<!DOCTYPE mets [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
OUTSIDE = '<!DOCTYPE mets [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


def with_root(change: Callable[[bytes], bytes]) -> Callable[[ModuleType], dict[str, bytes]]:
    def make(packages: ModuleType) -> dict[str, bytes]:
        tree = packages.tree()
        return packages.tree(root=change(tree["METS.xml"]))

    return make


def with_inner(change: Callable[[bytes], bytes]) -> Callable[[ModuleType], dict[str, bytes]]:
    """Return a tree with another METS of the representation `source`, which the root METS proves."""

    def make(packages: ModuleType) -> dict[str, bytes]:
        tree = packages.tree()
        tree["representations/source/METS.xml"] = change(tree["representations/source/METS.xml"])
        outer = {path: data for path, data in tree.items() if path != "METS.xml"}
        outer = {p: d for p, d in outer.items() if not p.startswith("representations/") or p.endswith("METS.xml")}
        pointers = [path for path in outer if path.endswith("METS.xml")]
        return {**tree, "METS.xml": packages.mets(outer, pointers)}

    return make


def replaced(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def replace(data: bytes) -> bytes:
        assert old in data
        return data.replace(old, new, 1)

    return replace


def with_premis(data: bytes) -> Callable[[ModuleType], dict[str, bytes]]:
    return lambda packages: packages.tree({**packages.contents(), packages.PREMIS: data})


def doctype(text: str) -> Callable[[bytes], bytes]:
    return replaced(b"<mets ", text.encode() + b"<mets ")


HREF = b'xlink:href="metadata/descriptive/dc.xml"'
ATTACKS = {
    "no-mets": (lambda packages: packages.contents(), "mets-missing"),
    "no-xml": (with_root(lambda _: b"no xml"), "mets-xml"),
    "empty": (with_root(lambda _: b""), "mets-xml"),
    "cut": (with_root(lambda data: data[:-10]), "mets-xml"),
    "billion-laughs": (with_root(doctype(LAUGHS)), "mets-xml"),
    "external-entity": (with_root(doctype(OUTSIDE)), "mets-xml"),
    "external-doctype": (with_root(doctype('<!DOCTYPE mets SYSTEM "http://169.254.169.254/x.dtd">')), "mets-xml"),
    "external-parameter-entity": (
        with_root(doctype('<!DOCTYPE mets [<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;]>')),
        "mets-xml",
    ),
    "nul": (with_root(replaced(b"<fileSec>", b"\0<fileSec>")), "mets-xml"),
    "other-objid": (with_root(replaced(b'OBJID="docpack-1"', b'OBJID="docpack-2"')), "mets-objid"),
    "no-objid": (with_root(replaced(b'OBJID="docpack-1"', b"")), "mets-objid"),
    "other-root": (with_root(lambda _: b"<html/>"), "mets-objid"),
    "absolute": (with_root(replaced(HREF, b'xlink:href="/etc/passwd"')), "mets-href"),
    "file-address": (with_root(replaced(HREF, b'xlink:href="file:///etc/passwd"')), "mets-href"),
    "web-address": (with_root(replaced(HREF, b'xlink:href="http://169.254.169.254/"')), "mets-href"),
    "parent": (with_root(replaced(HREF, b'xlink:href="../bagit.txt"')), "mets-href"),
    "encoded-parent": (with_root(replaced(HREF, b'xlink:href="%2e%2e/bagit.txt"')), "mets-href"),
    "backslash": (with_root(replaced(HREF, b'xlink:href="metadata\\dc.xml"')), "mets-href"),
    "fragment": (with_root(replaced(HREF, HREF[:-1] + b'#x"')), "mets-href"),
    "no-address": (with_root(replaced(HREF, b"")), "mets-href"),
    "ghost": (with_root(replaced(b"dc.xml", b"ghost.xml")), "mets-file-missing"),
    "file-left-out": (with_root(replaced(HREF, b'xlink:href="documentation/ledger.json"')), "mets-unlisted"),
    "other-digest": (with_root(replaced(b'CHECKSUM="', b'CHECKSUM="0')), "mets-digest"),
    "no-digest": (with_root(replaced(b"CHECKSUM=", b"CREATED=")), "mets-no-digest"),
    "no-kind": (with_root(replaced(b"CHECKSUMTYPE=", b"MIMETYPE=")), "mets-no-digest"),
    "md5": (with_root(replaced(b"SHA-512", b"MD5")), "mets-no-digest"),
    "no-size": (with_root(replaced(b"SIZE=", b"SEQ=")), "mets-no-digest"),
    "negative-size": (with_root(replaced(b'SIZE="', b'SIZE="-')), "mets-no-digest"),
    "other-size": (with_root(replaced(b'SIZE="', b'SIZE="1')), "mets-size"),
    "inner-not-xml": (with_inner(lambda _: b"no xml"), "mets-xml"),
    "inner-laughs": (with_inner(doctype(LAUGHS)), "mets-xml"),
    "inner-parent": (with_inner(replaced(b"data/in.txt", b"../../METS.xml")), "mets-href"),
    "inner-ghost": (with_inner(replaced(b"data/in.txt", b"data/ghost.txt")), "mets-file-missing"),
    "inner-digest": (with_inner(replaced(b'CHECKSUM="', b'CHECKSUM="0')), "mets-digest"),
    "premis-not-xml": (with_premis(b"no xml"), "record-xml"),
    "premis-laughs": (with_premis(LAUGHS.encode() + b"<mets/>"), "record-xml"),
    "premis-entity": (with_premis(OUTSIDE.encode() + b"<mets>&x;</mets>"), "record-xml"),
    "premis-huge": (with_premis(b"<premis>" + b" " * 64_000_000 + b"</premis>"), "tag-too-large"),
}


@pytest.mark.parametrize("bagged", [True, False], ids=["bag", "no-bag"])
@pytest.mark.parametrize(("make", "code"), ATTACKS.values(), ids=ATTACKS)
def test_a_hostile_record_is_refused(
    make: Callable[[ModuleType], dict[str, bytes]], code: str, bagged: bool, packages: ModuleType, tmp_path: Path
):
    tree = make(packages)

    report = check_package(packages.write(tmp_path / "p", "tar", packages.bag(tree) if bagged else tree))

    assert not report.ok
    assert code in {each.code.id for each in report.problems}


def test_records_that_point_at_each_other_end(packages: ModuleType, tmp_path: Path):
    tree = packages.tree()
    inner = tree["representations/source/METS.xml"].replace(
        b"<structMap>", b'<structMap><div><mptr LOCTYPE="URL" xlink:href="METS.xml"/></div>'
    )
    tree["representations/source/METS.xml"] = inner

    report = check_package(packages.write(tmp_path / "p", "tar", packages.bag(tree)))

    assert {each.code.id for each in report.problems} == {"mets-size"}


def test_a_record_that_is_only_pointed_at_is_not_proved_without_a_bag(packages: ModuleType, tmp_path: Path):
    files = packages.tree()
    outer = {path: data for path, data in files.items() if path.startswith(("metadata/", "documentation/"))}
    pointers = [path for path in files if path.endswith("/METS.xml")]
    files["METS.xml"] = packages.mets(outer, pointers)

    bag = check_package(packages.write(tmp_path / "bag", "tar", packages.bag(files)))
    bare = check_package(packages.write(tmp_path / "bare", "tar", files))

    assert bag.ok
    assert "mets-no-digest" in {each.code.id for each in bare.problems}
