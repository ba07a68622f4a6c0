"""Past one machine: any `concurrent.futures.Executor` does the work, in chunks, with a bounded number of them under way.

What an executor does is done at least once, never exactly once: a worker may be lost after its work and before its answer.
So outputs are laid under names that no other try has, and whoever asked gives them theirs, once.

An executor that gives nothing back for a chunk does not tell which document it was: each is done again, alone, one after
the other, and only the one with which it fails again is blamed.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections import deque
from concurrent.futures import FIRST_COMPLETED, wait
from importlib import import_module
from typing import TYPE_CHECKING, Any

from docpack.batch.slots import Ended, Fate, Limits, Slots
from docpack.batch.warming import PRELOAD
from docpack.batch.work import work
from docpack.errors import DependencyError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Executor, Future

__all__ = ["Chunks", "open_executor"]

CHUNK_S = 15.0  # of work: long enough that handing it out costs nothing, short enough that little is lost with a worker
MAX_CHUNK = 100  # of a worker that is lost, no more is done again
_FIRST_CHUNK = 4
_WEIGHT = 0.2  # of the newest figure in the mean cost of a document


class Chunks:
    """Gives assignments to an executor.

    Args:
        executor: Who does them.
        limits: What each document may take.
        workers: How many the executor has; twice as many chunks are under way.
    """

    def __init__(self, executor: Executor, limits: Limits, workers: int) -> None:
        self._executor, self._limits, self._workers = executor, limits, max(1, workers)
        self._size = _FIRST_CHUNK
        self._cost_s = 0.0
        self._collected: list[Any] = []
        self._suspects: deque[Any] = deque()  # of chunks that gave nothing back; each is done again, alone
        self._alone: Future[Any] | None = None  # of the one suspect that is under way
        self._futures: dict[Future[Any], list[Any]] = {}

    @property
    def room(self) -> int:
        """How many more assignments can be submitted now."""
        free = 2 * self._workers - len(self._futures)
        return max(0, free * self._size - len(self._collected) - len(self._suspects))

    @property
    def under_way(self) -> int:
        """How many were submitted and have not ended."""
        return len(self._collected) + len(self._suspects) + sum(map(len, self._futures.values()))

    def submit(self, task: Any) -> None:
        """Take an assignment; it goes out with others."""
        self._collected.append(task)
        if len(self._collected) >= self._size:
            self._send()

    def wait(self, timeout_s: float | None = None) -> list[Ended]:
        """Return assignments that ended; those that wait for others go out now."""
        if self._collected:
            self._send()
        ended = self._try_suspect()
        if ended or not self._futures:
            return ended
        done, _ = wait(self._futures, timeout_s, FIRST_COMPLETED)
        for future in done:
            ended += self._ended(future, self._futures.pop(future))
        return ended

    def close(self) -> None:
        """Call off what has not begun."""
        for each in self._futures:
            each.cancel()

    def _send(self) -> None:
        chunk, self._collected = self._collected, []
        try:
            self._futures[self._executor.submit(do_chunk, chunk, self._limits)] = chunk
        except RuntimeError as error:  # it was shut down, or is broken
            raise DependencyError(f"the executor takes no more: {error}", hint="Run again with --resume.") from error

    def _try_suspect(self) -> list[Ended]:
        """Send the next suspect, unless one is under way; return it where the executor does not even take it."""
        if self._alone is not None or not self._suspects:
            return []
        suspect = self._suspects.popleft()
        try:
            self._alone = self._executor.submit(do_chunk, [suspect], self._limits)
        except RuntimeError as error:
            return [_blamed(suspect, error)]
        self._futures[self._alone] = [suspect]
        return []

    def _ended(self, future: Future[Any], chunk: list[Any]) -> list[Ended]:
        was_alone = future is self._alone
        if was_alone:
            self._alone = None
        try:
            made = future.result()
        except Exception as error:  # noqa: BLE001  # whatever an executor raises, it concerns these documents only
            if was_alone:
                return [_blamed(each, error) for each in chunk]
            self._suspects += chunk
            return []
        tasks = {each.task.number: each for each in chunk}
        ended = []
        for number, fate, value, detail, attempts in made:
            ended.append(Ended(tasks[number], Fate(fate), value, detail, attempts))
            if value is not None:
                self._learn(value.record.volatile.get("wall_s", 0.0))
        return ended

    def _learn(self, cost_s: float) -> None:
        self._cost_s = cost_s if not self._cost_s else (1 - _WEIGHT) * self._cost_s + _WEIGHT * cost_s
        self._size = max(1, min(MAX_CHUNK, round(CHUNK_S / self._cost_s))) if self._cost_s else self._size


def _blamed(task: Any, error: Exception) -> Ended:
    detail = f"the executor gave nothing back: {type(error).__name__}: {error}"
    return Ended(task, Fate.CRASHED, None, detail, attempts=2)


def do_chunk(chunk: Sequence[Any], limits: Limits) -> list[tuple[int, str, Any, str, int]]:
    """Do assignments on a worker, in a process of its own, so that a document that crashes does not crash the worker."""
    slots = _slots_of_this_thread(limits)
    waiting = iter(chunk)
    made = []
    try:
        pending = next(waiting, None)
        while pending is not None or slots.under_way:
            while pending is not None and slots.room > 0:
                slots.submit(pending)
                pending = next(waiting, None)
            made += [
                (each.task.task.number, str(each.fate), each.value, each.detail, each.attempts) for each in slots.wait()
            ]
    except BaseException:
        slots.close()
        _OF_THREADS.__dict__.clear()
        raise
    return made


_OF_THREADS = threading.local()


def _slots_of_this_thread(limits: Limits) -> Slots:
    """Return a slot that is kept from chunk to chunk: its process dies with this one."""
    known = _OF_THREADS.__dict__
    if known.get("limits") != limits:
        if "slots" in known:
            known["slots"].close()
        known.update(limits=limits, slots=Slots(work, 1, limits, PRELOAD))
    slots: Slots = known["slots"]
    return slots


@contextlib.contextmanager
def open_executor(address: str) -> Iterator[tuple[Executor, int]]:
    """Give the executor of an address, and how many workers it has: `dask:tcp://HOST:PORT`.

    Raises:
        DependencyError: Dask is not installed, or there is no scheduler.
        UsageError: It is no such address.
    """
    kind, _, place = address.partition(":")
    if kind != "dask" or not place:
        raise UsageError(f"--executor {address[:60]!r} is no executor", hint="Give dask:tcp://HOST:PORT.")
    try:
        dask: Any = import_module("distributed")
    except ImportError as error:
        raise DependencyError("Dask is not installed", hint="Install docpack[dask].") from error
    try:
        client = dask.Client(place, timeout="20s", set_as_default=False)
    except (OSError, ValueError) as error:
        raise DependencyError(
            f"there is no Dask scheduler at {place}: {error}", hint="Start one: dask scheduler."
        ) from error
    try:
        workers = len(client.scheduler_info(n_workers=-1)["workers"]) or os.cpu_count() or 1
        yield client.get_executor(pure=False, retries=2), workers
    finally:
        client.close()
