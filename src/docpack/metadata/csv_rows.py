"""A table with a row for each file, as Archivematica's metadata.csv: Dublin Core for many inputs at once.

    filename,dc.title,dc.creator,dc.creator
    objects/tin-box.txt,The Tin Box,"Almqvist, Ines",

Spec:
    Archivematica, "Metadata import": the first column is filename; columns dc.ELEMENT or dcterms.ELEMENT, each as
    often as needed. A file's path may begin with objects/.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from docpack.errors import UsageError
from docpack.metadata.identifiers import known_identifier
from docpack.metadata.keys import read_value
from docpack.metadata.statements import Statements
from docpack.metadata.values import shown
from docpack.model import Contributor, Identifier

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docpack.metadata.changes import Changes

__all__ = ["is_csv", "rows_by_file"]

_FIELDS = {
    "title": "title",
    "publisher": "publisher",
    "description": "description",
    "date": "date",
    "issued": "date",
    "created": "date",
    "language": "language",
    "subject": "subject",
    "rights": "rights",
    "source": "source_title",
}
_PERSONS = {"creator": "aut", "contributor": "ctb"}


def is_csv(name: str) -> bool:
    """Tell whether a metadata file is such a table, by its ending."""
    return name.lower().endswith(".csv")


def rows_by_file(data: bytes, what: str) -> Mapping[str, Changes]:
    """Return what the table states, by file name without folders; the row of the folder `objects` has the name "".

    Columns that docpack has no place for are listed in `ignored`.

    Raises:
        UsageError: It is no such table, or a file has two rows.
    """
    try:
        table = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{what} is no CSV in UTF-8: {error}", hint="Save it as CSV, UTF-8, with commas.") from error
    if not table or not table[0] or table[0][0].strip().lower() != "filename":
        raise UsageError(f"the first column of {what} is not called filename", hint="See Archivematica's metadata.csv.")
    heads = [each.strip().lower() for each in table[0]]
    found: dict[str, Changes] = {}
    for number, row in enumerate(table[1:], 2):
        if not any(map(str.strip, row)):
            continue
        if len(row) > len(heads):
            raise UsageError(
                f"{what}, row {number}: {len(row)} values for {len(heads)} columns", hint="Put quotes round commas."
            )
        name = row[0].strip().replace("\\", "/").rstrip("/")
        name = "" if name == "objects" else name.rpartition("/")[2]
        if name in found:
            raise UsageError(f"{what}, row {number}: {shown(name)} has a row already", hint="Leave one out.")
        found[name] = _row(heads[1:], row[1:], f"{what}, row {number}")
    return found


def _row(heads: list[str], values: list[str], where: str) -> Changes:
    """Return what a row states; what docpack has no place for, or cannot read, is listed, as of Dublin Core in XML."""
    statements, ignored = Statements(), list[str]()
    for head, value in zip(heads, values, strict=False):
        element = head.removeprefix("dc.").removeprefix("dcterms.")
        if not value.strip() or (element, value.strip().lower()) == ("type", "text"):
            continue
        if not head.startswith(("dc.", "dcterms.")) or element not in {*_FIELDS, *_PERSONS, "identifier"}:
            ignored.append(f"{where}: the column {shown(head)} is left out")
            continue
        try:
            _take(statements, element, value, head)
        except UsageError as error:
            ignored.append(f"{where}: {error.message}; it is left out")
    return statements.changes(ignored)


def _take(statements: Statements, element: str, value: str, key: str) -> None:
    if element in _PERSONS:
        statements.take("contributor", Contributor(" ".join(value.split()), _PERSONS[element]))
    elif element == "identifier":
        text = " ".join(value.split())
        statements.take("identifier", known_identifier(key, text) or Identifier(text))
    else:
        name, made = _FIELDS[element], read_value(key, _FIELDS[element], value)
        if name != "subject" and statements.get(name) not in {None, made}:
            raise UsageError(f"there is another {element} before {shown(value.strip())}")
        statements.take(name, made)
