"""What runs in a worker: takes tasks from a pipe, one after the other, and answers each.

The process dies with its parent: a thread waits for the other end of a pipe to go away, and on Linux the kernel is asked
to see to it, too, for a program that never lets a thread run.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import threading
from itertools import count
from multiprocessing.reduction import ForkingPickler
from typing import TYPE_CHECKING, Any

from docpack.batch.memory import peak_bytes

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

__all__ = ["DONE", "NO_MEMORY", "RAISED", "READY", "RETIRED", "serve"]

READY, DONE, RAISED, NO_MEMORY, RETIRED = "ready", "done", "raised", "no memory", "retired"
# What tasks may have taken so that the process still goes on; or a quarter of its limit, if that is less.
_KEPT_BYTES = 1 << 30
_PR_SET_PDEATHSIG = 1
_TASKS_BETWEEN_COLLECTIONS = 50
_MAX_TRACEBACK_CHARACTERS = 20_000  # from its end, where the error is told


def serve(tasks: Connection, lifeline: Connection, work: Callable[[Any], Any], memory_bytes: int) -> None:
    """Say that the process is ready, then do tasks until there are no more, or it has taken much memory.

    Each answer is a pair of how it ended and what came out. There are libraries that keep for good what a large document
    took: a process that has become large says that it retires, and begins no other task.

    Args:
        tasks: Gives tasks, and takes the answers.
        lifeline: Is closed by the parent, or with it.
        work: What is done with a task.
        memory_bytes: How much address space the process may have; 0 is no limit.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _die_with_parent(lifeline)
    _close_standard_streams()
    _limit_memory(memory_bytes)
    # What was loaded before stays for good, so that it costs nearly nothing to look for circles in what tasks leave.
    gc.disable()
    gc.freeze()
    enough_bytes = peak_bytes() + min(_KEPT_BYTES, memory_bytes // 4 or _KEPT_BYTES)
    with contextlib.suppress(EOFError, OSError):  # the parent has gone, or wants no more of us
        tasks.send((READY, None))
        for number in count(1):
            tasks.send_bytes(_answer(work, tasks.recv()))
            if peak_bytes() > enough_bytes:
                tasks.send((RETIRED, None))
                return
            if number % _TASKS_BETWEEN_COLLECTIONS == 0:
                gc.collect()


def _answer(work: Callable[[Any], Any], task: Any) -> memoryview:
    try:
        return ForkingPickler.dumps((DONE, work(task)))
    except MemoryError:
        return ForkingPickler.dumps((NO_MEMORY, ""))
    except Exception:  # noqa: BLE001  # a bug costs one document, and is reported with its traceback
        import traceback

        return ForkingPickler.dumps((RAISED, traceback.format_exc()[-_MAX_TRACEBACK_CHARACTERS:]))


def _die_with_parent(lifeline: Connection) -> None:
    def wait() -> None:
        try:
            lifeline.recv_bytes()
        except (EOFError, OSError):
            os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
    if hasattr(os, "sched_getaffinity"):  # Linux
        import ctypes

        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _close_standard_streams() -> None:
    """Leave standard input and output to the parent: nothing that a library prints gets between its results."""
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    os.close(null)


def _limit_memory(memory_bytes: int) -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if memory_bytes and (hard == resource.RLIM_INFINITY or memory_bytes <= hard):
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
