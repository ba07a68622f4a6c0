"""`docpack verify OUTPUT --against SOURCE`, and the same comparison within `convert`."""

import json
import zipfile

import pytest

import docpack as library
from docpack import jobs


@pytest.fixture
def book(docpack, text, tmp_path):
    """Return the folder in which the text stands in all four formats."""
    done = docpack("convert", text, "-t", "epub,docx,tei,pdf", "-d", ".")
    assert done.returncode == 0, done.stderr
    return tmp_path


@pytest.mark.parametrize("name", ["in.epub", "in.docx", "in.tei.xml", "in.pdf"])
def test_what_docpack_wrote_is_conserved(docpack, book, name):
    done = docpack("verify", name, "--against", "in.txt")

    assert done.returncode == 0, done.stderr
    assert done.stdout.decode().splitlines()[0].endswith("against in.txt: conserved")
    assert "0 missing, 0 added, 0 changed" in done.stdout.decode()


def test_a_difference_is_shown_in_its_place_and_ends_with_5(docpack, book):
    path = book / "in.tei.xml"
    path.write_bytes(path.read_bytes().replace(b"Nobody", b"Anybody"))

    done = docpack("verify", path, "--against", "in.txt")

    assert done.returncode == 5
    assert done.stdout.decode().splitlines() == [
        f"{path} (tei) against in.txt: NOT CONSERVED: it differs in 1 place",
        "  source: 47 characters, 47 kept",
        "  output: 48 characters where 47 are expected: 0 missing, 1 added, 2 changed",
        "in.txt:2: reads otherwise",
        "  source: gone, and nobody spoke of it. >>Nobody<< ever did.",
        "  output: gone, and nobody spoke of it. >>Anybody<< ever did.",
    ]


def test_json_has_the_same(docpack, book):
    path = book / "in.tei.xml"
    path.write_bytes(path.read_bytes().replace(b"Nobody", b"Anybody"))

    done = docpack("verify", "in.tei.xml", "in.epub", "--against", "in.txt", "--json")

    assert done.returncode == 1
    bad, good = json.loads(done.stdout)["results"]
    assert (bad["ok"], bad["exit_code"], bad["format"], bad["count"]) == (False, 5, "tei", 1)
    assert (bad["differences"][0]["line"], bad["differences"][0]["output"]) == (2, "Anybody")
    assert (good["ok"], good["exit_code"], good["missing"]) == (True, 0, 0)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(None, id="missing"),
        pytest.param(b"", id="empty"),
        pytest.param(b"plain text", id="plain-text"),
        pytest.param(b"PK\x03\x04broken", id="broken-zip"),
        pytest.param(b"%PDF-1.7\nbroken", id="broken-pdf"),
        pytest.param(b'<!DOCTYPE x [<!ENTITY a "b">]><TEI>&a;</TEI>', id="entities"),
    ],
)
def test_an_output_that_cannot_be_read_ends_with_3(docpack, text, tmp_path, content):
    if content is not None:
        (tmp_path / "out").write_bytes(content)

    done = docpack("verify", "out", "--against", "in.txt")

    assert done.returncode == 3
    assert done.stderr.startswith(b"docpack: error: ")
    assert b"Traceback" not in done.stderr


def test_a_source_that_cannot_be_read_ends_with_3(docpack, book):
    assert docpack("verify", "in.epub", "--against", "no.txt").returncode == 3


def test_overrides_beside_the_source_count(docpack, text, tmp_path):
    (tmp_path / "in.txt.docpack.toml").write_text('[[override]]\ntext = "Nobody ever did."\ndecision = "drop"\n')
    done = docpack("convert", text, "-t", "epub")
    assert done.returncode == 0, done.stderr

    with_them = docpack("verify", "in.epub", "--against", "in.txt")
    (tmp_path / "in.txt.docpack.toml").unlink()
    without = docpack("verify", "in.epub", "--against", "in.txt")

    assert with_them.returncode == 0, with_them.stdout
    assert b"override 14" in with_them.stdout
    assert without.returncode == 5
    assert b"is missing" in without.stdout


def test_the_encoding_of_the_source_can_be_named(docpack, tmp_path):
    (tmp_path / "in.txt").write_bytes("Naïve café.\n".encode("cp437"))
    done = docpack("convert", "in.txt", "-t", "epub", "--encoding", "cp437")
    assert done.returncode == 0, done.stderr

    assert docpack("verify", "in.epub", "--against", "in.txt", "--encoding", "cp437").returncode == 0
    assert docpack("verify", "in.epub", "--against", "in.txt", "--encoding", "cp1252").returncode == 5


def test_the_output_may_come_from_standard_input(docpack, book):
    done = docpack("verify", "-", "--against", "in.txt", stdin=(book / "in.epub").read_bytes())

    assert done.returncode == 0, done.stderr


def test_standard_input_cannot_be_both(docpack):
    assert docpack("verify", "-", "--against", "-").returncode == 2


# --------------------------------------------------------------------------------------------------------- convert


def test_convert_tells_the_figures_as_json(docpack, text):
    done = docpack("convert", text, "-t", "epub,pdf,json", "-d", "out", "--json")

    (result,) = json.loads(done.stdout)["results"]
    assert list(result["conservation"]) == ["epub"]
    assert result["conservation"]["epub"]["output"] == 47


@pytest.mark.parametrize(("flag", "formats"), [("--verify", ["epub", "pdf"]), ("--no-verify", [])])
def test_convert_compares_what_it_is_told_to(docpack, text, flag, formats):
    done = docpack("convert", text, "-t", "epub,pdf,json", "-d", "out", "--json", flag)

    assert list(json.loads(done.stdout)["results"][0]["conservation"]) == formats


def losing(document, name, **options):
    """Write as docpack does, but lose a letter in EPUB: a fault put in, because no writer has it."""
    data = library.write(document, name, **options)
    if name != "epub":
        return data
    import io

    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(made, "w") as after:
        for info in before.infolist():
            after.writestr(info, before.read(info).replace(b"spoke", b"spke"))
    return made.getvalue()


def test_an_output_that_lost_a_letter_is_not_written_and_the_old_one_stays(text, tmp_path, monkeypatch):
    (tmp_path / "in.epub").write_bytes(b"old")
    monkeypatch.setattr(jobs, "write", losing)

    result = jobs.run(jobs.Job(str(text), jobs.plan(text, "", ["epub", "tei"], "")))

    assert result.exit_code == 5
    assert "line 1: 'spoke' reads otherwise: 'spke'" in result.errors["epub"].message
    assert (tmp_path / "in.epub").read_bytes() == b"old"
    assert (tmp_path / "in.tei.xml").exists()
    assert (result.conservation["epub"].missing, result.conservation["tei"].ok) == (1, True)


def test_without_the_comparison_it_is_written(text, tmp_path, monkeypatch):
    monkeypatch.setattr(jobs, "write", losing)

    result = jobs.run(jobs.Job(str(text), jobs.plan(text, "", ["epub"], ""), verify=False))

    assert result.ok
    assert (tmp_path / "in.epub").exists()
