"""What a worker does with a document: reads it, makes its outputs, compares them, and lays them where they can be taken.

It gives no output its name: that is for whoever makes many of them durable at once.
"""

from __future__ import annotations

import hashlib
import os
import platform
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docpack.batch.cache import Cache, Entry, Made
from docpack.batch.keys import QUITE_SURE, KeysOfJobs
from docpack.batch.memory import peak_bytes
from docpack.batch.publishing import Staged, stage
from docpack.batch.task import PACKAGE, Doubts, Output, Record, Status, Trouble
from docpack.conversion import open_source
from docpack.errors import DocpackError, OutputError
from docpack.jobs import run
from docpack.judgements import UNSURE_BELOW

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docpack.batch.keys import Keys
    from docpack.batch.task import Task
    from docpack.conversion import OpenedSource
    from docpack.jobs import Job, Result

__all__ = ["Assignment", "Finished", "doubts_of", "work"]

MAX_DOUBTS = 20  # of a document, that are described


@dataclass(frozen=True, slots=True)
class Assignment:
    """A task for a worker: where it lays outputs, where it keeps them, their keys, and which of them it makes.

    `input_bytes` is the size of its source, when somebody looked last.
    """

    task: Task
    staging: str
    cache: str
    keys: Keys
    formats: tuple[str, ...]
    input_bytes: int


@dataclass(frozen=True, slots=True)
class Finished:
    """What a worker gives back: the record, and the outputs that are to take their names."""

    record: Record
    staged: tuple[Staged, ...]


def work(assignment: Assignment) -> Finished:
    """Do a task; errors of docpack become part of the record, others pass."""
    task, wanted = assignment.task, set(assignment.formats)
    started, cpu = time.monotonic(), time.process_time()
    job = replace(task.job, outputs=tuple((name, "-") for name, _ in task.job.outputs if name in wanted))
    try:
        opened = open_source(job.source, job.format, job.reader_options)
    except DocpackError as error:
        return Finished(_unread(task, error), ())
    keys = assignment.keys
    if not keys.are_of(opened.data, _overrides_of(job, opened)):  # they were changed a moment ago
        keys = KeysOfJobs().of(task, opened.data)
    job = replace(
        job,
        data=opened.data,
        format=opened.reader,
        reader_options=opened.options,
        unsure_below=max(QUITE_SURE, job.unsure_below),
    )
    targets = dict(task.job.outputs)
    result = _packed(job, task.pack, assignment.staging, targets[PACKAGE]) if task.pack else run(job)
    entry = _entry(result)
    outputs, staged, contents = [], [], dict[str, bytes]()
    mark = f"{platform.node()}-{os.getpid()}-{time.monotonic_ns()}"  # another try may be writing the same elsewhere
    troubles = [Trouble.of(each, name) for name, each in result.errors.items()]
    for number, (name, made) in enumerate(result.data.items()):
        found = result.conservation.get(name)
        known = Made(
            hashlib.sha256(made).hexdigest(),
            len(made),
            found.output if found else 0,
            tuple(each.to_json() for each in result.findings_of.get(name, ())),
        )
        try:
            staged.append(stage(assignment.staging, f"{task.number}-{number}-{mark}", made, targets[name]))
        except DocpackError as error:
            troubles.append(Trouble.of(error, name))
            continue
        contents[keys.outputs[name]] = made
        entry.outputs[keys.outputs[name]] = known
        outputs.append(Output(name, targets[name], keys.outputs[name], known.sha256, known.size_bytes))
    if "" not in result.errors:
        Cache(Path(assignment.cache) if assignment.cache else None).keep(keys.document, entry, contents)
    record = Record(
        task.number,
        task.name,
        task.job.source,
        Status.FAILED if troubles else Status.BUILT,
        keys.document,
        keys.input_sha256,
        tuple(outputs),
        findings_of(entry, keys.outputs),
        doubts_of(entry, task.job.unsure_below),
        tuple(troubles),
        {"cpu_s": round(time.process_time() - cpu, 4), "wall_s": round(time.monotonic() - started, 4), **_memory()},
    )
    return Finished(record, tuple(staged))


def _packed(job: Job, formats: tuple[str, ...], staging: str, target: str) -> Result:
    """Return a result whose one output is a package of the document with these formats, which is to be called `target`."""
    from docpack.jobs import Result
    from docpack.packing.job import PackJob, pack

    try:
        with tempfile.TemporaryDirectory(dir=staging) as folder:
            path = Path(folder) / "package.tar"
            wanted = PackJob(
                job.source, str(path), formats, job.format, job.options, job.reader_options, job.changes, job.data
            )
            made = pack(wanted)
            data = path.read_bytes()
    except OSError as failure:
        error: DocpackError = OutputError(
            f"{target} cannot be written: {failure.strerror}", hint="Check the space on the disk."
        )
    except OutputError as failure:  # which names the file that is there in the meantime
        error = OutputError(failure.message.replace(str(path), target), hint=failure.hint)
    except DocpackError as failure:
        error = failure
    else:
        return Result(
            job.source, {PACKAGE: ""}, {}, made.findings, {PACKAGE: data}, findings_of={PACKAGE: made.findings}
        )
    return Result(job.source, {}, {PACKAGE: error}, ())


def _overrides_of(job: Job, opened: OpenedSource) -> bytes:
    """Return the overrides that stand beside a text, and not those that an option gives."""
    beside = opened.options.get("overrides") if job.reader_options.get("overrides") is None else None
    return beside if isinstance(beside, bytes) else b""


def _unread(task: Task, error: DocpackError) -> Record:
    return Record(task.number, task.name, task.job.source, Status.FAILED, troubles=(Trouble.of(error),))


def _entry(result: Result) -> Entry:
    """Return what is to be known of a document besides its outputs."""
    return Entry(
        [each.to_json() for each in result.findings_of.get("", ())],
        sorted(round(each.confidence, 4) for each in result.unsure),
        [
            {
                "line": each.line,
                **({"page": each.page} if each.page else {}),
                "decision": each.decision,
                "confidence": round(each.confidence, 4),
                "why": each.why,
            }
            for each in result.unsure[:MAX_DOUBTS]
        ],
    )


def findings_of(entry: Entry, outputs: Mapping[str, str]) -> tuple[dict[str, Any], ...]:
    """Return what was told of a document and of those outputs, the same thing once."""
    told = list(entry.findings)
    for key in outputs.values():
        made = entry.outputs.get(key)
        told += [each for each in (made.findings if made else ()) if each not in told]
    return tuple(told)


def doubts_of(entry: Entry, below: float = UNSURE_BELOW) -> Doubts:
    """Return how many decisions are less sure than that, and the worst of them."""
    from bisect import bisect_left

    return Doubts(
        bisect_left(entry.confidences, below), tuple(each for each in entry.doubts if each["confidence"] < below)
    )


def _memory() -> dict[str, float]:
    peak = peak_bytes()
    return {"max_rss_mb": round(peak / (1 << 20), 1)} if peak else {}
