"""`docpack explain`, `docpack restore`, and the bug report."""

import json
import sys

import pytest

# Paragraphs are set in, and their last lines are short: there is no doubt where they begin.
SOURCE = """\
   The harbour master of Vell was a man of long-
standing, and he kept his\u00a0books,\x01 all of them, in a\r
box of tin that stood under the window of his room.
   One morning it was gone.
   He looked for it in the boat house, on the stairs
and behind the stove, where the cat was asleep, and
he asked the cat.
   Nobody had seen it, and nobody ever had, for it had
always stood behind the curtain, and the curtain had
not been drawn since his mother left.
"""
READING = """\
The harbour master of Vell was a man of long-standing, and he kept his\u00a0books, all of them, in a \
box of tin that stood under the window of his room.

One morning it was gone.

He looked for it in the boat house, on the stairs and behind the stove, where the cat was asleep, and he asked the cat.

Nobody had seen it, and nobody ever had, for it had always stood behind the curtain, and the curtain had \
not been drawn since his mother left."""


@pytest.fixture
def source(tmp_path):
    """Return a text with a hyphen, odd characters and mixed line ends."""
    path = tmp_path / "in.txt"
    path.write_bytes(b"\xef\xbb\xbf" + SOURCE.encode())
    return path


def test_explain_gives_the_ledger_as_the_contract_says(docpack, source):
    done = docpack("explain", source, "--json")

    ledger = json.loads(done.stdout)
    assert ledger["source"]["encoding"] == "utf-8"
    assert ledger["source"]["characters"] == len(SOURCE)
    reading, position = "", 0
    for edit in ledger["edits"]:
        assert SOURCE[edit["start"] : edit["stop"]] == edit["source"]
        reading += SOURCE[position : edit["start"]] + edit["reading"]
        position = edit["stop"]
    assert reading + SOURCE[position:] == READING


def test_explain_shows_rule_reason_and_confidence_to_people(docpack, source):
    done = docpack("explain", source)

    rows = done.stdout.decode().splitlines()
    hyphen = next(row for row in rows if "hyphen-hard" in row)
    assert hyphen.split()[0] == "1"
    assert "a kept hyphen" in hyphen
    assert any("control" in row and "-> ∅" in row for row in rows)


def test_explain_shows_one_line(docpack, source):
    done = docpack("explain", source, "--line", "4", "--json")

    begin = SOURCE.index("   One morning")
    edits = json.loads(done.stdout)["edits"]
    assert {edit["rule"] for edit in edits} == {"block-break"}
    assert all(edit["start"] <= begin + len("   One morning it was gone.") and edit["stop"] >= begin for edit in edits)


@pytest.mark.parametrize("line", ["0", "99"])
def test_explain_knows_the_lines_there_are(docpack, source, line):
    done = docpack("explain", source, "--line", line)

    assert done.returncode == 2
    assert b"lines 1 to 10" in done.stderr


def test_explain_has_nothing_to_say_of_a_document(docpack, source, tmp_path):
    docpack("convert", source, "-o", "x.json")

    done = docpack("explain", "x.json")

    assert done.returncode == 2
    assert b"no ledger" in done.stderr


def test_restore_gives_the_bytes_back(docpack, source, tmp_path):
    docpack("convert", source, "-o", "x.tei.xml")

    done = docpack("restore", "x.tei.xml", "-o", "back.txt")

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "back.txt").read_bytes() == source.read_bytes()


def test_restore_says_that_a_file_was_edited(docpack, source, tmp_path):
    docpack("convert", source, "-o", "x.tei.xml")
    path = tmp_path / "x.tei.xml"
    path.write_bytes(path.read_bytes().replace(b"morning", b"evening"))

    done = docpack("restore", "x.tei.xml", "-o", "-")

    assert done.returncode == 5
    assert b"edited" in done.stderr
    assert b"One evening it was gone" in done.stdout


def test_restore_never_writes_over_the_file_it_reads(docpack, source, tmp_path):
    docpack("convert", source, "-o", "x.tei.xml")
    before = (tmp_path / "x.tei.xml").read_bytes()

    done = docpack("restore", "x.tei.xml", "-o", "./x.tei.xml")

    assert done.returncode == 2
    assert (tmp_path / "x.tei.xml").read_bytes() == before


def test_restore_needs_the_archival_form(docpack, source):
    docpack("convert", source, "-o", "x.tei.xml", "--tei-form", "reading")

    done = docpack("restore", "x.tei.xml", "-o", "back.txt")

    assert done.returncode == 3, done.stderr


def test_restore_says_so_where_the_encoding_cannot_give_the_bytes_back(docpack, tmp_path):
    (tmp_path / "in.txt").write_bytes(b"a +AGE-b c\n")
    docpack("convert", "in.txt", "-o", "x.tei.xml", "--encoding", "utf-7")

    done = docpack("restore", "x.tei.xml", "-o", "back.txt")

    assert done.returncode == 5
    assert b"warning" in done.stderr


def test_a_bug_is_reported_as_one(monkeypatch, capsys):
    from docpack.cli import formats, main

    monkeypatch.setattr(formats, "run", lambda parsed: 1 // 0)

    assert main(["formats"]) == 70
    assert "this is a bug in docpack" in capsys.readouterr().err
    assert "docpack.cli.formats" in sys.modules


def test_help_lists_the_options_of_all_formats(docpack):
    done = docpack("convert", "--help")

    assert done.returncode == 0
    assert all(
        flag in done.stdout for flag in (b"--css", b"--reference-doc", b"--tei-form", b"--font-dir", b"--encoding")
    )


def test_without_a_command_help_is_shown(docpack):
    done = docpack()

    assert done.returncode == 0
    assert b"convert" in done.stdout
