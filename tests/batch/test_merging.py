"""Journals of several runs as one: by name, each document once, in memory that does not grow with them."""

from __future__ import annotations

import json

import pytest

from docpack.batch import merging
from docpack.batch.merging import merged
from docpack.batch.task import Record, Status
from docpack.errors import InputError


def journal(path, records):
    lines = [json.dumps({"schema": "docpack.record/1", **each.to_json()}) for each in records]
    path.write_text("\n".join(lines), "utf-8")  # whoever copied it cut the last line's end off
    return path


def record(name, status=Status.BUILT, number=0):
    return Record(number, name, f"in/{name}", status, input_sha256=f"{name}-{number}")


@pytest.mark.parametrize("part_bytes", [1, 700, 1 << 20], ids=["a-line", "some-lines", "all-lines"])
def test_records_come_by_name_and_each_document_once(tmp_path, monkeypatch, part_bytes):
    monkeypatch.setattr(merging, "PART_BYTES", part_bytes)
    monkeypatch.setattr(merging, "_CHUNK_BYTES", 100)
    names = [f"{number * 7 % 40:02}/\udcff\n{number}.txt" for number in range(40)]
    first = journal(tmp_path / "1", [record(each) for each in names[:25]])
    second = journal(tmp_path / "2", [record(each) for each in names[20:]])

    found = list(merged([first, second]))

    assert [each.name for each in found] == sorted(names)
    assert all(each == record(each.name) for each in found)


@pytest.mark.parametrize("part_bytes", [1, 1 << 20], ids=["a-line", "all-lines"])
@pytest.mark.parametrize(
    ("statuses", "wanted"),
    [
        ([Status.NOT_RUN, Status.FAILED, Status.BUILT, Status.FRESH], 2),
        ([Status.NOT_RUN, Status.FAILED, Status.CRASHED], 1),
        ([Status.FAILED, Status.NOT_RUN], 0),
        ([Status.NOT_RUN, Status.NOT_RUN], 0),
    ],
)
def test_a_document_is_what_it_became_in_the_end(tmp_path, monkeypatch, part_bytes, statuses, wanted):
    monkeypatch.setattr(merging, "PART_BYTES", part_bytes)
    records = [record("a", each, number) for number, each in enumerate(statuses)]
    paths = [journal(tmp_path / str(each.number), [each]) for each in records]

    assert list(merged(paths)) == [records[wanted]]


def test_journals_without_a_line_are_none(tmp_path):
    (tmp_path / "empty").touch()

    assert list(merged([tmp_path / "empty"])) == []


def test_a_line_that_is_no_record_is_told_with_its_place(tmp_path):
    path = journal(tmp_path / "1", [record("a")])
    path.write_text(path.read_text() + "\n{}\n")

    with pytest.raises(InputError, match=":2: this is no record"):
        list(merged([path]))
