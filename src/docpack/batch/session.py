"""A batch from end to end: everything that a run needs, opened and put away again."""

from __future__ import annotations

import contextlib
import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from docpack.batch.cache import Cache, cache_folder
from docpack.batch.checking import Comparing
from docpack.batch.executors import Chunks, open_executor
from docpack.batch.journal import Journal, journal_path
from docpack.batch.publishing import Staging, sweep
from docpack.batch.running import Run
from docpack.batch.slots import AHEAD, Limits, Slots
from docpack.batch.warming import PRELOAD, warm_up
from docpack.batch.work import work

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpack.batch.lock import Lock
    from docpack.batch.planning import Shard
    from docpack.batch.running import Engine

__all__ = ["Session", "Settings", "available_cores", "open_comparison", "open_session"]


@dataclass(frozen=True, slots=True)
class Settings:
    """How a batch is run; none of it changes what comes out.

    Args:
        output_dir: Where outputs go.
        jobs: How many local workers.
        limits: What each document may take.
        executor: Where the work is done instead, `dask:tcp://HOST:PORT`.
        cache: Where docpack keeps what it may lose.
        use_cache: Whether outputs are kept there, and taken from there.
        resume: Whether what an interrupted run had done counts.
        fail_fast: Whether the first document that fails ends the run.
        shard: Which part of the batch this is.
    """

    output_dir: str
    jobs: int = 0
    limits: Limits = field(default_factory=Limits)
    executor: str = ""
    cache: Path = field(default_factory=cache_folder)
    use_cache: bool = True
    resume: bool = False
    fail_fast: bool = False
    shard: Shard | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A run that can be started, and its journal."""

    run: Run
    journal: Journal
    swept: int


@contextlib.contextmanager
def open_session(settings: Settings) -> Iterator[Session]:
    """Give a run; its workers, its staging folder and its journal are put away when the block ends.

    Raises:
        DependencyError: The executor is not there.
        OutputError: The output folder or the cache cannot be written.
        UsageError: The executor's address is none.
    """
    output_dir = Path(settings.output_dir)
    shard = f"{settings.shard.index}/{settings.shard.count}" if settings.shard else ""
    with contextlib.ExitStack() as stack:
        engine = stack.enter_context(_engine(settings))  # first, as it may not be there: then nothing is written
        swept = sweep(output_dir)
        staging = stack.enter_context(Staging(output_dir))
        journal = Journal(journal_path(settings.cache, str(output_dir.resolve()), shard), resume=settings.resume)
        cache = Cache(settings.cache if settings.use_cache else None)
        run = Run(engine, staging, cache, journal, limits=settings.limits, fail_fast=settings.fail_fast)
        done = False
        try:
            yield Session(run, journal, swept)
            done = not run.was_interrupted
        finally:
            journal.close(done=done)


@contextlib.contextmanager
def open_comparison(settings: Settings, lock: Lock, lock_folder: str) -> Iterator[tuple[Run, Comparing]]:
    """Give a run that makes everything anew and compares it with what is there; nothing of it is kept.

    Args:
        settings: How it is run.
        lock: What outputs were when they were made; an empty one where nobody knows.
        lock_folder: Where that lies.

    Raises:
        DependencyError: The executor is not there.
        UsageError: The executor's address is none.
    """
    with tempfile.TemporaryDirectory(prefix="docpack-") as folder, _engine(settings) as engine:
        comparing = Comparing(folder, lock, lock_folder)
        journal = Journal(Path(folder) / "journal", resume=False)
        try:
            yield Run(engine, comparing, Cache(None), journal, limits=settings.limits), comparing
        finally:
            journal.close(done=True)


@contextlib.contextmanager
def _engine(settings: Settings) -> Iterator[Engine]:
    if settings.executor:
        with open_executor(settings.executor) as (executor, workers):
            chunks = Chunks(executor, settings.limits, workers)
            try:
                yield chunks
            finally:
                chunks.close()
        return
    ahead = 1 if settings.fail_fast else AHEAD  # what a worker has is done, whatever fails
    slots = Slots(work, settings.jobs or available_cores(), settings.limits, PRELOAD, ahead=ahead)
    if not os.path.exists(settings.output_dir):  # noqa: PTH110  # else there may be nothing to do
        warm_up()
    try:
        yield slots
    finally:
        slots.close()


def available_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1
