"""What workers do in the tests of slots: a module of its own, so that they can import it."""

from __future__ import annotations

import mmap
import os
import signal
import time

HOARD = []


class Small(tuple):
    """A task that says how little there is to read."""

    __slots__ = ()
    input_bytes = 10


def act(task):
    """What workers do here: what the task says."""
    number, what = task
    match what:
        case "segfault":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        case "exits":
            os._exit(3)
        case "sleeps":
            time.sleep(1000)
        case "loops":
            while True:
                pass
        case "hoards":
            HOARD.append(mmap.mmap(-1, 1600 << 20))  # room that is taken, and not touched
        case "large":
            return len(bytearray(900 << 20)) and number
        case "fills":
            return b"x" * (400 << 20) and os.getpid()
        case "greedy":
            return len(bytearray(8 << 30))
        case "raises":
            raise ValueError("no")
        case "pid":
            return os.getpid()
        case "slow":
            time.sleep(0.2)
        case "answers":
            return number + "y" * 300_000
        case "brief":
            time.sleep(0.003)
    return number
