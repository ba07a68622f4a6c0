"""What people do with doubts: see them, decide, and have the decisions kept: `explain`, overrides, `--strict`."""

import json
import shlex
import tomllib

import pytest

import docpack

# Is the second line of each pair a paragraph of its own? There is little to tell by.
DOUBTFUL = """\
THE WELL

The well had been dry since spring.
Nobody had told the mayor so far.
He drank wine, and he did not ask.
In June it rained for a whole week.
The well stayed as dry as before.

    a cup of rain
    a cup of wine

He signed the book with a blot-
ter in his hand.
"""


@pytest.fixture
def doubtful(tmp_path):
    """Return a text about which there are doubts."""
    path = tmp_path / "in.txt"
    path.write_text(DOUBTFUL, encoding="utf-8")
    return path


def overrides(path, text):
    path.with_name(path.name + ".docpack.toml").write_text(text, encoding="utf-8")


JOINED = '[[override]]\ntext = "Nobody had told"\ndecision = "{}"\n'


@pytest.mark.parametrize("decision", ["join", "paragraph"])
def test_the_file_beside_the_text_decides(docpack, doubtful, tmp_path, decision):
    overrides(doubtful, JOINED.format(decision))

    done = docpack("explain", "in.txt", "--line", "4")

    assert done.returncode == 0, done.stderr
    assert b"line 1 of in.txt.docpack.toml says so" in done.stdout
    assert (b"A paragraph begins with line 4" in done.stdout) == (decision == "paragraph")
    assert b"It is 1.00 sure" in done.stdout


def test_a_named_file_wins_over_the_one_beside_the_text(docpack, doubtful, tmp_path):
    overrides(doubtful, JOINED.format("join"))
    (tmp_path / "other.toml").write_text(JOINED.format("heading"))

    done = docpack("explain", "in.txt", "--line", "4", "--overrides", "other.toml")

    assert b"A heading begins with line 4. Why: line 1 of other.toml says so" in done.stdout


def test_standard_input_takes_overrides_that_are_named(docpack, doubtful):
    overrides(doubtful, JOINED.format("heading"))

    done = docpack("explain", "-", "--line", "4", "--overrides", "in.txt.docpack.toml", stdin=DOUBTFUL.encode())

    assert b"A heading begins with line 4" in done.stdout


def test_the_library_reads_the_file_beside_a_path_and_no_other(doubtful):
    overrides(doubtful, JOINED.format("heading"))

    rules = {str(edit.rule) for edit in docpack.read(doubtful).source.edits}
    of_bytes = {str(edit.rule) for edit in docpack.read(doubtful.read_bytes()).source.edits}

    assert "override" in rules
    assert "override" not in of_bytes


def test_an_entry_that_matches_nothing_is_a_warning(docpack, doubtful):
    overrides(doubtful, '[[override]]\ntext = "no such words"\ndecision = "join"\n')

    done = docpack("convert", "in.txt", "-o", "x.json", "--strict=0")

    assert done.returncode == 6
    assert b"R007 line 1 of in.txt.docpack.toml: no line has the words 'no such words'" in done.stderr


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(b"[[override]]\ntext = 'a'\ndecision = 'joyn'\n", b"did you mean 'join'?", id="unknown-word"),
        pytest.param(b"\x00\x00\x00", b"no valid TOML", id="nul"),
        pytest.param(b"\xff\xfe[", b"not valid UTF-8", id="utf-16"),
        pytest.param(b"#" * 10_000_000, b"10000000 bytes", id="ten-megabytes"),
        pytest.param(b"override = 3\n", b"override is a number", id="wrong-type"),
        pytest.param(b"[patterns]\ndrop = '(a+)+$'\n", b"cannot be used", id="pattern"),
    ],
)
def test_a_broken_file_ends_with_2_and_a_message(docpack, doubtful, tmp_path, data, message):
    (tmp_path / "in.txt.docpack.toml").write_bytes(data)

    done = docpack("convert", "in.txt", "-o", "x.json")

    assert done.returncode == 2
    assert message in done.stderr
    assert b"in.txt.docpack.toml" in done.stderr
    assert b"hint: " in done.stderr
    assert not (tmp_path / "x.json").exists()


def test_a_missing_file_that_is_named_ends_with_2(docpack, doubtful):
    done = docpack("convert", "in.txt", "-o", "x.json", "--overrides", "missing.toml")

    assert done.returncode == 2
    assert b"--overrides: there is no file missing.toml" in done.stderr


def test_a_pattern_of_file_names_does_not_take_the_overrides_for_a_text(docpack, doubtful, tmp_path):
    overrides(doubtful, JOINED.format("join"))

    done = docpack("convert", "in.txt", "in.txt.docpack.toml", "-t", "json", "-d", "out")

    assert done.returncode == 0, done.stderr
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["in.json"]


def test_overrides_by_themselves_are_no_text(docpack, doubtful):
    overrides(doubtful, JOINED.format("join"))

    done = docpack("convert", "in.txt.docpack.toml", "-t", "json")

    assert done.returncode == 2
    assert b"holds overrides and is no text" in done.stderr
    assert b"Name the text: in.txt" in done.stderr


def test_overrides_are_never_written_over(docpack, doubtful):
    overrides(doubtful, JOINED.format("join"))

    done = docpack("convert", "in.txt", "-t", "json", "-o", "in.txt.docpack.toml")

    assert done.returncode == 2
    assert b"read as well and would be overwritten" in done.stderr


def test_a_correction_is_read_and_the_source_still_comes_back(docpack, doubtful, tmp_path):
    overrides(doubtful, '[[override]]\ntext = "the mayor so far"\ncorrect = "the <mayor> so far"\n')
    docpack("convert", "in.txt", "-t", "tei,html", "-d", "out")

    done = docpack("restore", "out/in.tei.xml", "-o", "back.txt")

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "back.txt").read_text(encoding="utf-8") == DOUBTFUL
    tei = (tmp_path / "out" / "in.tei.xml").read_text(encoding="utf-8")
    assert "<choice><sic>the mayor so far</sic><corr>the &lt;mayor&gt; so far</corr></choice>" in tei
    assert "told the &lt;mayor&gt; so far" in (tmp_path / "out" / "in.html").read_text(encoding="utf-8")


# ------------------------------------------------------------------------------------------------- profile


def number_of_paragraphs(done):
    return sum(edit["decision"] == "paragraph" for edit in json.loads(done.stdout)["edits"])


def test_paragraphs_are_told_apart_by_what_is_asked_for(docpack, doubtful):
    by_line = docpack("explain", "in.txt", "--json", "--paragraphs", "line")
    by_blank = docpack("explain", "in.txt", "--json", "--paragraphs", "blank")

    assert number_of_paragraphs(by_line) > number_of_paragraphs(by_blank)


def test_options_stand_in_the_overrides_file_too_and_the_command_line_wins(docpack, doubtful):
    overrides(doubtful, '[options]\nparagraphs = "line"\n')

    of_file = docpack("explain", "in.txt", "--json")
    of_flag = docpack("explain", "in.txt", "--json", "--paragraphs", "blank")

    assert number_of_paragraphs(of_file) > number_of_paragraphs(of_flag)


def test_hyphens_are_left_alone_where_they_shall_be(docpack, doubtful):
    done = docpack("explain", "in.txt", "--json", "--no-dehyphenate")

    assert "join-hyphen" not in {edit["decision"] for edit in json.loads(done.stdout)["edits"]}


# ------------------------------------------------------------------------------------------------- explain


def test_a_line_is_explained_in_words_with_the_line_before_it(docpack, doubtful):
    done = docpack("explain", "in.txt", "--line", "4")

    text = done.stdout.decode()
    assert "     3 | The well had been dry since spring.\n     4 | Nobody had told the mayor so far.\n" in text
    assert "Why: " in text
    assert " sure; " in text


def test_a_blank_line_is_explained_by_what_begins_after_it(docpack, doubtful):
    done = docpack("explain", "in.txt", "--line", "2")

    assert b"Line 2 is white space.\n" in done.stdout
    assert b"begins with line 3" in done.stdout


def test_doubts_come_with_the_most_doubtful_first(docpack, doubtful):
    done = docpack("explain", "in.txt", "--unsure", "1", "--json")

    told = json.loads(done.stdout)
    confidences = [each["confidence"] for each in told["unsure"]]
    assert confidences
    assert confidences == sorted(confidences)
    assert all({"line", "decision", "considered", "before", "after"} <= set(each) for each in told["unsure"])


def test_doubts_are_listed_for_people_with_the_words_round_them(docpack, doubtful):
    done = docpack("explain", "in.txt", "--unsure=1")

    assert b"\nline 4: " in done.stdout
    assert " ⏎ Nobody had told the mayor" in done.stdout.decode()


@pytest.mark.parametrize("arguments", [["--unsure", "in.txt"], ["in.txt", "--unsure"], ["--suggest", "in.txt"]])
def test_the_number_may_be_left_out_wherever_the_option_stands(docpack, doubtful, arguments):
    done = docpack("explain", *arguments)

    assert done.returncode == 0, done.stderr
    assert b"less than 0.8 sure" in done.stdout


@pytest.mark.parametrize("number", ["2", "-1", "x", "nan"])
def test_a_confidence_is_a_number_from_0_to_1(docpack, doubtful, number):
    done = docpack("explain", "in.txt", f"--unsure={number}")

    assert done.returncode == 2
    assert b"no number from 0 to 1" in done.stderr


def test_a_suggestion_beside_the_text_leaves_no_doubts_but_changes_nothing(docpack, doubtful, tmp_path):
    docpack("convert", "in.txt", "-o", "before.html")
    done = docpack("explain", "in.txt", "--suggest", "1", "-o", "in.txt.docpack.toml")

    docpack("convert", "in.txt", "-o", "after.html")

    assert done.returncode == 0, done.stderr
    assert tomllib.loads((tmp_path / "in.txt.docpack.toml").read_text())["override"]
    assert (tmp_path / "after.html").read_bytes() == (tmp_path / "before.html").read_bytes()


def test_a_suggestion_never_replaces_a_file(docpack, doubtful, tmp_path):
    overrides(doubtful, JOINED.format("join"))

    done = docpack("explain", "in.txt", "--suggest", "-o", "in.txt.docpack.toml")

    assert done.returncode == 2
    assert b"may hold decisions of yours" in done.stderr
    assert (tmp_path / "in.txt.docpack.toml").read_text() == JOINED.format("join")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--suggest", "--json"], b"TOML, not JSON"),
        (["-o", "x"], b"-o is for"),
        (["--line", "3", "--unsure"], b"not allowed with"),
    ],
)
def test_options_of_explain_that_do_not_fit_together_are_refused(docpack, doubtful, arguments, message):
    done = docpack("explain", "in.txt", *arguments)

    assert done.returncode == 2
    assert message in done.stderr


# ------------------------------------------------------------------------------------------------- strict


def test_strict_ends_with_6_where_a_decision_is_not_sure_and_writes_all_the_same(docpack, doubtful, tmp_path):
    done = docpack("convert", "in.txt", "-o", "x.json", "--strict=1")

    assert done.returncode == 6
    assert (tmp_path / "x.json").exists()
    assert b"less than 1 sure" in done.stderr
    assert b"docpack explain in.txt --unsure 1" in done.stderr
    assert done.stderr.count(b"warning: in.txt:") <= 6  # how many there are, and the worst five


def test_strict_takes_no_file_name_for_its_number(docpack, doubtful):
    done = docpack("convert", "--strict", "in.txt", "-o", "x.json")

    assert done.returncode in (0, 6), done.stderr


def test_without_strict_doubts_are_no_matter(docpack, doubtful):
    assert docpack("convert", "in.txt", "-o", "x.json").returncode == 0


def test_strict_asks_for_what_it_is_told_to(docpack, doubtful):
    assert docpack("convert", "in.txt", "-o", "x.json", "--strict=0").returncode == 0


def test_doubts_are_in_the_json_of_a_conversion(docpack, doubtful):
    done = docpack("convert", "in.txt", "-o", "x.json", "--strict=1", "--json")

    assert json.loads(done.stdout)["results"][0]["unsure"]


def test_the_library_gives_the_doubts_of_a_conversion(doubtful, tmp_path):
    result = docpack.convert(doubtful, tmp_path / "x.json", unsure_below=1.0)

    assert result.unsure
    assert result.unsure[0].confidence <= result.unsure[-1].confidence < 1


def test_doubts_are_a_finding(tmp_path):
    from docpack.context import Context

    context = Context()
    docpack.read(DOUBTFUL.encode(), format="text", context=context)

    told = [finding for finding in context.findings if finding.code.name == "R008"]
    assert [finding.values["limit"] for finding in told] == [0.8]


def test_the_hint_of_strict_has_the_options_of_the_call_and_works(docpack, doubtful, tmp_path):
    (tmp_path / "my own.toml").write_text(JOINED.format("join"))
    options = ["--overrides", "my own.toml", "--no-verse", "--paragraphs", "auto"]

    done = docpack("convert", "in.txt", "-o", "x.json", "--strict=0.99", *options)

    (hint,) = [line for line in done.stderr.decode().splitlines() if "hint: " in line]
    told = shlex.split(hint.partition("`")[2].partition("`")[0])
    assert told[:5] == ["docpack", "explain", "in.txt", "--unsure", "0.99"]
    assert sorted(told[5:]) == sorted(options)
    assert docpack(*told[1:]).returncode == 0


def test_the_hint_of_strict_for_standard_input_asks_for_a_file(docpack, doubtful):
    done = docpack("convert", "-", "-t", "json", "-o", "x.json", "--strict=1", stdin=DOUBTFUL.encode())

    assert b"Save the text as FILE, and see them with `docpack explain FILE --unsure 1`." in done.stderr


# -------------------------------------------------------------------------------------------------- a folder


@pytest.mark.parametrize("command", [("convert", "in.txt", "-o", "x.json"), ("explain", "in.txt")])
def test_a_folder_where_the_overrides_should_be_is_refused(docpack, doubtful, tmp_path, command):
    (tmp_path / "in.txt.docpack.toml").mkdir()

    done = docpack(*command)

    assert done.returncode == 2
    assert b"in.txt.docpack.toml is a folder" in done.stderr
    assert docpack(*command, "--overrides", "/dev/null").returncode == 0
