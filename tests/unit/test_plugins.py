"""The registry of formats and their options."""

import pickle
from dataclasses import dataclass
from typing import ClassVar

import pytest

from docpack.errors import UsageError
from docpack.plugins import (
    Format,
    NamedBytes,
    make,
    option,
    options_of,
    plugins,
    reader_type,
    writer_for_path,
    writer_names,
    writer_type,
)


def test_the_built_in_formats_are_announced_as_any_other():
    assert {(p.kind, p.name) for p in plugins() if p.distribution == "docpack" and p.kind != "validator"} == {
        ("packager", "archivematica"),
        ("packager", "bagit"),
        ("packager", "eark-sip"),
        ("reader", "json"),
        ("reader", "pdf"),
        ("reader", "text"),
        ("writer", "docx"),
        ("writer", "epub"),
        ("writer", "html"),
        ("writer", "json"),
        ("writer", "pandoc"),
        ("writer", "pdf"),
        ("writer", "tei"),
    }


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("a.epub", "epub"),
        ("A.EPUB", "epub"),
        ("a.tei.xml", "tei"),
        ("a.json", "json"),
        ("a.pandoc.json", "pandoc"),
        ("x/y.docx", "docx"),
    ],
)
def test_the_longest_ending_names_the_format(path, name):
    assert writer_for_path(path) == name


def test_an_unknown_format_is_told_with_the_nearest_and_all_others():
    with pytest.raises(UsageError, match="no writer for the format 'tie'") as caught:
        writer_type("tie")

    assert "Did you mean tei?" in caught.value.hint
    assert all(name in caught.value.hint for name in writer_names())


def test_options_are_the_fields_of_the_class():
    encoding = next(each for each in options_of(reader_type("text")) if each.name == "encoding")

    assert (encoding.name, encoding.flag, encoding.kind, encoding.default) == ("encoding", "--encoding", "str", "")


@pytest.mark.parametrize("name", ["docx", "epub", "html", "json", "pandoc", "pdf", "tei"])
def test_every_option_has_its_line_of_help_and_its_flag(name):
    for each in options_of(writer_type(name)):
        assert each.flag.startswith("--")
        assert len(each.help) > 10


def test_an_unknown_option_is_an_error():
    with pytest.raises(UsageError, match="no option 'colour'"):
        make(writer_type("epub"), {"colour": "red"})


def test_what_is_true_by_default_is_switched_off_by_its_flag():
    headings = next(each for each in options_of(reader_type("text")) if each.name == "headings")

    assert (headings.flag, headings.kind, headings.default) == ("--no-headings", "bool", True)


def test_a_flag_of_what_is_true_by_default_says_no_by_itself():
    @dataclass(frozen=True)
    class Wide:
        format: ClassVar[Format] = Format("wide", (".wide",), "text/plain")
        wrap_lines: bool = option(True, "let lines be as long as they are")

    assert options_of(Wide)[0].flag == "--wide-no-wrap-lines"


def test_the_bytes_of_a_file_keep_its_name_between_processes():
    named = pickle.loads(pickle.dumps(NamedBytes(b"x", "in.toml")))  # noqa: S301  # our own

    assert (named, named.name) == (b"x", "in.toml")


def test_a_value_that_is_no_choice_is_an_error():
    with pytest.raises(UsageError, match="form cannot be 'short'"):
        make(writer_type("tei"), {"form": "short"})
