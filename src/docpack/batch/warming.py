"""Starts the server that workers are forked from: it can load what they need while this process still loads the rest."""

from __future__ import annotations

import multiprocessing

__all__ = ["PRELOAD", "warm_up"]

PRELOAD = ("docpack.batch.preloading",)


def warm_up() -> None:
    """Start the server, if it is not there and the system has one; it ends with this process."""
    if "forkserver" in multiprocessing.get_all_start_methods():
        from multiprocessing.forkserver import ensure_running

        multiprocessing.get_context("forkserver").set_forkserver_preload(list(PRELOAD))
        ensure_running()
