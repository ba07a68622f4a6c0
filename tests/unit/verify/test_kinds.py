"""What a file is, by its content first."""

from __future__ import annotations

import io
import os
import tarfile
import zipfile

import pytest

from docpack.errors import InputError
from docpack.verify.kinds import kinds_of


def zipped(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), content)
    return buffer.getvalue()


def tarred() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("x/bagit.txt"))
    return buffer.getvalue()


TEI = b'<?xml version="1.0"?><!-- x --><TEI xmlns="http://www.tei-c.org/ns/1.0">'


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        pytest.param("a.bin", b"%PDF-1.7\n", "pdf", id="pdf"),
        pytest.param("a.bin", b"\xef\xbb\xbf\n%PDF-1.7\n", "pdf", id="pdf-after-a-mark"),
        pytest.param("a.pdf", b"rubbish", "pdf", id="a-broken-pdf"),
        pytest.param("a.bin", zipped(mimetype=b"application/epub+zip"), "epub", id="epub"),
        pytest.param("a.pdf", zipped(mimetype=b"application/epub+zip"), "epub", id="an-epub-called-pdf"),
        pytest.param("a.epub", b"PK\x03\x04 rubbish", "epub", id="a-broken-epub"),
        pytest.param("a.docx", b"rubbish", "docx", id="a-broken-docx"),
        pytest.param("a.bin", zipped(other=b"x"), "container", id="zip"),
        pytest.param("a.bin", tarred(), "container", id="tar"),
        pytest.param("a.bin", TEI, "tei", id="tei"),
        pytest.param(
            "a.bin", TEI.decode().replace('"1.0"?', '"1.0" encoding="UTF-16"?').encode("utf-16"), "tei", id="utf-16"
        ),
        pytest.param("a.tei.xml", b"<TEI", "tei", id="a-broken-tei"),
        pytest.param("a.xml", b'<m:mets xmlns:m="http://www.loc.gov/METS/"/>', "mets", id="mets"),
        pytest.param("a.xml", b'<premis xmlns="http://www.loc.gov/premis/v3"/>', "premis", id="premis"),
    ],
)
def test_a_file_is_what_it_holds_and_only_then_what_it_is_called(tmp_path, name, content, kind):
    path = tmp_path / name
    path.write_bytes(content)

    assert kinds_of(path) == (kind, "file")


def test_a_docx_is_told_from_other_zips(tmp_path):
    path = tmp_path / "a.bin"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("word/document.xml", "<x/>")

    assert kinds_of(path) == ("docx", "file")


@pytest.mark.parametrize(
    ("files", "kinds"),
    [
        pytest.param(["bagit.txt"], ("bag",), id="bag"),
        pytest.param(["bagit.txt", "data/METS.xml"], ("bag", "mets-package"), id="our-bag"),
        pytest.param(["0=ocfl_1.1"], ("ocfl",), id="ocfl-root"),
        pytest.param(["0=ocfl_object_1.1"], ("ocfl",), id="ocfl-object"),
        pytest.param(["METS.xml"], ("eark", "mets-package"), id="e-ark"),
        pytest.param(["readme.txt"], (), id="none"),
    ],
)
def test_a_folder_is_what_lies_in_it(tmp_path, files, kinds):
    for name in files:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")

    assert kinds_of(tmp_path) == kinds


@pytest.mark.parametrize("name", ["a.xml", "a.tei.xml", "a.tei"])
def test_xml_with_a_document_type_is_handed_to_nobody(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b'<!DOCTYPE TEI SYSTEM "file:///etc/passwd"><TEI xmlns="http://www.tei-c.org/ns/1.0"/>')

    with pytest.raises(InputError, match="document type declaration"):
        kinds_of(path)


def test_a_package_whose_mets_has_a_document_type_is_handed_to_nobody(tmp_path):
    (tmp_path / "METS.xml").write_bytes(b'<!DOCTYPE mets [<!ENTITY a "b">]><mets xmlns="http://www.loc.gov/METS/"/>')

    with pytest.raises(InputError, match="document type declaration"):
        kinds_of(tmp_path)


def test_a_missing_file_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="there is no file"):
        kinds_of(tmp_path / "nothing.epub")


def test_an_empty_file_is_an_input_error(tmp_path):
    (tmp_path / "a.epub").touch()

    with pytest.raises(InputError, match="is empty"):
        kinds_of(tmp_path / "a.epub")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.epub")

    with pytest.raises(InputError, match="neither a file nor a folder"):
        kinds_of(tmp_path / "pipe.epub")
