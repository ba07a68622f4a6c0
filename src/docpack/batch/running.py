"""The run itself: what is fresh is passed over, the rest goes to workers, and records come back in the order of the inputs."""

from __future__ import annotations

import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from docpack.batch.keys import KeysOfJobs
from docpack.batch.publishing import stage
from docpack.batch.quarantine import QUARANTINED
from docpack.batch.slots import Fate, Limits
from docpack.batch.task import Output, Record, Status, Trouble
from docpack.batch.work import Assignment, doubts_of, findings_of
from docpack.errors import DocpackError, ExitCode
from docpack.files import read_file, sha256_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from concurrent.futures import Future

    from docpack.batch.cache import Cache, Entry
    from docpack.batch.journal import Journal
    from docpack.batch.keys import Keys
    from docpack.batch.publishing import Staged
    from docpack.batch.slots import Ended
    from docpack.batch.task import Task

__all__ = ["Engine", "Names", "Run"]

_GROUP = 128  # documents whose outputs are made durable at once
_MAX_GROUPS = 4  # that wait for the disk
_PATIENCE_S = 1.0  # how long a finished document waits for others
_TAKING_S = 0.1  # after taking tasks for so long in all, somebody looks for what has ended
_WINDOW = 4096  # records that are kept because one before them is not done


class Engine(Protocol):
    """Does assignments somewhere else; see `docpack.batch.slots.Slots`."""

    @property
    def room(self) -> int:
        """How many more can be submitted."""

    @property
    def under_way(self) -> int:
        """How many have not ended."""

    def submit(self, task: Any) -> None:
        """Take one."""

    def wait(self, timeout_s: float | None = None) -> list[Ended]:
        """Return those that ended."""

    def close(self) -> None:
        """Leave everything where it is."""


class Names(Protocol):
    """Gives outputs their names; see `docpack.batch.publishing.Staging`."""

    @property
    def folder(self) -> object:
        """Where they lie until then."""

    def commit(self, staged: Iterable[Staged]) -> dict[str, str]:
        """Let outputs take their names; return what went wrong, by name."""


class _Source:
    """Tasks, one by one, and whether there are more."""

    def __init__(self, tasks: Iterable[Task | None]) -> None:
        self._tasks = iter(tasks)
        self.is_exhausted = False

    def take(self) -> Task | None:
        """Return the next one; None where there is none, or none yet."""
        try:
            return next(self._tasks)
        except StopIteration:
            self.is_exhausted = True
            return None


@dataclass(slots=True)
class _Group:
    """Documents that are done and whose outputs have not got their names yet."""

    records: list[Record] = field(default_factory=list)
    staged: list[Staged] = field(default_factory=list)
    since_s: float = 0.0


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a document before anybody works on it: its keys, and the outputs that need not be made."""

    keys: Keys
    outputs: tuple[Output, ...] = ()
    staged: tuple[Staged, ...] = ()
    missing: tuple[str, ...] = ()
    entry: Entry | None = None


class Run:
    """One run over tasks.

    Args:
        engine: Who does the work.
        names: Who gives outputs their names.
        cache: What was made before.
        journal: What an interrupted run had done, and where this one notes what it does.
        limits: What each document may take; whoever does the work sees to it.
        fail_fast: Whether the first document that fails ends the run.
    """

    def __init__(
        self,
        engine: Engine,
        names: Names,
        cache: Cache,
        journal: Journal,
        *,
        limits: Limits = Limits(),  # noqa: B008  # it is frozen
        fail_fast: bool = False,
    ) -> None:
        self._engine, self._names, self._cache, self._journal = engine, names, cache, journal
        self._limits, self._fail_fast = limits, fail_fast
        self._group = _Group()
        # The disk is waited for in a thread: meanwhile workers are fed. One thread, so that groups keep their order.
        self._namer = ThreadPoolExecutor(1, thread_name_prefix="docpack-names")
        self._being_named: deque[Future[list[Record]]] = deque()
        self._known: dict[int, tuple[Task, _Known]] = {}  # documents that workers have
        self._done: dict[int, Record] = {}
        self._next = 0
        self._keys = KeysOfJobs()
        self.is_taking = False  # whether it waits for whoever gives the tasks
        self._stopping = False
        self._deadline_s = float("inf")

    def stop(self, grace_s: float = float("inf")) -> None:
        """Begin no other document, and wait no longer than that for those that workers have."""
        self._stopping = True
        self._deadline_s = min(self._deadline_s, time.monotonic() + grace_s)

    @property
    def was_interrupted(self) -> bool:
        """Whether it was told to stop before it was done."""
        return self._deadline_s < float("inf")

    def records(self, tasks: Iterable[Task | None]) -> Iterator[Record]:
        """Yield a record for each task, in their order; None among them says that there is none yet."""
        source = _Source(tasks)
        with self._namer:
            while self._turn(source):
                yield from self._ready()
        yield from self._ready()
        for number in sorted(self._done):
            yield self._done.pop(number)
        while not self.was_interrupted and (task := self._take(source)) is not None:
            yield _record(task, Status.NOT_RUN)

    def _take(self, source: _Source) -> Task | None:
        """Return the next task, or None; where it is told to stop meanwhile by an interrupt, there are no more."""
        try:
            self.is_taking = True
            return source.take()
        except KeyboardInterrupt:
            if not self._stopping:
                raise
            source.is_exhausted = True
            return None
        finally:
            self.is_taking = False

    def _turn(self, source: _Source) -> bool:
        """Begin what can be begun, take what has ended, name what is due; return whether there is more to do."""
        patience_s, taking_s = self._patience_s(), 0.0
        while not (source.is_exhausted or self._stopping or self._is_due()) and self._has_room():
            since_s = time.monotonic()
            task = self._take(source)
            taking_s += time.monotonic() - since_s
            if task is not None:
                self._begin(task)
            if (task is None and not source.is_exhausted) or taking_s > _TAKING_S:
                patience_s = min(patience_s, _TAKING_S)
                break
        if self._known and not self._is_due():
            for ended in self._engine.wait(min(patience_s, self._patience_s())):
                self._end(ended)
            if time.monotonic() >= self._deadline_s:
                self._give_up()
        if self._is_due() or not self._known:
            self._commit()
        self._take_named(all_of_them=not self._known)
        return bool(self._known) or not (source.is_exhausted or self._stopping)

    def _has_room(self) -> bool:
        return self._engine.room > 0 and len(self._done) < _WINDOW

    def _give_up(self) -> None:
        """Take the documents back that workers have."""
        self._engine.close()
        for number in sorted(self._known):
            task, _ = self._known.pop(number)
            self._done[number] = _record(task, Status.NOT_RUN)

    def _patience_s(self) -> float:
        """How long the documents that are done may still wait for others."""
        if not self._group.records:
            return _PATIENCE_S
        return max(0.0, self._group.since_s + _PATIENCE_S - time.monotonic())

    def _is_due(self) -> bool:
        return len(self._group.records) >= _GROUP or self._patience_s() <= 0

    def _ready(self) -> Iterator[Record]:
        while record := self._done.pop(self._next, None):
            self._next += 1
            yield record

    def _begin(self, task: Task) -> None:
        """Look what is there of a document, and let workers make the rest."""
        if task.trouble:
            self._settle(_record(task, Status.FAILED, troubles=(task.trouble,)))
            return
        try:
            data = read_file(Path(task.job.source))
            keys = self._keys.of(task, data)
        except DocpackError as error:
            self._settle(_record(task, Status.FAILED, troubles=(Trouble.of(error),)))
            return
        before = self._journal.known.get(task.name)
        if before and before.key == keys.document and _still_holds(before, task, self._limits):
            self._settle(replace(before, number=task.number))
            return
        try:
            known = self._there(task, keys)
        except DocpackError as error:  # a full disk does not take what is in the cache
            self._settle(_record(task, Status.FAILED, keys, troubles=(Trouble.of(error),)))
            return
        if known.missing:
            self._known[task.number] = (task, known)
            folder = str(self._names.folder)
            self._engine.submit(Assignment(task, folder, self._cache.root, keys, known.missing, len(data)))
            return
        assert known.entry is not None
        made = any(each.made != "there" for each in known.outputs)
        record = _record(
            task,
            Status.BUILT if made else Status.FRESH,
            keys,
            outputs=known.outputs,
            findings=findings_of(known.entry, keys.outputs),
            doubts=doubts_of(known.entry, task.job.unsure_below),
        )
        self._settle(record, known.staged)

    def _there(self, task: Task, keys: Keys) -> _Known:
        """Return which outputs are there, or can be taken from the cache, and which have to be made."""
        entry = self._cache.entry(keys.document)
        outputs, staged, missing = [], [], []
        for name, target in task.job.outputs:
            key = keys.outputs[name]
            made = entry.outputs.get(key) if entry else None
            if made is None:
                missing.append(name)
            elif sha256_of(target, made.size_bytes) == made.sha256:
                outputs.append(Output(name, target, key, made.sha256, made.size_bytes, "there"))
            elif (data := self._cache.content(keys.document, made)) is not None:
                staged.append(stage(str(self._names.folder), f"{task.number}-{name}", data, target))
                outputs.append(Output(name, target, key, made.sha256, made.size_bytes, "restored"))
            else:
                missing.append(name)
        return _Known(keys, tuple(outputs), tuple(staged), tuple(missing), entry)

    def _end(self, ended: Ended) -> None:
        """Take what a worker gave back, or note what became of it."""
        task, known = self._known.pop(ended.task.task.number)
        if ended.fate is not Fate.DONE:
            self._settle(_lost(task, known.keys, ended, self._limits))
            return
        record, staged = ended.value.record, ended.value.staged
        if known.entry:
            told = [each for each in findings_of(known.entry, known.keys.outputs) if each not in record.findings]
            record = replace(record, findings=(*record.findings, *told))
        made = {each.format: each for each in (*known.outputs, *record.outputs)}
        outputs = tuple(made[name] for name, _ in task.job.outputs if name in made)
        volatile = {**record.volatile, "attempts": ended.attempts}
        self._settle(replace(record, outputs=outputs, volatile=volatile), (*known.staged, *staged))

    def _settle(self, record: Record, staged: tuple[Staged, ...] = ()) -> None:
        """Let a document wait until the outputs of many get their names."""
        if not self._group.records:
            self._group.since_s = time.monotonic()
        self._group.records.append(record)
        self._group.staged += staged
        if self._fail_fast and not record.status.is_fine:
            self.stop()

    def _commit(self) -> None:
        """Let the outputs of a group get their names."""
        if self._group.records:
            group, self._group = self._group, _Group()
            self._being_named.append(self._namer.submit(self._named, group))

    def _named(self, group: _Group) -> list[Record]:
        """Give the outputs of a group their names, then note the documents as done."""
        failed = self._names.commit(group.staged)
        records = [_unnamed(each, failed) if failed else each for each in group.records]
        self._journal.append(each for each in records if each.status is not Status.FRESH)
        return records

    def _take_named(self, *, all_of_them: bool) -> None:
        """Take the groups whose outputs have their names; wait where too many have not."""
        while self._being_named and (
            all_of_them or len(self._being_named) > _MAX_GROUPS or self._being_named[0].done()
        ):
            self._done |= {each.number: each for each in self._being_named.popleft().result()}


def _record(task: Task, status: Status, keys: Keys | None = None, **facts: Any) -> Record:
    key, sha256 = (keys.document, keys.input_sha256) if keys else ("", "")
    return Record(task.number, task.name, task.job.source, status, key, sha256, **facts)


_STATUS = {Fate.TIMEOUT: Status.TIMEOUT, Fate.NO_MEMORY: Status.NO_MEMORY, Fate.CRASHED: Status.CRASHED}


def _lost(task: Task, keys: Keys, ended: Ended, limits: Limits) -> Record:
    """Return the record of a document whose worker gave nothing back, with the limits that it did not keep."""
    status = _STATUS.get(ended.fate, Status.FAILED)
    code, message, hint = ExitCode.FAILED, ended.detail, "Convert it by itself; if it happens again, please report it."
    if ended.fate is Fate.NO_MEMORY:
        message, hint = "it needs more memory than it may have", "Give more with --memory, or split it."
    elif ended.fate is Fate.TIMEOUT:
        hint = "Give more with --timeout, or split it."
    elif ended.fate is Fate.RAISED:
        code, hint = ExitCode.BUG, "This is a bug in docpack, not in your file: please report it."
    trouble = Trouble("", message, hint, int(code))
    volatile = {"attempts": ended.attempts, **(asdict(limits) if status in QUARANTINED else {})}
    return _record(task, status, keys, troubles=(trouble,), volatile=volatile)


def _unnamed(record: Record, failed: dict[str, str]) -> Record:
    """Return the record of a document without the outputs that did not get their names."""
    lost = [each for each in record.outputs if each.path in failed]
    if not lost:
        return record
    hint = "Check the folder, its permissions and the space on the disk."
    troubles = [
        Trouble(each.format, f"{each.path} cannot be written: {failed[each.path]}", hint, int(ExitCode.OUTPUT))
        for each in lost
    ]
    kept = tuple(each for each in record.outputs if each not in lost)
    return replace(record, status=Status.FAILED, outputs=kept, troubles=(*record.troubles, *troubles))


def _still_holds(record: Record, task: Task, limits: Limits) -> bool:
    """Tell whether what an interrupted run noted of a document is what is there, and is all that is wanted."""
    wanted = {name for name, _ in task.job.outputs}
    if _may_take_more(record, limits):
        return False
    if not record.status.is_fine:
        failed = {each.format for each in record.troubles}
        return "" in failed or wanted == failed | {each.format for each in record.outputs}
    there = {each.path for each in record.outputs if sha256_of(each.path, each.size_bytes) == each.sha256}
    return all(target in there for _, target in task.job.outputs)


def _may_take_more(record: Record, limits: Limits) -> bool:
    """Tell whether a document may take more now of what it died of."""
    match record.status:
        case Status.TIMEOUT:
            name = "timeout_s"
        case Status.NO_MEMORY | Status.CRASHED:  # there are libraries that end the process where memory ends
            name = "memory_bytes"
        case _:
            return False
    # A limit of 0 is none.
    return (getattr(limits, name) or inf) > (record.volatile.get(name, inf) or inf)
