"""`docpack batch --check`: whether the outputs of documents are what they should be."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from docpack.archive.problems import shown
from docpack.batch.checking import Discrepancy, check_document, check_folder, check_orphans
from docpack.batch.keys import KeysOfJobs
from docpack.batch.lock import FILE_NAME, Lock, lock_path, read_lock
from docpack.batch.planning import endings
from docpack.batch.session import open_comparison
from docpack.batch.task import Status
from docpack.cli.batch_runs import interruptible, no_match
from docpack.cli.messages import say, write_line
from docpack.errors import DocpackError, ExitCode, UsageError
from docpack.files import read_file

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from docpack.batch.task import Task
    from docpack.cli.batch_settings import Asked

__all__ = ["check"]


def check(parsed: argparse.Namespace, asked: Asked) -> int:
    """Say which outputs are not what they should be; return the exit code.

    Raises:
        UsageError: Inputs make no sense together, or the lock is damaged.
    """
    if refused := list(asked.refusals().values()):
        more = f"; {len(refused) - 1} more inputs are refused" if len(refused) > 1 else ""
        raise UsageError(f"{refused[0].message}{more}", hint=refused[0].hint)
    lock = read_lock(lock_path(Path(asked.configuration.path))) if asked.configuration else Lock()
    tasks = _Noted(asked.tasks())
    by_lock = parsed.check == "fast" and asked.configuration is not None
    if parsed.check == "fast" and not by_lock and not parsed.quiet:
        say(f"there is no {FILE_NAME}, as there is no configuration; every document is made anew to compare it")
    rows = []
    for each in _by_lock(tasks, asked, lock) if by_lock else _anew(tasks, asked, lock):
        rows.append(asdict(each))
        if not parsed.json:
            write_line(shown(f"{each.kind}  {each.path}" + (f"  ({each.why})" if each.why else "")))
    if parsed.json:
        write_line(json.dumps({"ok": not rows, "documents": tasks.count, "outputs": rows}, indent=1))
    if not tasks.count and not rows:
        return no_match(asked, is_fine=parsed.allow_empty)
    if not parsed.quiet:
        say(f"{tasks.count} documents checked, {len(rows)} outputs are not what they should be")
    return ExitCode.FAILED if rows else ExitCode.OK


class _Noted:
    """Tasks; of those that were given it is known how many, their names, their outputs, and whether all were found."""

    def __init__(self, tasks: Iterator[Task | None]) -> None:
        self._tasks = tasks
        self.count = 0
        self.names: set[str] = set()
        self.targets: set[str] = set()
        self.all_found = True

    def __iter__(self) -> Iterator[Task | None]:
        for each in self._tasks:
            if each is None:
                yield None
                continue
            self.count += 1
            self.names.add(each.name)
            self.targets |= {os.path.normpath(target) for _, target in each.job.outputs}
            self.all_found = self.all_found and each.trouble is None
            yield each


def _by_lock(tasks: _Noted, asked: Asked, lock: Lock) -> Iterator[Discrepancy]:
    """Yield what the lock and the digests tell."""
    folder, keys_of = asked.configuration.folder if asked.configuration else "", KeysOfJobs()
    for task in filter(None, tasks):
        if task.trouble:
            yield Discrepancy(task.job.source, str(Status.FAILED), task.trouble.message)
            continue
        try:
            keys = keys_of.of(task, read_file(Path(task.job.source)))
        except DocpackError as error:
            yield Discrepancy(task.job.source, str(Status.FAILED), error.message)
            continue
        yield from check_document(task, keys, lock, folder)
    if asked.complete and tasks.all_found:
        yield from check_orphans(tasks.names, tasks.targets, lock, folder)


def _anew(tasks: _Noted, asked: Asked, lock: Lock) -> Iterator[Discrepancy]:
    """Yield what comes out differently when everything is made anew."""
    folder = asked.configuration.folder if asked.configuration else ""
    with open_comparison(asked.settings, lock, folder) as (run, comparing), interruptible(run):
        for record in run.records(tasks):
            for trouble in record.troubles:
                yield Discrepancy(record.source, str(record.status), trouble.message)
            yield from comparing.take(record)
        if run.was_interrupted:
            raise KeyboardInterrupt
    if asked.complete and tasks.all_found:
        orphans = list(check_orphans(tasks.names, tasks.targets, lock, folder))
        yield from orphans
        known = tasks.targets | {each.path for each in orphans}
        yield from check_folder(asked.plan.output_dir, endings(asked.plan), known)
