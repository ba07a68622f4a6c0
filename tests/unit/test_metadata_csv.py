"""A table with a row for each file."""

from __future__ import annotations

import pytest

from docpack.errors import UsageError
from docpack.metadata.csv_rows import rows_by_file
from docpack.model import Contributor

TABLE = """\ufefffilename,dc.title,dc.creator,dc.creator,dcterms.issued,dc.coverage
objects/a/One.txt,One,"Almqvist, Ines",B,1921,Vell
Two.txt,Two,,,,

objects,All,,,,
"""


def test_rows_are_found_by_file_name():
    found = rows_by_file(TABLE.encode(), "metadata.csv")

    assert set(found) == {"One.txt", "Two.txt", ""}
    assert found["One.txt"].title == "One"
    assert found["One.txt"].date == "1921"
    assert found["One.txt"].contributors == (Contributor("Almqvist, Ines"), Contributor("B"))
    assert found["One.txt"].ignored == ("metadata.csv, row 2: the column 'dc.coverage' is left out",)
    assert found[""].title == "All"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        pytest.param(b"", "first column", id="empty"),
        pytest.param(b"name,dc.title\n", "first column", id="no-file-names"),
        pytest.param(b"filename,dc.title\na.txt,A,B\n", "row 2: 3 values for 2 columns", id="too-many"),
        pytest.param(b"filename,dc.title\na.txt,A\nb/a.txt,B\n", "has a row already", id="twice"),
        pytest.param(b"\xff", "no CSV", id="encoding"),
        pytest.param(b'filename\n"a', "no CSV", id="quotes"),
    ],
)
def test_what_is_no_such_table_is_refused(data, words):
    with pytest.raises(UsageError, match=words):
        rows_by_file(data, "metadata.csv")


def test_what_cannot_be_read_or_stands_twice_is_listed():
    table = b"filename,dc.title,dc.title,dc.date,dc.type,dc.identifier\na.txt,One,Two,[c. 1921?],Text,x\n"

    found = rows_by_file(table, "m.csv")["a.txt"]

    assert found.title == "One"
    assert found.date is None
    assert [each.partition(": ")[0] for each in found.ignored] == ["m.csv, row 2"] * 2
    assert "another title" in found.ignored[0]
    assert "1921" in found.ignored[1]
