"""Many files from a program: converted lazily, in their order, by whoever is asked to."""

from __future__ import annotations

import os
import time
from collections import deque
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from docpack.batch.slots import Fate, Limits, Slots
from docpack.errors import DocpackError, UsageError
from docpack.files import real_path, sweep_new_files
from docpack.jobs import Job, Result, plan, run
from docpack.judgements import UNSURE_BELOW

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from concurrent.futures import Executor, Future
    from typing import Self

    from docpack.batch.slots import Ended
    from docpack.jobs import Options
    from docpack.metadata import Changes

__all__ = ["convert_many"]

_TAKING_S = 0.1  # after taking sources for so long in all, somebody looks for what has ended
MAX_UNDER_WAY = 64  # jobs that an executor has at once; results are kept until those before them are given


def convert_many(
    sources: Iterable[str | os.PathLike[str]],
    *,
    to: str | Sequence[str],
    output_dir: str | os.PathLike[str] = "",
    format: str = "",  # noqa: A002  # as in read
    options: Options | None = None,
    reader_options: Mapping[str, Any] | None = None,
    changes: Changes | None = None,
    executor: Executor | Literal["processes"] | None = None,
    unsure_below: float = UNSURE_BELOW,
    verify: bool | None = None,
    limits: Limits | None = None,
) -> Iterator[Result]:
    """Convert many files, lazily and in their order; a result for each, also where it failed.

    Args:
        sources: Paths; they are taken as they are needed, some before the results of those before them are given. Where
            that raises an error, the results of those that it gave come before it.
        to: A format or several.
        output_dir: Where outputs go; by default beside each input.
        format: The reader's name; by default the content decides.
        options: Options of the writers, by format.
        reader_options: Options of the reader.
        changes: Metadata that the user states of all of them.
        executor: Any executor of `concurrent.futures`, whose workers then do the work; at most 64 files are under way.
            "processes" is one process for each core, of which each may die: a file that crashes or hangs costs itself
            only; the program has to guard its start by `if __name__ == "__main__"`, as with all of `multiprocessing`.
            By default everything is done here, one file after the other.
        unsure_below: Decisions less sure than this are in the results' `unsure`.
        verify: As for `convert`.
        limits: What a file may take, with "processes".
    """
    planner = _Planner(tuple([to] if isinstance(to, str) else to), os.fspath(output_dir))
    template = Job(
        "", (), format, options or {}, reader_options or {}, changes, unsure_below=unsure_below, verify=verify
    )
    planned = (planner.job(os.fspath(each), template) for each in sources)
    if executor is None:
        return (run(each) if isinstance(each, Job) else each for each in planned)
    if executor == "processes":
        return _by_processes(planned, limits or Limits())
    if isinstance(executor, str):
        raise UsageError(f"there is no executor {executor!r}", hint='Give "processes", or an executor object.')
    return _by_executor(planned, executor)


def _by_executor(planned: Iterator[Job | Result], executor: Executor) -> Iterator[Result]:
    window: deque[Result | tuple[Job, Future[Result]]] = deque()
    source = _UntilItFails(planned)
    for each in source:
        window.append(_submitted(executor, each) if isinstance(each, Job) else each)
        if len(window) >= MAX_UNDER_WAY:
            yield _result(window.popleft())
    while window:
        yield _result(window.popleft())
    source.raise_error()


class _UntilItFails:
    """Gives what an iterator gives; an error of it ends that, and is kept for when all that was given is done."""

    def __init__(self, planned: Iterator[Job | Result]) -> None:
        self._planned = planned
        self._error: Exception | None = None
        self.is_exhausted = False

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Job | Result:
        try:
            return next(self._planned)
        except StopIteration:
            self.is_exhausted = True
            raise
        except Exception as error:  # whatever the caller's iterator raises
            self.is_exhausted, self._error = True, error
            raise StopIteration from error

    def raise_error(self) -> None:
        """Raise what the iterator raised, if it did."""
        if self._error:
            raise self._error


def _submitted(executor: Executor, job: Job) -> Result | tuple[Job, Future[Result]]:
    try:
        return job, executor.submit(run, job)
    except RuntimeError as error:  # it is broken, or was shut down
        return _without(job, f"the executor takes no more: {error}")


def _result(each: Result | tuple[Job, Future[Result]]) -> Result:
    if isinstance(each, Result):
        return each
    job, future = each
    try:
        return future.result()
    except Exception as error:  # noqa: BLE001  # whatever an executor raises concerns this file only
        return _without(job, f"the executor gave nothing back: {type(error).__name__}: {error}")


def _without(job: Job, reason: str) -> Result:
    """Return the result of a job that nobody did."""
    error = DocpackError(f"{job.source} cannot be converted: {reason}", hint="Convert it by itself.")
    return Result(job.source, {}, {"": error}, ())


def _by_processes(planned: Iterator[Job | Result], limits: Limits) -> Iterator[Result]:
    from docpack.batch.session import available_cores
    from docpack.batch.warming import PRELOAD

    slots = Slots(_run_numbered, available_cores(), limits, PRELOAD)
    done: dict[int, Result] = {}
    under_way: dict[int, Job] = {}
    taken = given = 0
    source = _UntilItFails(planned)
    try:
        while not source.is_exhausted or given < taken:
            taking_s = 0.0
            while not source.is_exhausted and slots.room > 0 and len(done) < MAX_UNDER_WAY and taking_s < _TAKING_S:
                since_s = time.monotonic()
                each = next(source, None)
                taking_s += time.monotonic() - since_s
                if isinstance(each, Job):
                    slots.submit((taken, each))
                    under_way[taken] = each
                elif each is not None:
                    done[taken] = each
                taken += each is not None
            patience_s = None if source.is_exhausted or not slots.room else _TAKING_S
            for ended in slots.wait(patience_s) if given not in done else ():
                number, _ = ended.task
                done[number] = _ended(ended)
                del under_way[number]
            while given in done:
                yield done.pop(given)
                given += 1
    finally:
        processes = slots.processes
        slots.close()
        for job in under_way.values():
            for _, target in job.outputs:
                sweep_new_files(Path(target), processes)
    source.raise_error()


def _run_numbered(task: tuple[int, Job]) -> Result:
    return run(task[1])


def _ended(ended: Ended) -> Result:
    if ended.fate is Fate.DONE:
        made: Result = ended.value
        return made
    job: Job = ended.task[1]
    return _without(job, "it needs more memory than it may have" if ended.fate is Fate.NO_MEMORY else ended.detail)


@dataclass(frozen=True, slots=True)
class _Planner:
    """Plans jobs one after the other, and remembers which files are spoken for."""

    to: tuple[str, ...]
    output_dir: str
    owners: dict[Path, str] = field(default_factory=dict)

    def job(self, source: str, template: Job) -> Job | Result:
        """Return the job for a source, or why there can be none."""
        try:
            outputs = plan(source, "", self.to, self.output_dir)
        except UsageError as error:
            return Result(source, {}, {"": error}, ())
        for _, target in outputs:
            owner = self.owners.setdefault(real_path(target), source)
            if owner != source:
                clash = UsageError(f"{owner} and {source} would both become {target}", hint="Rename one of them.")
                return Result(source, {}, {"": clash}, ())
        return replace(template, source=source, outputs=outputs)
