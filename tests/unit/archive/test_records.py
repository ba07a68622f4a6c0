"""The records of a package: METS, PREMIS, Dublin Core, and the schema of the ledger."""

from __future__ import annotations

import json
from importlib.resources import files

import jsonschema
import pytest
from lxml import etree

import docpack
from docpack.archive.dublin_core import dublin_core_xml
from docpack.archive.events import Rights
from docpack.archive.formats import format_of_file, format_of_output
from docpack.archive.xml_writing import Writer
from docpack.ledger import to_json
from docpack.metadata import parse_file
from docpack.model import Contributor, Identifier, Metadata

RIGHTS = Rights("https://x.example/r", "\x01free", "2030-01-01")
DC = "{http://purl.org/dc/elements/1.1/}"


def test_the_descriptive_record_says_what_is_known_and_nothing_else():
    record = Metadata(
        title="The Tin Box",
        subtitle="A Report",
        contributors=(Contributor("Ines Almqvist"), Contributor("B. C.", "trl")),
        identifier=Identifier("9783161484100", "isbn"),
    )

    root = etree.fromstring(dublin_core_xml(record, "ark:/1/2", RIGHTS))

    assert [(each.tag.removeprefix(DC), each.text) for each in root] == [
        ("title", "The Tin Box: A Report"),
        ("creator", "Ines Almqvist"),
        ("contributor", "B. C."),
        ("type", "Text"),
        ("identifier", "ark:/1/2"),
        ("identifier", "urn:isbn:9783161484100"),
        ("rights", "\ufffdfree"),
        ("rights", "https://x.example/r"),
        ("rights", "Embargo until 2030-01-01"),
    ]


def test_docpack_reads_its_own_descriptive_record():
    record = Metadata(title="The Tin Box", contributors=(Contributor("Ines Almqvist"),), date="1921", language="sv")

    read = parse_file(dublin_core_xml(record, "ark:/1/2", RIGHTS), "dc.xml")

    assert (read.title, read.date, read.language) == ("The Tin Box", "1921", "sv")
    assert read.contributors == record.contributors


def test_xml_is_written_with_its_line_ends_and_nothing_forbidden():
    out = Writer("urn:x", {None: "urn:x"})

    with out.element("a", {"b": "\x0c<"}):
        out.text("c", "1 & 2\x00")
        out.empty("d", {})

    assert out.bytes() == (
        b"<?xml version='1.0' encoding='UTF-8'?>\n"
        b'<a xmlns="urn:x" b="\xef\xbf\xbd&lt;">\n<c>1 &amp; 2\xef\xbf\xbd</c>\n<d></d>\n</a>'
    )


def test_xml_that_is_written_is_read_back_the_same():
    values = ["a & b", "<\t\n\r\r\n>", "\"'\x85\u2028", "]]>", "\U0001f600é", ""]
    out = Writer("urn:x", {"x": "urn:x", "y": "urn:y"})

    with out.element("root"):
        for value in values:
            out.text("one", value, {"plain": value, "{urn:y}other": value})

    read = list(etree.fromstring(out.bytes()))
    assert [each.tag for each in read] == ["{urn:x}one"] * len(values)
    assert [each.text or "" for each in read] == values
    assert [(each.get("plain"), each.get("{urn:y}other")) for each in read] == [(each, each) for each in values]


@pytest.mark.parametrize(
    ("standard", "key"),
    [
        ("a-2a,ua-1", "fmt/476"),
        ("ua-1, a-3a", "fmt/479"),
        ("1.7", "fmt/276"),
        ("2.0", "fmt/1129"),
        ("a-4f", "fmt/1912"),
    ],
)
def test_a_pdf_is_known_by_the_standard_that_it_keeps(standard, key):
    assert format_of_output("pdf", standard).pronom == key


def test_a_file_of_an_unknown_kind_has_no_key():
    assert format_of_file("scan.tif").media_type == "image/tiff"
    assert format_of_file("scan.xyz12").media_type == "application/octet-stream"
    assert format_of_file("scan.tif").pronom == ""


def test_the_ledger_keeps_its_schema(tmp_path):
    schema = json.loads(files("docpack.archive").joinpath("ledger.schema.json").read_bytes())
    document = docpack.read(b"   The box was of long-\nstanding make.\n\f2\n   It was gone.\x01\n")
    record = to_json(document.source)

    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(record, schema)

    record["edits"][0]["start"] = -1
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(record, schema)
