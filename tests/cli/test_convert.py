"""`docpack convert` as people use it."""

import json
import zipfile

import pytest

FORMATS = "epub,docx,tei,pdf,json"


def test_one_call_writes_all_formats(docpack, text, tmp_path):
    done = docpack("convert", text, "-t", FORMATS, "-d", "out/deep")

    assert done.returncode == 0, done.stderr
    assert sorted(p.name for p in (tmp_path / "out/deep").iterdir()) == [
        "in.docx",
        "in.epub",
        "in.json",
        "in.pdf",
        "in.tei.xml",
    ]
    assert done.stdout == b""
    assert done.stderr == b""


def test_the_ending_names_the_format(docpack, text, tmp_path):
    done = docpack("convert", text, "-o", "book.tei.xml")

    assert done.returncode == 0, done.stderr
    assert b"http://www.tei-c.org/ns/1.0" in (tmp_path / "book.tei.xml").read_bytes()


def test_outputs_stand_beside_the_input_by_default(docpack, text, tmp_path):
    done = docpack("convert", text, "-t", "json")

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "in.json").exists()


def test_standard_input_and_output(docpack):
    done = docpack("convert", "-", "-t", "json", "-o", "-", stdin=b"One line.\n")

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["children"][0]["children"][0]["text"] == "One line."


def test_an_existing_output_is_replaced(docpack, text, tmp_path):
    (tmp_path / "in.json").write_text("old")

    done = docpack("convert", text, "-o", "in.json")

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "in.json").read_text().startswith('{"docpack":1')


def test_several_inputs_go_to_one_folder(docpack, text, tmp_path):
    (tmp_path / "b.txt").write_text("Another text.\n")

    done = docpack("convert", "in.txt", "b.txt", "-t", "json,epub", "-d", "out")

    assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / "out").iterdir())) == 4


def test_one_bad_input_of_several_fails_the_run_and_not_the_others(docpack, text, tmp_path):
    done = docpack("convert", "in.txt", "missing.txt", "-t", "json", "-d", "out")

    assert done.returncode == 1
    assert (tmp_path / "out/in.json").exists()
    assert b"missing.txt" in done.stderr


def test_where_one_format_fails_the_others_are_written(docpack, tmp_path):
    (tmp_path / "in.txt").write_text("A sign that no bundled font has: \U0001308f.\n", encoding="utf-8")

    done = docpack("convert", "in.txt", "-t", "pdf,epub", "-d", "out")

    assert done.returncode == 4
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["in.epub"]
    assert b"U+1308F" in done.stderr
    assert b"--font-dir" in done.stderr


def test_json_tells_what_was_done(docpack, text):
    done = docpack("convert", text, "-t", "json", "-d", "out", "--json")

    result = json.loads(done.stdout)["results"][0]
    assert result["ok"]
    assert result["outputs"] == {"json": "out/in.json"}
    assert {finding["code"] for finding in result["findings"]} >= {"M002"}


def test_metadata_reaches_the_output(docpack, text, tmp_path):
    done = docpack(
        "convert", text, "-o", "x.epub", "-M", "title=The Box", "-M", "author=Ines Almqvist", "-M", "language=en"
    )

    assert done.returncode == 0, done.stderr
    package = next(n for n in zipfile.ZipFile(tmp_path / "x.epub").namelist() if n.endswith(".opf"))
    assert b"Ines Almqvist" in zipfile.ZipFile(tmp_path / "x.epub").read(package)


def test_metadata_comes_from_a_file_and_the_command_line_wins(docpack, text, tmp_path):
    (tmp_path / "m.toml").write_text('title = "From the file"\nauthor = "Somebody"\n')

    done = docpack("convert", text, "-o", "-", "-t", "json", "--metadata-file", "m.toml", "-M", "title=From the line")

    metadata = json.loads(done.stdout)["metadata"]
    assert metadata["title"] == "From the line"
    assert metadata["contributors"][0]["name"] == "Somebody"


def test_the_identifier_is_the_same_in_every_run_and_comes_from_the_content(docpack, text, tmp_path):
    first = json.loads(docpack("convert", text, "-o", "-", "-t", "json").stdout)["metadata"]["identifier"]
    text.rename(tmp_path / "renamed.txt")
    second = json.loads(docpack("convert", "renamed.txt", "-o", "-", "-t", "json").stdout)["metadata"]["identifier"]

    assert first == second
    assert first["scheme"] == "uuid"


def test_strict_turns_warnings_into_an_exit_code(docpack, tmp_path):
    (tmp_path / "in.txt").write_bytes(b"A control \x01 character.\n")

    lax, strict = (docpack("convert", "in.txt", "-o", "x.json", *extra) for extra in ((), ("--strict",)))

    assert (lax.returncode, strict.returncode) == (0, 6)
    assert b"R002" in lax.stderr


def test_quiet_says_nothing_and_verbose_says_more(docpack, tmp_path):
    (tmp_path / "in.txt").write_bytes(b"A control \x01 character.\n")

    quiet, verbose = (docpack("convert", "in.txt", "-o", "x.json", flag) for flag in ("-q", "-v"))

    assert quiet.stderr == b""
    assert b"M002" in verbose.stderr


def test_options_of_a_format_are_offered_when_it_is_written(docpack, text, tmp_path):
    done = docpack("convert", text, "-t", "tei", "--tei-form", "reading", "-o", "x.tei.xml")

    assert done.returncode == 0, done.stderr
    assert b"<lb" not in (tmp_path / "x.tei.xml").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(["in.txt"], "no output format is named", id="no-format"),
        pytest.param(["in.txt", "-t", "eupb"], "Did you mean epub?", id="unknown-format"),
        pytest.param(["in.txt", "-o", "x.xyz"], "names no format", id="unknown-ending"),
        pytest.param(
            ["in.txt", "-t", "epub,pdf", "-o", "x.epub"], "one file cannot hold several formats", id="two-in-one"
        ),
        pytest.param(
            ["in.txt", "-t", "epub", "-o", "x.epub", "-d", "out"], "both a file and a folder", id="file-and-folder"
        ),
        pytest.param(["in.txt", "sub/in.txt", "-t", "epub", "-d", "out"], "would both become", id="same-stem"),
        pytest.param(["in.txt", "-t", "json", "-o", "in.txt"], "would be overwritten", id="onto-the-input"),
        pytest.param(["in.txt", "-o", "x.epub", "-M", "tittle=X"], "title", id="unknown-key"),
        pytest.param(["in.txt", "-o", "x.epub", "-M", "title"], "KEY=VALUE", id="no-value"),
        pytest.param(["in.txt", "-o", "x.epub", "--css", "none.css"], "there is no file none.css", id="missing-css"),
        pytest.param(["in.txt", "-o", "x.epub", "--nonsense"], "--nonsense", id="unknown-option"),
        pytest.param(["in.txt", "-o", "-"], "standard output takes one format", id="stdout-without-format"),
        pytest.param([], "INPUT", id="no-input"),
    ],
)
def test_misuse_ends_with_2_says_why_and_writes_nothing(docpack, text, tmp_path, arguments, words):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/in.txt").write_text("Another text.\n")

    done = docpack("convert", *arguments)

    assert done.returncode == 2, done.stderr
    assert words in done.stderr.decode()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.txt", "sub"]


def test_a_bad_source_date_epoch_is_said(docpack, text):
    done = docpack("convert", text, "-o", "x.json", env={"SOURCE_DATE_EPOCH": "yesterday"})

    assert done.returncode == 2
    assert b"SOURCE_DATE_EPOCH" in done.stderr
