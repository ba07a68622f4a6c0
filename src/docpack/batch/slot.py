"""A place for one worker at a time: its process, the pipe to it, and the tasks that it has."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import socket
import time
from collections import deque
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from docpack.batch.slot_process import serve
from docpack.batch.warming import PRELOAD, uninterrupted
from docpack.errors import DocpackError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

__all__ = ["MAX_START_FAILURES", "MAX_START_S", "SMALL_BYTES", "Limits", "Slot", "Try", "cannot_start"]

SMALL_BYTES = 64 << 10  # of input, that the tasks have together which a process has not begun; there may always be one
MAX_START_S = 120.0  # until a process is ready; the time of its task counts from then
MAX_START_FAILURES = 20  # of one slot, in a row: then something is wrong with the machine
_PIPE_BYTES = 256 << 10  # that a pipe is asked to take
_SMALL_PIPE_BYTES = 2 << 10  # that one takes which is no socket
_LEAST = 2  # tasks that a process has left when its answers are read, if it goes on as it did
_MAX_GATHERING_S = 0.1
_WEIGHT = 0.1  # of the last task, in what is known of how long they take
_FROM_OUTSIDE = frozenset({signal.SIGKILL, signal.SIGTERM, signal.SIGHUP} if hasattr(signal, "SIGKILL") else ())
_UNKNOWN = 255  # the code of a process whose server, which alone could tell it, has died


@dataclass(frozen=True, slots=True)
class Limits:
    """What a task may take: seconds of wall time, and octets of address space; 0 is no limit."""

    timeout_s: float = 300.0
    memory_bytes: int = 4 << 30


@dataclass(slots=True)
class Try:
    """A task on its way: pickled once, with the size of its input, and how often its process died of what."""

    task: Any
    data: memoryview
    size_bytes: int
    died_of: dict[str, int] = field(default_factory=dict)
    cut_short_s: float = 0.0  # the time of those tries that were killed, until it counts as one that took too long
    killed_after_s: float = 0.0  # the time of all of them

    @property
    def attempts(self) -> int:
        """How often it was begun, this time included."""
        return 1 + sum(self.died_of.values())

    def is_slow(self, timeout_s: float) -> bool:
        """Tell whether it took too long once already, and was killed late each time: then it is not killing itself."""
        kills = self.died_of.get("killed", 0) + self.died_of.get("timeout", 0)
        return "timeout" in self.died_of and self.killed_after_s / kills > timeout_s / 10


def cannot_start(why: str) -> DocpackError:
    """Return the error of somebody who can have no worker."""
    return DocpackError(
        f"no worker can be started: {why}",
        hint="Ask for fewer with -j, raise the system's limits, and in a program of your own begin the work under "
        '`if __name__ == "__main__":`.',
    )


class Slot:
    """A place for one process at a time, and the tasks that it has."""

    def __init__(self, work: Callable[[Any], Any], limits: Limits, preload: tuple[str, ...], ahead: int) -> None:
        self._work, self._limits, self._context, self._ahead = work, limits, _context(preload), ahead
        self._starting = uninterrupted if PRELOAD[0] in preload else contextlib.nullcontext
        self._ahead_bytes = 0  # of tasks that the pipe takes without anybody reading it
        self.process: BaseProcess | None = None
        self.tasks_pipe: Connection | None = None
        self._lifeline: Connection | None = None
        self.tasks: deque[Try] = deque()
        self.is_ready = False  # the process; of one that has died, whether it was
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
        """Whether there is a process, and it has not died."""
        return self.process is not None and self.process.is_alive()

    @property
    def deadline(self) -> float:
        """When the process has to have answered, or to be ready; in the time of `time.monotonic`."""
        return self._since_s + (self._limits.timeout_s or float("inf") if self.is_ready else MAX_START_S)

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
        if self.is_ready:
            return "timeout", f"it took more than {self._limits.timeout_s:g} s"
        return "crashed", f"its process was not ready after {MAX_START_S:g} s"

    def takes(self, each: Try) -> bool:
        """Tell whether a task can be sent without waiting for the process to read it."""
        if not self.tasks:
            return True
        if len(self.tasks) >= self._ahead or each.died_of or self.tasks[0].died_of:
            return False
        ahead = [*islice(self.tasks, 1, None), each]
        small = len(ahead) == 1 or sum(known.size_bytes for known in ahead) <= SMALL_BYTES
        return small and sum(len(known.data) for known in ahead) < self._ahead_bytes

    def send(self, each: Try) -> None:
        """Give a task to the process, which is started if need be."""
        why: str | None = None
        for _ in range(MAX_START_FAILURES):
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
            raise cannot_start(why or "the system starts none")
        self.tasks.append(each)

    def begin(self) -> None:
        """Note that the process is ready, and the time of its task begins."""
        self.is_ready = True
        self.failed_starts = 0
        self._since_s = time.monotonic()

    def finish(self) -> Try:
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
        self.is_at_first_task = True

    def _start(self) -> None:
        self.kill()
        self.is_ready = False
        ours, theirs = self._context.Pipe()
        listening, self._lifeline = self._context.Pipe(duplex=False)
        self.tasks_pipe, self._ahead_bytes = ours, _room_of(ours)
        try:
            process = self._context.Process(
                target=serve, args=(theirs, listening, self._work, self._limits.memory_bytes), daemon=True
            )
            with _may_have_children(), self._starting():
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
