"""The validators that need nothing but lxml, which docpack has: small schemas stand for the large ones."""

from __future__ import annotations

import zipfile

import pytest

from docpack.verdicts import Cause, Missing, Outcome, Places
from docpack.verify.tools.archival_schemas import ArchivalSchemaValidator
from docpack.verify.tools.ooxml_schema import OoxmlSchemaValidator
from docpack.verify.tools.tei import TeiRelaxNgValidator

XLINK = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.w3.org/1999/xlink"/>'
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def xsd(namespace: str, root: str, extra: str = "") -> str:
    return (
        f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{namespace}" '
        f'elementFormDefault="qualified">{extra}<xs:element name="{root}"><xs:complexType><xs:sequence>'
        '<xs:element name="good" minOccurs="0"/></xs:sequence></xs:complexType></xs:element></xs:schema>'
    )


IMPORT = '<xs:import namespace="http://www.w3.org/1999/xlink" schemaLocation="http://127.0.0.1:9/xlink.xsd"/>'
MISSING_IMPORT = '<xs:import namespace="urn:other" schemaLocation="http://127.0.0.1:9/other.xsd"/>'


@pytest.fixture
def schemas(tmp_path):
    folder = tmp_path / "schemas"
    folder.mkdir()
    (folder / "mets.xsd").write_text(xsd("http://www.loc.gov/METS/", "mets", IMPORT))
    (folder / "premis.xsd").write_text(xsd("http://www.loc.gov/premis/v3", "premis"))
    (folder / "xlink.xsd").write_text(XLINK)
    (folder / "wml.xsd").write_text(xsd(W, "document"))
    (folder / "xml.xsd").write_text(XLINK)
    (folder / "tei_all.rng").write_text(
        '<grammar xmlns="http://relaxng.org/ns/structure/1.0"><!-- TEI Edition: P5 Version\u00a04.12.0. -->'
        '<start><element name="TEI" ns="http://www.tei-c.org/ns/1.0"><empty/></element></start></grammar>'
    )
    return folder


def run(validator, path, schemas):
    found = validator.find(Places(schemas=(schemas,)))
    assert not isinstance(found, Missing), found
    return validator.run(path, found, 120)


def mets(content: str = "", attributes: str = "") -> str:
    return f'<mets xmlns="http://www.loc.gov/METS/" {attributes}>{content}</mets>'


PREMIS = '<premis xmlns="http://www.loc.gov/premis/v3"/>'


def test_a_package_is_judged_with_every_mets_and_premis_in_it(tmp_path, schemas):
    package = tmp_path / "package"
    (package / "representations" / "tei").mkdir(parents=True)
    (package / "METS.xml").write_text(mets("<good/>"))
    (package / "representations" / "tei" / "METS.xml").write_text(mets("<bad/>"))
    (package / "representations" / "premis.xml").write_text(PREMIS)

    verdict = run(ArchivalSchemaValidator(), package, schemas)

    assert verdict.outcome is Outcome.FAILED
    assert [each.place for each in verdict.messages] == ["representations/tei/METS.xml:1"]
    assert "bad" in verdict.messages[0].text
    assert verdict.profile == "mets.xsd, premis.xsd"


@pytest.mark.parametrize(
    ("name", "text", "outcome"),
    [
        pytest.param("m.xml", mets("<good/>"), Outcome.PASSED, id="good-mets"),
        pytest.param("m.xml", mets("<bad/>"), Outcome.FAILED, id="bad-mets"),
        pytest.param("p.xml", PREMIS, Outcome.PASSED, id="good-premis"),
        pytest.param("m.xml", "<mets", Outcome.FAILED, id="no-xml"),
        pytest.param("m.xml", "<other/>", Outcome.FAILED, id="another-namespace"),
        pytest.param("m.xml", f"<!DOCTYPE mets>{mets()}", Outcome.FAILED, id="a-document-type"),
    ],
)
def test_a_file_is_judged_by_the_schema_of_its_namespace(tmp_path, schemas, name, text, outcome):
    (tmp_path / name).write_text(text)

    verdict = run(ArchivalSchemaValidator(), tmp_path / name, schemas)

    assert verdict.outcome is outcome


def test_the_schema_that_a_file_names_itself_is_not_loaded(tmp_path, schemas):
    location = f"{W} {(schemas / 'broken.xsd').as_uri()} urn:x http://127.0.0.1:9/x.xsd"
    (schemas / "broken.xsd").write_text("this is no schema")
    attributes = f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="{location}"'
    (tmp_path / "m.xml").write_text(mets("<good/>", attributes))

    verdict = run(ArchivalSchemaValidator(), tmp_path / "m.xml", schemas)

    assert verdict.outcome is Outcome.PASSED, verdict


def test_a_schema_that_leads_to_the_network_gives_no_verdict(tmp_path, schemas):
    (schemas / "mets.xsd").write_text(xsd("http://www.loc.gov/METS/", "mets", MISSING_IMPORT))
    (tmp_path / "m.xml").write_text(mets("<good/>"))

    verdict = run(ArchivalSchemaValidator(), tmp_path / "m.xml", schemas)

    assert (verdict.outcome, verdict.cause) == (Outcome.NOT_RUN, Cause.BROKEN)
    assert "http://127.0.0.1:9/other.xsd, which is not on the disk" in verdict.reason


def test_a_package_without_mets_gives_no_verdict(tmp_path, schemas):
    (tmp_path / "package").mkdir()

    verdict = run(ArchivalSchemaValidator(), tmp_path / "package", schemas)

    assert (verdict.outcome, verdict.cause) == (Outcome.NOT_RUN, Cause.BROKEN)


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        pytest.param('<TEI xmlns="http://www.tei-c.org/ns/1.0"/>', Outcome.PASSED, id="valid"),
        pytest.param('<TEI xmlns="http://www.tei-c.org/ns/1.0"><p/></TEI>', Outcome.FAILED, id="invalid"),
        pytest.param('<TEI xmlns="http://www.tei-c.org/ns/1.0">', Outcome.FAILED, id="not-well-formed"),
    ],
)
@pytest.mark.usefixtures("nothing_installed")
def test_lxml_stands_in_where_jing_is_missing(tmp_path, schemas, text, outcome):
    (tmp_path / "t.xml").write_text(text)

    verdict = run(TeiRelaxNgValidator(), tmp_path / "t.xml", schemas)

    assert verdict.outcome is outcome
    assert verdict.version.startswith("lxml ")
    assert verdict.profile == "TEI P5 4.12.0"


@pytest.mark.parametrize(
    ("part", "outcome"),
    [
        pytest.param(f'<w:document xmlns:w="{W}"><w:good/></w:document>', Outcome.PASSED, id="valid"),
        pytest.param(f'<w:document xmlns:w="{W}"><w:bad/></w:document>', Outcome.FAILED, id="invalid"),
        pytest.param("<w", Outcome.FAILED, id="not-well-formed"),
        pytest.param("<other/>", Outcome.FAILED, id="nothing-to-judge"),
    ],
)
def test_the_parts_of_a_docx_are_held_against_their_schema(tmp_path, schemas, part, outcome):
    with zipfile.ZipFile(tmp_path / "d.docx", "w") as archive:
        archive.writestr("word/document.xml", part)

    verdict = run(OoxmlSchemaValidator(), tmp_path / "d.docx", schemas)

    assert verdict.outcome is outcome


def test_a_docx_that_is_no_zip_fails(tmp_path, schemas):
    (tmp_path / "d.docx").write_bytes(b"PK\x03\x04 and no more")

    verdict = run(OoxmlSchemaValidator(), tmp_path / "d.docx", schemas)

    assert verdict.outcome is Outcome.FAILED


@pytest.mark.parametrize(
    ("validator", "gone"),
    [
        pytest.param(ArchivalSchemaValidator(), "xlink.xsd", id="xlink"),
        pytest.param(OoxmlSchemaValidator(), "xml.xsd", id="xml"),
        pytest.param(TeiRelaxNgValidator(), "tei_all.rng", id="tei"),
    ],
)
def test_a_missing_schema_is_told_with_the_way_to_get_it(schemas, validator, gone):
    (schemas / gone).unlink()

    found = validator.find(Places(schemas=(schemas,)))

    assert isinstance(found, Missing)
    assert "--schemas" in found.hint
