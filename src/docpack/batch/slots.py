"""Local workers of which each may die without harm to the others: slots with one process each.

One loop watches all of them; there is no queue and no lock that they share, so that a process killed at any moment leaves
nothing held. It gives each a few small tasks at once and lets their answers gather: to be woken for each of them, and to
find nothing of its own in the processor's caches, costs more than what it has to do.

A task whose process dies is tried again, and given up when it was not the process's fault but its own: after a crash or
a hang once more, after a kill, which as a rule comes from outside, up to nine times. One for which the memory did not
suffice is tried once more in a process that has done nothing else. A process that has become large retires by itself,
and another one goes on.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import socket
import time
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from multiprocessing.connection import wait
from multiprocessing.reduction import ForkingPickler
from typing import TYPE_CHECKING, Any

from docpack.batch.slot_process import DONE, NO_MEMORY, READY, RETIRED, serve
from docpack.batch.warming import uninterrupted
from docpack.errors import DocpackError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

__all__ = ["AHEAD", "Ended", "Fate", "Limits", "Slots"]

# Tasks that a process has at once, so that it need not wait for us: so small that none waits long for those before it.
AHEAD = 8
_SMALL_BYTES = 64 << 10  # of input, that those have together which it has not begun; there may always be one
_PIPE_BYTES = 256 << 10
_SMALL_PIPE_BYTES = 2 << 10
_LEAST = 2  # tasks that a process has left when its answers are read, if it goes on as it did
_MAX_GATHERING_S = 0.1
_WEIGHT = 0.1  # of the last task, in what is known of how long they take
TRIES = {"crashed": 2, "timeout": 2, "killed": 10}
_FROM_OUTSIDE = frozenset({signal.SIGKILL, signal.SIGTERM, signal.SIGHUP} if hasattr(signal, "SIGKILL") else ())
_UNKNOWN = 255  # the code of a process whose server, which alone could tell it, has died
_MAX_START_S = 120.0  # until a process is ready; the time of its task counts from then
_MAX_START_FAILURES = 20  # of one slot, in a row: then something is wrong with the machine
_MAX_FIRST_FAILURES = 3  # where no process ever got as far: then it is wrong with the program


class Fate(StrEnum):
    """How a task ended."""

    DONE = "done"
    RAISED = "raised"  # an exception that nobody foresaw; `detail` is its traceback
    NO_MEMORY = "out-of-memory"
    TIMEOUT = "timeout"
    CRASHED = "crashed"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a task may take: seconds of wall time, and octets of address space; 0 is no limit."""

    timeout_s: float = 300.0
    memory_bytes: int = 4 << 30


@dataclass(frozen=True, slots=True)
class Ended:
    """A task and what became of it: `value` where it is done, else `detail` for people."""

    task: Any
    fate: Fate
    value: Any = None
    detail: str = ""
    attempts: int = 1


@dataclass(slots=True)
class _Try:
    """A task on its way: pickled once, with the size of its input, and how often its process died of what."""

    task: Any
    data: memoryview
    size_bytes: int
    died_of: dict[str, int] = field(default_factory=dict)
    cut_short_s: float = 0.0  # the time of those tries that were killed, until it counts as one that took too long
    killed_after_s: float = 0.0  # the time of all of them

    @property
    def attempts(self) -> int:
        return 1 + sum(self.died_of.values())

    def is_slow(self, timeout_s: float) -> bool:
        """Tell whether it took too long once already, and was killed late each time: then it is not killing itself."""
        kills = self.died_of.get("killed", 0) + self.died_of.get("timeout", 0)
        return "timeout" in self.died_of and self.killed_after_s / kills > timeout_s / 10


class Slots:
    """A fixed number of workers, each a process of its own.

    Args:
        work: A function that can be imported; what is done with each task.
        count: How many workers.
        limits: What each task may take.
        preload: Modules that workers have from the start.
        tries: How often a task is begun, by what its process died of: crashed, timeout, killed.
        ahead: How many tasks a worker has at most, the one that it works on among them.
    """

    def __init__(
        self,
        work: Callable[[Any], Any],
        count: int,
        limits: Limits,
        preload: tuple[str, ...] = (),
        *,
        tries: Mapping[str, int] = TRIES,
        ahead: int = AHEAD,
    ) -> None:
        self._limits, self._tries, self._ahead = limits, tries, ahead
        self._was_ready = False  # any process
        self._waiting: deque[_Try] = deque()  # for a process that takes them; those come first whose process died
        self._slots = [_Slot(work, limits, _context(preload), ahead) for _ in range(count)]

    @property
    def room(self) -> int:
        """How many more tasks can be submitted now; none, where one waits already because it is large."""
        return 0 if self._waiting else self._ahead * len(self._slots) - self.under_way

    @property
    def under_way(self) -> int:
        """How many tasks were submitted and have not ended."""
        return len(self._waiting) + sum(len(each.tasks) for each in self._slots)

    def submit(self, task: Any) -> None:
        """Take a task; there has to be room. One that has `input_bytes`, and few, goes out with others."""
        size_bytes = getattr(task, "input_bytes", _SMALL_BYTES)
        self._waiting.append(_Try(task, ForkingPickler.dumps(task), size_bytes))
        self._feed()

    def wait(self, timeout_s: float | None = None) -> list[Ended]:
        """Return the tasks that ended: at least one, unless the time is over or none is under way."""
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        ended: list[Ended] = []
        while self.under_way and not ended:
            self._feed()
            self._let_gather(deadline)
            ended += self._look(deadline)
            if deadline is not None and time.monotonic() >= deadline:
                break
        self._feed()
        return ended

    def close(self) -> None:
        """End all workers at once, whatever they do."""
        for each in self._slots:
            each.kill()

    def _feed(self) -> None:
        """Give waiting tasks to processes, those with least work first."""
        while self._waiting:
            ready = (each for each in self._slots if each.takes(self._waiting[0]))
            slot = min(ready, key=lambda each: len(each.tasks), default=None)
            if slot is None:
                break
            slot.send(self._waiting.popleft())

    def _let_gather(self, deadline: float | None) -> None:
        """Wait while all processes have work enough, or until one of them dies."""
        now = time.monotonic()
        patience_s = min((each.answers_s for each in self._slots if each.tasks), default=0.0)
        for limit in (deadline, *(each.deadline for each in self._slots if each.tasks)):
            patience_s = patience_s if limit is None else min(patience_s, limit - now)
        if patience_s > 0:
            wait([each.process.sentinel for each in self._slots if each.tasks and each.process], patience_s)

    def _look(self, deadline: float | None) -> list[Ended]:
        """Wait until something happens, and return what ended."""
        now = time.monotonic()
        limits = [each.deadline for each in self._slots if each.tasks] + ([] if deadline is None else [deadline])
        timeout_s = None if min(limits, default=0) == float("inf") else max(0.0, min(limits, default=now) - now)
        watched: dict[Any, _Slot] = {}
        for slot in self._slots:
            if slot.tasks and slot.tasks_pipe is not None and slot.process is not None:
                watched[slot.tasks_pipe] = watched[slot.process.sentinel] = slot
        ready = wait(list(watched), timeout_s)
        ended = []
        for slot in {id(watched[each]): watched[each] for each in ready}.values():
            ended += self._answers(slot, ready)
        for slot in self._slots:
            if slot.tasks and time.monotonic() >= slot.deadline:
                cause = slot.overtime
                slot.kill()
                ended += self._lost(slot, *cause)
        return ended

    def _answers(self, slot: _Slot, ready: Sequence[Any]) -> list[Ended]:
        """Return what a process answered; if it died, what that means for its tasks. `ready` is what something was told of."""
        ended = []
        died = slot.process is not None and slot.process.sentinel in ready
        told = slot.tasks_pipe in ready
        try:
            while told and slot.tasks_pipe is not None and slot.tasks:
                fate, value = slot.tasks_pipe.recv()
                if fate == READY:
                    slot.begin()
                    self._was_ready = True
                elif fate == RETIRED:
                    self._take_back(slot)
                    slot.kill()
                elif done := self._finished(slot, fate):
                    ended.append(_ended(done, fate, value))
                told = slot.has_answer
        except (EOFError, OSError):
            pass
        else:  # a process that has died closes its pipe, unless it left children who hold it
            if slot.process is None or not died or slot.is_alive:
                return ended
        return ended + self._lost(slot, *slot.cause_of_death())

    def _finished(self, slot: _Slot, fate: str) -> _Try | None:
        """Take the task that was answered off; None where it is to be tried again."""
        is_first = slot.is_at_first_task
        done = slot.finish()
        if fate != NO_MEMORY:
            return done
        # The process may not have given back what it took, or what those before took.
        self._take_back(slot)
        slot.kill()
        if is_first or done.died_of.get("memory"):
            return done
        done.died_of["memory"] = 1
        self._waiting.appendleft(done)
        return None

    def _take_back(self, slot: _Slot) -> None:
        """Let the tasks of a process wait for another one, before all others."""
        self._waiting.extendleft(reversed(slot.tasks))
        slot.tasks.clear()

    def _lost(self, slot: _Slot, cause: str, detail: str) -> list[Ended]:
        """Take the tasks of a dead process back; the first is the one that it died of.

        Raises:
            DocpackError: No process gets as far as to begin a task.
        """
        if not slot.was_ready:  # before it was given anything: no task's fault
            slot.failed_starts += _MAX_START_FAILURES // 2 if slot.elapsed_s >= _MAX_START_S else 1
            if slot.failed_starts >= (_MAX_START_FAILURES if self._was_ready else _MAX_FIRST_FAILURES):
                raise _cannot_start(detail)
            self._take_back(slot)
        if not slot.tasks:
            return []
        culprit = slot.tasks.popleft()
        if cause == "killed":
            # Whoever kills at random hits what takes long: tries that were cut short count together as one.
            culprit.cut_short_s += slot.elapsed_s
            culprit.killed_after_s += slot.elapsed_s
            if self._limits.timeout_s and culprit.cut_short_s >= self._limits.timeout_s:
                cause, culprit.cut_short_s = "timeout", 0.0
                detail = f"it took more than {self._limits.timeout_s:g} s, in several tries"
        culprit.died_of[cause] = culprit.died_of.get(cause, 0) + 1
        self._take_back(slot)
        if culprit.died_of[cause] < self._tries[cause]:
            self._waiting.appendleft(culprit)
            return []
        fate = Fate.TIMEOUT if cause == "timeout" or culprit.is_slow(self._limits.timeout_s) else Fate.CRASHED
        return [Ended(culprit.task, fate, None, detail, culprit.attempts - 1)]


def _cannot_start(why: str) -> DocpackError:
    return DocpackError(
        f"no worker can be started: {why}",
        hint="Ask for fewer with -j, raise the system's limits, and in a program of your own begin the work under "
        '`if __name__ == "__main__":`.',
    )


def _ended(done: _Try, fate: str, value: Any) -> Ended:
    if fate == DONE:
        return Ended(done.task, Fate.DONE, value, "", done.attempts)
    if fate == NO_MEMORY:
        return Ended(done.task, Fate.NO_MEMORY, None, "", done.attempts)
    return Ended(done.task, Fate.RAISED, None, value, done.attempts)


class _Slot:
    """A place for one process at a time, and the tasks that it has."""

    def __init__(self, work: Callable[[Any], Any], limits: Limits, context: Any, ahead: int) -> None:
        self._work, self._limits, self._context, self._ahead = work, limits, context, ahead
        self._ahead_bytes = 0  # of tasks that the pipe takes without anybody reading it
        self.process: BaseProcess | None = None
        self.tasks_pipe: Connection | None = None
        self._lifeline: Connection | None = None
        self.tasks: deque[_Try] = deque()
        self._is_ready = False
        self.was_ready = False  # the last process, before it died
        self.failed_starts = 0  # in a row
        self.is_at_first_task = True
        self._since_s = 0.0  # when the first of the tasks was begun, or the process was started
        self._task_s = 0.0  # how long tasks take

    @property
    def has_answer(self) -> bool:
        """Whether the process has told something that was not read yet."""
        return self.tasks_pipe is not None and self.tasks_pipe.poll()

    @property
    def is_alive(self) -> bool:
        return self.process is not None and self.process.is_alive()

    @property
    def deadline(self) -> float:
        """When the process has to have answered, or to be ready; in the time of `time.monotonic`."""
        return self._since_s + (self._limits.timeout_s or float("inf") if self._is_ready else _MAX_START_S)

    @property
    def elapsed_s(self) -> float:
        """How long the first of the tasks has been worked on."""
        return time.monotonic() - self._since_s

    @property
    def answers_s(self) -> float:
        """How long its answers may gather before it could have too little to do."""
        return min(_MAX_GATHERING_S, (len(self.tasks) - _LEAST) * self._task_s)

    @property
    def overtime(self) -> tuple[str, str]:
        """What is said of a process that did not keep its deadline."""
        if self._is_ready:
            return "timeout", f"it took more than {self._limits.timeout_s:g} s"
        return "crashed", f"its process was not ready after {_MAX_START_S:g} s"

    def takes(self, each: _Try) -> bool:
        """Tell whether a task can be sent without waiting for the process to read it."""
        if not self.tasks:
            return True
        if len(self.tasks) >= self._ahead or each.died_of or self.tasks[0].died_of:
            return False
        ahead = [*islice(self.tasks, 1, None), each]
        small = len(ahead) == 1 or sum(known.size_bytes for known in ahead) <= _SMALL_BYTES
        return small and sum(len(known.data) for known in ahead) < self._ahead_bytes

    def send(self, each: _Try) -> None:
        """Give a task to the process, which is started if need be."""
        why: str | None = None
        for _ in range(_MAX_START_FAILURES):
            if not self.tasks:
                self._since_s = time.monotonic()
            try:
                if each.died_of.get("memory") and not self.is_at_first_task:
                    self.kill()
                if not (self.tasks or self.is_alive):
                    self._start()
                assert self.tasks_pipe is not None
                self.tasks_pipe.send_bytes(each.data)
            except (OSError, EOFError) as error:  # it died before it was given anything, or so did what starts it
                if self.tasks:  # its death is noticed, and this task given to another, when its answers are read
                    break
                self.kill()
                why = error.strerror if isinstance(error, OSError) else ""
                time.sleep(0.01)
            else:
                break
        else:
            raise _cannot_start(why or "the system starts none")
        self.tasks.append(each)

    def begin(self) -> None:
        """Note that the process is ready, and the time of its task begins."""
        self._is_ready = self.was_ready = True
        self.failed_starts = 0
        self._since_s = time.monotonic()

    def finish(self) -> _Try:
        """Take the first task off: it was answered."""
        now = time.monotonic()
        self._task_s += _WEIGHT * (now - self._since_s - self._task_s)
        self._since_s = now
        self.is_at_first_task = False
        return self.tasks.popleft()

    def cause_of_death(self) -> tuple[str, str]:
        """Return of what the process died, for us and for people; it is gone afterwards."""
        assert self.process is not None
        self.process.join(5)
        code = self.process.exitcode
        self.kill()
        if code is None:
            return "crashed", "its process closed the pipe and did not end"
        if code == _UNKNOWN:
            return "killed", "the server of its process died"
        if code >= 0:
            return "crashed", f"its process ended with code {code}"
        name = signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
        return ("killed" if -code in _FROM_OUTSIDE else "crashed"), f"its process died of {name}"

    def kill(self) -> None:
        """End the process, if there is one."""
        if self.process is not None:
            with contextlib.suppress(OSError):
                self.process.kill()
            self.process.join(5)
            with contextlib.suppress(ValueError, OSError):  # it is still there: nothing more can be done
                self.process.close()
        for pipe in (self.tasks_pipe, self._lifeline):
            if pipe is not None:
                pipe.close()
        self.process = self.tasks_pipe = self._lifeline = None
        self._is_ready, self.is_at_first_task = False, True

    def _start(self) -> None:
        self.kill()
        self.was_ready = False
        ours, theirs = self._context.Pipe()
        listening, self._lifeline = self._context.Pipe(duplex=False)
        self.tasks_pipe, self._ahead_bytes = ours, _room_of(ours)
        try:
            process = self._context.Process(
                target=serve, args=(theirs, listening, self._work, self._limits.memory_bytes), daemon=True
            )
            with _may_have_children(), uninterrupted():
                process.start()
        finally:
            theirs.close()
            listening.close()
        self.process = process


def _room_of(pipe: Connection) -> int:
    """Return how many octets of small messages a pipe takes for sure while nobody reads it, after making it larger.

    Who waits for room in it could wait for ever: for a process that waits for room for its answer. Systems count what
    each message costs them besides: on Linux less than eight times what it is.
    """
    try:
        with socket.socket(fileno=os.dup(pipe.fileno())) as made:
            with contextlib.suppress(OSError):
                made.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _PIPE_BYTES)
            return made.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) // 8
    except OSError:  # it is no socket
        return _SMALL_PIPE_BYTES


@contextlib.contextmanager
def _may_have_children() -> Iterator[None]:
    """Let a daemonic process start others, which Dask's workers are: ours end with it, which is what the rule is for."""
    configuration = multiprocessing.current_process()._config  # type: ignore[attr-defined]  # noqa: SLF001  # no other way
    daemonic = configuration.pop("daemon", None)
    try:
        yield
    finally:
        if daemonic is not None:
            configuration["daemon"] = daemonic


def _context(preload: tuple[str, ...]) -> Any:
    """Return how processes are started: from a server that has loaded everything, or anew where there are none."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(preload))
    return context
