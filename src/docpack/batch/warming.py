"""Starts the server that workers are forked from: it can load what they need while this process still loads the rest."""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["PRELOAD", "uninterrupted", "warm_up"]

PRELOAD = ("docpack.batch.preloading",)


def warm_up() -> None:
    """Start the server, if it is not there and the system has one; it ends with this process.

    Where it cannot be started that is told when it is needed.
    """
    if "forkserver" in multiprocessing.get_all_start_methods():
        from multiprocessing.forkserver import ensure_running

        multiprocessing.get_context("forkserver").set_forkserver_preload(list(PRELOAD))
        with contextlib.suppress(OSError), uninterrupted():
            ensure_running()


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Hold Ctrl-C back while the server is started, until it has loaded `preloading`: this process is who answers it."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()  # which lets Ctrl-C through again, if it is started later
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
