"""What a resumed run does again: what was not done, and what may take more now of what it died of."""

from __future__ import annotations

import json

import pytest

from docpack.batch.cache import Cache
from docpack.batch.journal import Journal
from docpack.batch.planning import Plan, plan
from docpack.batch.publishing import Staging
from docpack.batch.running import Run
from docpack.batch.selection import select
from docpack.batch.slots import Ended, Fate, Limits
from docpack.jobs import Job


class Deadly:
    """An engine in which every document ends the same way."""

    room = 1

    def __init__(self, fate):
        self._fate, self._tasks, self.count = fate, [], 0

    @property
    def under_way(self):
        return len(self._tasks)

    def submit(self, task):
        self._tasks.append(task)
        self.count += 1

    def wait(self, timeout_s=None):
        tasks, self._tasks = self._tasks, []
        return [Ended(each, self._fate) for each in tasks]

    def close(self):
        pass


@pytest.fixture
def resumed(texts, tmp_path):
    """Return a function that resumes a batch of one document, and gives its record and how often it was begun."""
    folder = texts(1)

    def run(fate, limits):
        engine = Deadly(fate)
        with Staging(tmp_path / "out") as staging:
            journal = Journal(tmp_path / "journal", resume=True)
            wanted = Plan(str(tmp_path / "out"), ("json",), Job("", ()))
            made = Run(engine, staging, Cache(None), journal, limits=limits)
            (record,) = made.records(plan(select([str(folder)], (".txt",)), wanted))
            journal.close(done=False)
        return record, engine.count

    return run


@pytest.mark.parametrize(
    ("fate", "before", "now", "again"),
    [
        pytest.param(Fate.TIMEOUT, (60, 1), (60, 1), 0, id="same"),
        pytest.param(Fate.TIMEOUT, (60, 1), (61, 1), 1, id="more-time"),
        pytest.param(Fate.TIMEOUT, (60, 1), (0, 1), 1, id="any-time"),
        pytest.param(Fate.TIMEOUT, (60, 1), (30, 9), 0, id="less-time"),
        pytest.param(Fate.TIMEOUT, (0, 1), (60, 1), 0, id="no-longer-any-time"),
        pytest.param(Fate.NO_MEMORY, (60, 1), (99, 1), 0, id="memory-and-more-time"),
        pytest.param(Fate.NO_MEMORY, (60, 1), (60, 2), 1, id="more-memory"),
        pytest.param(Fate.NO_MEMORY, (60, 1), (60, 0), 1, id="any-memory"),
        pytest.param(Fate.CRASHED, (60, 1), (99, 1), 0, id="crash-and-more-time"),
        pytest.param(Fate.CRASHED, (60, 1), (60, 2), 1, id="crash-and-more-memory"),
        pytest.param(Fate.RAISED, (60, 1), (0, 0), 0, id="no-matter-of-limits"),
    ],
)
def test_a_document_is_tried_again_if_it_may_take_more_of_what_it_died_of(resumed, fate, before, now, again):
    first, _ = resumed(fate, Limits(*before))

    record, count = resumed(fate, Limits(*now))

    assert count == again
    assert record.status is first.status


def test_limits_count_that_are_higher_than_those_of_the_last_try(resumed):
    counts = [resumed(Fate.TIMEOUT, Limits(timeout_s))[1] for timeout_s in (60, 90, 90, 80, 91)]

    assert counts == [1, 1, 0, 0, 1]


def test_what_took_too_long_is_reported_with_the_limits_that_held(batch, texts, tmp_path):
    texts({"a.txt": "   SLOW\n"})
    batch("in", "-d", "out", "-t", "faulty", "--no-cache", "--timeout", "0.1", "--report", "jsonl:r")

    record = json.loads((tmp_path / "r").read_text())
    assert record["status"] == "timeout"
    assert record["volatile"] == {"attempts": 2, "timeout_s": 0.1, "memory_bytes": 4 << 30}
