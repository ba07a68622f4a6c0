"""The registry of formats and their options."""

import pytest

from docpack.errors import UsageError
from docpack.plugins import make, options_of, plugins, reader_type, writer_for_path, writer_names, writer_type


def test_the_built_in_formats_are_announced_as_any_other():
    assert {(p.kind, p.name) for p in plugins() if p.distribution == "docpack"} == {
        ("reader", "json"),
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
    (encoding,) = options_of(reader_type("text"))

    assert (encoding.name, encoding.flag, encoding.kind, encoding.default) == ("encoding", "--encoding", "str", "")


@pytest.mark.parametrize("name", ["docx", "epub", "html", "json", "pandoc", "pdf", "tei"])
def test_every_option_has_its_line_of_help_and_its_flag(name):
    for each in options_of(writer_type(name)):
        assert each.flag.startswith("--")
        assert len(each.help) > 10


def test_an_unknown_option_is_an_error():
    with pytest.raises(UsageError, match="no option 'colour'"):
        make(writer_type("epub"), {"colour": "red"})


def test_a_value_that_is_no_choice_is_an_error():
    with pytest.raises(UsageError, match="form cannot be 'short'"):
        make(writer_type("tei"), {"form": "short"})
