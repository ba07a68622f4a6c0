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

import time
from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from multiprocessing.connection import wait
from multiprocessing.reduction import ForkingPickler
from typing import TYPE_CHECKING, Any

from docpack.batch.slot import MAX_START_FAILURES, MAX_START_S, SMALL_BYTES, Limits, Slot, Try, cannot_start
from docpack.batch.slot_process import DONE, NO_MEMORY, READY, RETIRED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["AHEAD", "Ended", "Fate", "Limits", "Slots"]

# Tasks that a process has at once, so that it need not wait for us: so small that none waits long for those before it,
# unless one of them hangs.
AHEAD = 8
TRIES = {"crashed": 2, "timeout": 2, "killed": 10}
# Of one slot, in a row, where no process ever got as far: then it is wrong with the program. A late one counts twice over.
_MAX_FIRST_FAILURES = 5


class Fate(StrEnum):
    """How a task ended."""

    DONE = "done"
    RAISED = "raised"  # an exception that nobody foresaw; `detail` is its traceback
    NO_MEMORY = "out-of-memory"
    TIMEOUT = "timeout"
    CRASHED = "crashed"


@dataclass(frozen=True, slots=True)
class Ended:
    """A task and what became of it: `value` where it is done, else `detail` for people."""

    task: Any
    fate: Fate
    value: Any = None
    detail: str = ""
    attempts: int = 1


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
        self._waiting: deque[Try] = deque()  # for a process that takes them; those come first whose process died
        self._slots = [Slot(work, limits, preload, ahead) for _ in range(count)]

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
        size_bytes = getattr(task, "input_bytes", SMALL_BYTES)
        self._waiting.append(Try(task, ForkingPickler.dumps(task), size_bytes))
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

    @property
    def processes(self) -> list[int]:
        """The numbers of the processes that live."""
        return [each.process.pid for each in self._slots if each.process is not None and each.process.pid is not None]

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
        watched: dict[Any, Slot] = {}
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

    def _answers(self, slot: Slot, ready: Sequence[Any]) -> list[Ended]:
        """Return what a process answered; if it died, what that means for its tasks. `ready` is what something was told of."""
        ended = []
        died = slot.process is not None and slot.process.sentinel in ready
        told = slot.tasks_pipe in ready or (died and slot.has_answer)
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

    def _finished(self, slot: Slot, fate: str) -> Try | None:
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

    def _take_back(self, slot: Slot) -> None:
        """Let the tasks of a process wait for another one, before all others."""
        self._waiting.extendleft(reversed(slot.tasks))
        slot.tasks.clear()

    def _lost(self, slot: Slot, cause: str, detail: str) -> list[Ended]:
        """Take the tasks of a dead process back; the first is the one that it died of.

        Raises:
            DocpackError: No process gets as far as to begin a task.
        """
        if not slot.is_ready:  # before it was given anything: no task's fault
            slot.failed_starts += MAX_START_FAILURES // 2 if slot.elapsed_s >= MAX_START_S else 1
            if slot.failed_starts >= (MAX_START_FAILURES if self._was_ready else _MAX_FIRST_FAILURES):
                raise cannot_start(detail)
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


def _ended(done: Try, fate: str, value: Any) -> Ended:
    if fate == DONE:
        return Ended(done.task, Fate.DONE, value, "", done.attempts)
    if fate == NO_MEMORY:
        return Ended(done.task, Fate.NO_MEMORY, None, "", done.attempts)
    return Ended(done.task, Fate.RAISED, None, value, done.attempts)
