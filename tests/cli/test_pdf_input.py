"""PDFs as input on the command line: places on pages, page labels, conversion, proof and packages."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from lxml import etree

import docpack as library

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"

TEI = "{http://www.tei-c.org/ns/1.0}"
XML_ID = "{http://www.w3.org/XML/1998/namespace}id"


@pytest.fixture(scope="module")
def pages_bytes():
    """Return a PDF of three small pages, without page labels."""
    document = library.read(EXAMPLES / "tin-box.txt")
    return relabelled(library.write(document, "pdf", options={"paper": "pocket"}), [])


def relabelled(data, ranges):
    """Return a PDF whose page labels are these: (first page, last page, style, first number)."""
    from pypdf import PdfWriter
    from pypdf.generic import NameObject

    writer = PdfWriter(clone_from=io.BytesIO(data))
    writer.root_object.pop(NameObject("/PageLabels"), None)
    for first, last, style, start in ranges:
        writer.set_page_label(first, last, style=style, start=start)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


@pytest.fixture
def pdf(tmp_path, pages_bytes):
    """Return a PDF without page labels."""
    path = tmp_path / "in.pdf"
    path.write_bytes(pages_bytes)
    return path


@pytest.fixture
def labelled(tmp_path, pages_bytes):
    """Return a PDF whose pages are called ii, iii and 1."""
    path = tmp_path / "in.pdf"
    path.write_bytes(relabelled(pages_bytes, [(0, 1, "/r", 2), (2, 2, "/D", 1)]))
    return path


# ------------------------------------------------------------------------------------------------ inputs and outputs


def test_a_pdf_is_known_by_its_content(docpack, pdf):
    pdf.rename(pdf.with_name("in.bin"))

    done = docpack("convert", "in.bin", "-t", "json", "-o", "-")

    assert done.returncode == 0, done.stderr
    assert b"The harbour master of Vell" in done.stdout


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(("-o", "in.pdf"), id="named"),
        pytest.param(("-t", "pdf"), id="beside"),
        pytest.param(("-t", "pdf", "-d", "."), id="same-folder"),
        pytest.param(("-t", "pdf", "-d", "../{name}"), id="same-folder-otherwise"),
    ],
)
def test_a_pdf_is_never_replaced_by_what_is_made_of_it(docpack, pdf, pages_bytes, options):
    done = docpack("convert", "in.pdf", *(each.format(name=pdf.parent.name) for each in options))

    assert done.returncode == 2
    assert b"is read as well and would be overwritten" in done.stderr
    assert pdf.read_bytes() == pages_bytes


def test_a_batch_never_replaces_its_inputs(docpack, pdf, pages_bytes):
    done = docpack("batch", "*.pdf", "-d", ".", "-t", "pdf", "--no-cache")

    assert done.returncode == 2
    assert pdf.read_bytes() == pages_bytes


def test_a_folder_stands_for_its_pdfs_too(docpack, pdf, tmp_path):
    (tmp_path / "works").mkdir()
    pdf.rename(tmp_path / "works" / "box.PDF")
    (tmp_path / "works" / "ode.txt").write_text("   It was a box of tin.\n")

    done = docpack("batch", "works", "-d", "out", "-t", "tei", "--no-cache", env={"DOCPACK_CACHE_DIR": "cache"})

    assert done.returncode == 0, done.stderr
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"box.tei.xml", "ode.tei.xml"}


def test_what_is_no_pdf_is_not_taken_for_a_text_because_of_its_name(docpack, tmp_path):
    (tmp_path / "in.pdf").write_text("<html>404: there is no such file")

    refused, told = (
        docpack("convert", "in.pdf", "-o", "a.epub"),
        docpack("convert", "in.pdf", "-f", "text", "-o", "b.epub"),
    )

    assert refused.returncode == 3
    assert b"it is no pdf, as its name says" in refused.stderr
    assert told.returncode == 0
    assert not (tmp_path / "a.epub").exists()


# --------------------------------------------------------------------------------------------------- places on pages


def test_a_line_is_told_with_its_page_and_its_place(docpack, labelled):
    done = docpack("explain", "in.pdf", "--line", "4")

    told = done.stdout.decode()
    assert "\nPage ii (page 1 of the file), of 3: " in told
    assert " points from the left edge, " in told
    assert "Line 4 goes on where the text before it stops" in told


def test_a_line_of_a_pdf_without_labels_has_the_number_of_its_page(docpack, pdf):
    done = docpack("explain", "in.pdf", "--line", "4")

    assert "\nPage 1, of 3: " in done.stdout.decode()


def test_the_ledger_has_pages_and_the_place_of_each_line(docpack, labelled):
    done = docpack("explain", "in.pdf", "--json")

    ledger = json.loads(done.stdout)
    source = ledger["source"]
    assert [page["label"] for page in source["pages"]] == ["ii", "iii", "1"]
    assert all(page["width"] > 0 and page["height"] > 0 for page in source["pages"])
    assert {each[0] for each in source["boxes"]} == {0, 1, 2}
    for page, left, top, right, bottom in source["boxes"]:
        assert 0 <= left < right <= source["pages"][page]["width"]
        assert 0 <= top < bottom <= source["pages"][page]["height"]
    assert max(edit["line"] for edit in ledger["edits"]) <= len(source["boxes"])


def test_a_line_as_json_has_its_place(docpack, labelled):
    done = docpack("explain", "in.pdf", "--line", "4", "--json")

    told = json.loads(done.stdout)
    assert told["place"]["page"] == "ii"
    assert told["place"]["index"] == 0
    assert told["place"]["left"] < told["place"]["right"]
    assert {edit["line"] for edit in told["edits"]} <= {3, 4}


def test_a_text_without_pages_has_the_ledger_it_always_had(docpack, text):
    done = docpack("explain", text, "--json")

    assert set(json.loads(done.stdout)["source"]) == {"sha256", "encoding", "newline", "characters"}


def test_doubts_name_their_page(docpack, labelled):
    done = docpack("explain", "in.pdf", "--unsure", "1", "--json")
    words = docpack("explain", "in.pdf", "--unsure", "1")

    found = json.loads(done.stdout)["unsure"]
    assert {each["page"] for each in found} == {"ii", "iii", "1"}
    assert f"\npage {found[0]['page']}, line {found[0]['line']}: " in words.stdout.decode()


def test_warnings_of_strict_conversions_name_the_page(docpack, labelled):
    done = docpack("convert", "in.pdf", "-t", "json", "-d", "out", "--strict", "1")

    assert done.returncode == 6
    assert b"warning: in.pdf: page " in done.stderr


# -------------------------------------------------------------------------------------------------------- page labels


def test_page_labels_of_the_pdf_reach_all_formats(docpack, labelled, tmp_path):
    done = docpack("convert", "in.pdf", "-d", "out", "-t", "json,tei,epub,pdf", "--verify")

    assert done.returncode == 0, done.stderr
    tei = etree.parse(tmp_path / "out" / "in.tei.xml")
    assert [each.get("n") for each in tei.iter(f"{TEI}pb")] == ["ii", "iii", "1"]
    assert page_list(tmp_path / "out" / "in.epub") == ["ii", "iii", "1"]
    assert pages_in_json(tmp_path / "out" / "in.json") == ["ii", "iii", "1"]
    assert {"page-ii", "page-iii", "page-1"} <= named_destinations(tmp_path / "out" / "in.pdf")


def test_without_page_labels_the_printed_numbers_count(docpack, pdf, tmp_path):
    docpack("convert", "in.pdf", "-d", "out", "-t", "json,tei")

    tei = etree.parse(tmp_path / "out" / "in.tei.xml")
    assert [each.get("n") for each in tei.iter(f"{TEI}pb")] == ["1", "2", "3"]


# ---------------------------------------------------------------------------------------------------------- facsimile


def test_a_facsimile_tells_where_each_line_stands(docpack, labelled, tmp_path):
    done = docpack("convert", "in.pdf", "-t", "tei", "--facsimile")
    restored = docpack("restore", "in.tei.xml", "-o", "again.txt")

    assert done.returncode == 0, done.stderr
    root = etree.parse(tmp_path / "in.tei.xml")
    assert [each.get("n") for each in root.iter(f"{TEI}surface")] == ["ii", "iii", "1"]
    zones = {f"#{each.get(XML_ID)}": each.get("n") for each in root.iter(f"{TEI}zone")}
    lines = [each for each in root.iter(f"{TEI}lb") if each.get("ed") == "source"]
    assert all(zones[each.get("facs")] == each.get("n") for each in lines)
    assert restored.returncode == 0, restored.stderr
    assert b"the text that was extracted from the PDF, not the PDF itself" in restored.stderr
    assert (tmp_path / "again.txt").read_text() == library.read(labelled).source.source.text


def test_a_text_has_no_facsimile(docpack, text):
    done = docpack("convert", text, "-t", "tei", "--facsimile")

    assert done.returncode == 4
    assert b"it is not known where the lines stand on their pages" in done.stderr
    assert b"hint: Convert from the PDF itself" in done.stderr


def page_list(path):
    with zipfile.ZipFile(path) as epub:
        name = next(each for each in epub.namelist() if each.endswith("nav.xhtml"))
        root = etree.fromstring(epub.read(name))
    kind = "{http://www.idpf.org/2007/ops}type"
    lists = [each for each in root.iter("{*}nav") if each.get(kind) == "page-list"]
    return ["".join(link.itertext()) for each in lists for link in each.iter("{*}a")]


def pages_in_json(path):
    def found(node):
        if isinstance(node, dict):
            if node.get("type") == "source_break" and node.get("page"):
                yield node["page"]
            for value in node.values():
                yield from found(value)
        elif isinstance(node, list):
            for value in node:
                yield from found(value)

    return list(found(json.loads(path.read_bytes())))


def named_destinations(path):
    from pypdf import PdfReader

    return set(PdfReader(path).named_destinations)


# ---------------------------------------------------------------------------------------------------------- archiving


def test_all_outputs_of_a_pdf_hold_what_it_holds(docpack, labelled, tmp_path):
    done = docpack("convert", "in.pdf", "-d", "out", "-t", "epub,docx,tei,pdf", "--verify", "--json")
    outputs = sorted((tmp_path / "out").iterdir())
    against = docpack("verify", *outputs, "--against", "in.pdf", "--json")

    assert done.returncode == 0, done.stderr
    (result,) = json.loads(done.stdout)["results"]
    assert {name: found["ok"] for name, found in result["conservation"].items()} == dict.fromkeys(
        ("epub", "docx", "tei", "pdf"), True
    )
    assert against.returncode == 0, against.stdout
    assert [each["ok"] for each in json.loads(against.stdout)["results"]] == [True] * 4


def test_what_an_output_lacks_is_told_with_its_page(docpack, labelled, tmp_path):
    docpack("convert", "in.pdf", "-t", "tei", "-o", "out.tei.xml", "--tei-form", "reading")
    tei = (tmp_path / "out.tei.xml").read_text()
    (tmp_path / "out.tei.xml").write_text(tei.replace("harbour master of Vell", "master of Vell", 1))

    done = docpack("verify", "out.tei.xml", "--against", "in.pdf")

    assert done.returncode == 5
    assert "\nin.pdf: page ii, line 3: " in done.stdout.decode()


@pytest.fixture
def package(docpack, labelled, tmp_path):
    """Return a package of a PDF that was read with options, a password among them."""
    (tmp_path / "password.txt").write_text("a dark horse\n")
    options = ("--pdf-engine", "pypdf", "--password-file", "password.txt", "--no-verse")
    done = docpack("pack", "in.pdf", "-o", "out.zip", "-t", "tei,epub", *options)
    assert done.returncode == 0, done.stderr
    return tmp_path / "out.zip"


def files_of(path):
    with zipfile.ZipFile(path) as archive:
        return {each.partition("/")[2].removeprefix("data/"): archive.read(each) for each in archive.namelist()}


def test_a_package_of_a_pdf_is_valid_and_gives_it_back(docpack, package, labelled, tmp_path):
    verified = docpack("verify", package, "--level", "canonical")
    restored = docpack("restore", package, "-o", "again.pdf")
    again = docpack("reproduce", package, "--password-file", "password.txt", "--json")

    assert verified.returncode == 0, verified.stdout
    assert restored.returncode == 0
    assert (tmp_path / "again.pdf").read_bytes() == labelled.read_bytes()
    assert again.returncode == 0, again.stdout
    assert {each["outcome"] for each in json.loads(again.stdout)["outputs"]} == {"same"}


def test_a_package_tells_how_a_pdf_was_read_and_never_the_password(package):
    files = files_of(package)

    recipe = json.loads(files["documentation/conversion.json"])
    assert recipe["reader"] == "pdf"
    assert recipe["reader_options"] == {"engine": "pypdf", "password": {"withheld": "secret"}, "verse": False}
    assert "pypdf" in recipe["versions"]
    assert not [name for name, data in files.items() if b"a dark horse" in data]


def test_the_records_say_which_pdf_the_source_is(package):
    name = "representations/source/metadata/preservation/premis.xml"
    (file,) = [
        each
        for each in etree.fromstring(files_of(package)[name]).iter("{*}object")
        if "representations/source/data/in.pdf" in [value.text for value in each.iter("{*}objectIdentifierValue")]
    ]

    told = [file.findtext(f".//{{*}}{key}") for key in ("formatName", "formatVersion", "formatRegistryKey")]
    assert told == ["Acrobat PDF/A - Portable Document Format", "2a", "fmt/476"]


def test_a_package_of_a_pdf_holds_the_text_that_its_ledger_is_about(package):
    files = files_of(package)

    text, ledger = files["documentation/extracted-text.txt"].decode(), json.loads(files["documentation/ledger.json"])
    assert all(text[edit["start"] : edit["stop"]] == edit["source"] for edit in ledger["edits"])
    assert len(text.splitlines()) == len(ledger["source"]["boxes"])
    assert "extracted-text.txt" in files["documentation/about-this-package.txt"].decode()


def test_a_batch_takes_texts_and_pdfs_with_options_of_both(docpack, pdf, text, tmp_path):
    text.rename(tmp_path / "ode.txt")
    cache = {"DOCPACK_CACHE_DIR": str(tmp_path / "cache")}

    first = docpack("batch", "*.txt", "*.pdf", "-d", "out", "-t", "tei", "--no-headings", "--json", env=cache)
    again = docpack("batch", "*.txt", "*.pdf", "-d", "out", "-t", "tei", "--no-headings", "--json", env=cache)

    assert first.returncode == 0, first.stderr
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"in.tei.xml", "ode.tei.xml"}
    assert json.loads(again.stdout)["statuses"]["fresh"] == 2
