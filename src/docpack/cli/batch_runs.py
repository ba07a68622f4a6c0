"""Converts the documents of a batch, and tells people, reports and the lock what became of them."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

from docpack.batch.keys import engine_versions
from docpack.batch.lock import Lock, Locked, below, lock_path, read_lock, write_lock
from docpack.batch.quarantine import QUARANTINED, quarantine
from docpack.batch.reports.kinds import open_reports
from docpack.batch.reports.summary import Summary
from docpack.batch.session import open_session
from docpack.batch.task import Record, Status
from docpack.cli.batch_progress import Progress
from docpack.cli.messages import say, write_line
from docpack.errors import ExitCode
from docpack.findings import place_in

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping
    from types import FrameType

    from docpack.batch.reports.kinds import Report
    from docpack.batch.running import Run
    from docpack.batch.task import Trouble
    from docpack.cli.batch_settings import Asked

__all__ = ["convert", "interruptible", "no_match"]

GRACE_S = 5.0  # that documents have to end after Ctrl-C
MAX_SAID = 100  # documents whose failure is told of; the rest is for the reports


def convert(parsed: argparse.Namespace, asked: Asked) -> int:
    """Convert the documents; return the exit code."""
    if asked.configuration and asked.is_as_configured:
        read_lock(lock_path(Path(asked.configuration.path)))  # a damaged one is told of now, and not in the end
    teller = _Teller(parsed, asked)
    began = time.monotonic()
    try:
        if refused := asked.refusals():
            return _refuse(asked, teller, refused)
        with (
            open_session(asked.settings) as session,
            interruptible(session.run),
            Progress(quiet=parsed.quiet) as progress,
        ):
            for record in session.run.records(asked.tasks()):
                teller.tell(record)
                progress.tell(teller.summary)
            interrupted = session.run.was_interrupted
    except BaseException:
        teller.abandon()
        raise
    teller.summary.elapsed_s = time.monotonic() - began
    teller.summary.interrupted = interrupted
    try:
        teller.close()
    except BaseException:
        teller.abandon()
        raise
    if interrupted:
        say("interrupted; what is done is done, and --resume goes on")
        return ExitCode.INTERRUPTED
    return _exit_code(parsed, asked, teller.summary)


def _refuse(asked: Asked, teller: _Teller, refused: Mapping[str, Trouble]) -> int:
    """Report inputs that make no sense as failed, and all others as not run; return the exit code."""
    for task in filter(None, asked.tasks()):
        trouble = refused.get(task.job.source, task.trouble)
        status, troubles = (Status.FAILED, (trouble,)) if trouble else (Status.NOT_RUN, ())
        teller.tell(Record(task.number, task.name, task.job.source, status, troubles=troubles))
    teller.close(with_lock=False)
    say("nothing was converted")
    return ExitCode.USAGE


def no_match(asked: Asked, *, is_fine: bool) -> int:
    """Say that there is no input; return the exit code."""
    say(asked.nothing_found())
    if is_fine:
        return ExitCode.OK
    say("hint: Check the names and where you are, or allow it with --allow-empty.")
    return ExitCode.NO_MATCH


def _exit_code(parsed: argparse.Namespace, asked: Asked, summary: Summary) -> int:
    if not summary.documents:
        return no_match(asked, is_fine=bool(parsed.allow_empty or parsed.shard))
    if summary.failed:
        return ExitCode.FAILED
    return ExitCode.STRICT if asked.strict is not None and summary.warned else ExitCode.OK


class _Teller:
    """Tells people, reports and the lock what became of documents."""

    def __init__(self, parsed: argparse.Namespace, asked: Asked) -> None:
        self.summary = Summary()
        self._parsed, self._asked = parsed, asked
        self._reports: list[Report] = open_reports(parsed.report, write_line)
        self._verbosity = -1 if parsed.quiet else int(parsed.verbose)
        self._said = 0
        self._locked: dict[str, Locked] = {}

    def tell(self, record: Record) -> None:
        """Tell of a document."""
        self.summary.add(record)
        for report in self._reports:
            report.add(record)
        if not record.status.is_fine and record.status is not Status.NOT_RUN:
            self._say_failure(record)
        if self._verbosity > 0:
            self._say_all(record)
        if self._asked.configuration and record.status.is_fine:
            self._locked[record.name] = self._entry(record)

    def _say_failure(self, record: Record) -> None:
        self._said += 1
        where = quarantine(self._asked.settings.cache, record) if record.status in QUARANTINED else None
        if self._said > MAX_SAID:
            return
        for each in record.troubles:
            what = f"{each.format}: {each.message}" if each.format else each.message
            status = "" if record.status is Status.FAILED else f"{record.status}: "
            source = "" if record.source in what else f"{record.source}: "
            say(f"error: {source}{status}{what}")
            if each.hint:
                say(f"hint: {each.hint}")
        if where:
            say(f"hint: A copy of it is kept in {where}.")
        if self._said == MAX_SAID:
            say("more failures are not told of here; see them with --report html:FILE")

    def _say_all(self, record: Record) -> None:
        for each in record.findings:
            place = place_in(record.source, each["line"], each.get("page", ""))
            say(f"{each['severity']}: {place}: {each['code']} {each['message']}")
        say(f"{record.source}: {record.status}")

    def _entry(self, record: Record) -> Locked:
        folder = self._asked.configuration.folder if self._asked.configuration else ""
        return Locked(
            record.input_sha256,
            record.key,
            {below(each.path, folder): (each.key, each.sha256) for each in record.outputs},
        )

    def close(self, *, with_lock: bool = True) -> None:
        """Put reports and the lock in their places, and tell the totals."""
        for report in self._reports:
            report.close(self.summary)
        if with_lock:
            self._write_lock()
        if self._parsed.json:
            write_line(json.dumps(self.summary.to_json(), indent=1))
        if self._verbosity >= 0 and self.summary.documents:
            say(self.summary.sentence())

    def abandon(self) -> None:
        """Leave no report half-written."""
        for report in self._reports:
            report.abandon()

    def _write_lock(self) -> None:
        """Write the lock of a repository, where this run was one of the repository's own; it stays as it is otherwise.

        A run over a part of the texts changes what the lock knows of them, and nothing else.
        """
        configuration = self._asked.configuration
        if configuration is None or not self.summary.documents:
            return
        path = lock_path(Path(configuration.path))
        if not self._asked.is_as_configured:
            if self._verbosity >= 0:
                say(f"{path} was left as it is: the command line says other things than {configuration.path}")
            return
        before = read_lock(path)
        formats = {name for each in self._asked.plan.rules for name in each.formats} | set(self._asked.plan.formats)
        if self._asked.complete and not self.summary.failed and not self.summary.interrupted:
            write_lock(path, Lock(engine_versions(sorted(formats)), self._locked))
            self._say_orphans(before, configuration.folder)
        elif before.documents or self._asked.complete:
            known = (
                self._locked
                if self._asked.complete
                else {n: e for n, e in self._locked.items() if n in before.documents}
            )
            versions = before.versions or engine_versions(sorted(formats))
            write_lock(path, Lock(versions, {**before.documents, **known}))

    def _say_orphans(self, before: Lock, folder: str) -> None:
        """Say which outputs are left of texts, or of formats, that are gone."""
        outputs = {path for each in self._locked.values() for path in each.outputs}
        for each in before.documents.values():
            for path in sorted(each.outputs.keys() - outputs):
                where = os.path.normpath(os.path.join(folder, path))  # noqa: PTH118
                if os.path.isfile(where) and self._verbosity >= 0:  # noqa: PTH113
                    say(f"warning: {where} is left of a text or a format that is gone; delete it")


@contextlib.contextmanager
def interruptible(run: Run) -> Iterator[None]:
    """Let the first Ctrl-C end a run in good order, and the second one at once."""

    def interrupt(number: int, _frame: FrameType | None) -> None:
        if run.was_interrupted:  # the second time
            raise KeyboardInterrupt
        run.stop(GRACE_S)
        if run.is_taking:  # which it may do for ever
            raise KeyboardInterrupt

    before = {}
    for each in (signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        with contextlib.suppress(ValueError):  # not in the main thread
            before[each] = signal.signal(each, interrupt)
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
