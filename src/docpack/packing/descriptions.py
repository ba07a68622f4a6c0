"""What is stated about the works that are packed: by options for all of them, by a table for each by its file name."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from docpack import metadata
from docpack.metadata.csv_rows import is_csv, rows_by_file
from docpack.packing.parts import read_record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from docpack.metadata import Changes
    from docpack.packing.job import PackJob

__all__ = ["Descriptions", "read_descriptions"]


@dataclass(frozen=True, slots=True)
class Descriptions:
    """What is stated about the works: for all inputs, and in a table by file name; and the file that states it."""

    own: Changes | None = None
    rows: Mapping[str, Changes] = field(default_factory=dict)
    file: tuple[str, bytes] | None = None
    is_record: bool = False

    def applied(self, job: PackJob) -> PackJob:
        """Return a job with what is stated about its input; a table goes into its documentation, as it is."""
        found = [self.rows.get(""), self.rows.get(Path(job.source).name), self.own]
        stated = [each for each in found if each is not None]
        job = replace(job, changes=metadata.merge(*stated) if stated else None)
        if self.file and self.is_record:
            return replace(job, records=(*job.records, read_record(*self.file)))
        return replace(job, documents=(self.file,)) if self.file and self.rows else job

    def unmatched(self, sources: Sequence[str]) -> Iterator[str]:
        """Yield what a table and the inputs have not in common."""
        names = {Path(each).name for each in sources}
        for name in self.rows.keys() - names - {""} if self.rows else ():
            yield f"{self.file[0] if self.file else 'the table'} has a row for {name}, which is no input"
        for name in sorted(names - self.rows.keys()) if self.rows else ():
            yield f"{name} has no row in {self.file[0] if self.file else 'the table'}"


def read_descriptions(assignments: Sequence[str], file: tuple[str, bytes] | None = None) -> Descriptions:
    """Return what `KEY=VALUE` assignments and a metadata file state; the assignments win.

    Args:
        assignments: As `docpack.metadata.parse_assignments` takes them.
        file: Name and content of a file in TOML, JSON or Dublin Core XML; or of a table, which has a row for each input.

    Raises:
        UsageError: They make no sense.
    """
    own = metadata.parse_assignments(assignments) if assignments else None
    if file is None:
        return Descriptions(own)
    name, data = file
    if is_csv(name):
        return Descriptions(own, rows_by_file(data, name), file)
    found = metadata.parse_file(data, name)
    is_xml = data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
    return Descriptions(metadata.merge(found, own) if own else found, {}, file, is_record=is_xml)
