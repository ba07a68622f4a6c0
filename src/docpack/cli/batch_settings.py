"""What holds for a batch: the configuration, with the command line above it."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docpack.batch.configuration import Configuration, find_configuration, read_configuration
from docpack.batch.planning import Plan, Rule, check_apart, plan, refusals
from docpack.batch.reports.kinds import writes_to_stdout
from docpack.batch.selection import is_named, listed, select
from docpack.batch.session import Settings, available_cores
from docpack.batch.sizes import size_bytes
from docpack.batch.slots import Limits
from docpack.cli.options import reader_settings, split_formats, stated_changes
from docpack.errors import InputError, UsageError
from docpack.jobs import Job
from docpack.judgements import UNSURE_BELOW
from docpack.plugins import reader_names, reader_type

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from docpack.batch.selection import Selected
    from docpack.batch.task import Task, Trouble

__all__ = ["Asked", "asked_for", "check_stdout", "described"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What holds.

    `is_as_configured` tells whether all that shapes the outputs is as the configuration says, so that its lock is about
    them; `complete` whether these are all inputs of the folder for outputs, so that what else lies there is of none: those
    of the configuration, as configured, or without one whole folders and patterns.
    """

    configuration: Configuration | None
    inputs: tuple[str, ...]
    files_from: str
    by_nul: bool
    base: str
    plan: Plan
    settings: Settings
    strict: float | None
    complete: bool
    is_as_configured: bool

    def tasks(self) -> Iterator[Task | None]:
        """Yield what is to be done, as it is found; None while nothing is.

        Raises:
            InputError: The list of files cannot be read.
            UsageError: An input does not lie below the base, or all lie in the folder for outputs.
        """
        yield from plan(self._selected(), self.plan)

    def refusals(self) -> dict[str, Trouble]:
        """Return the inputs that make no sense, by their paths, and why.

        A list that comes through a pipe is read once: what makes no sense in it is found as it comes.

        Raises:
            InputError: As `tasks`.
            UsageError: As `tasks`.
        """
        if self.files_from and (self.files_from == "-" or not os.path.isfile(self.files_from)):  # noqa: PTH113
            return {}
        return refusals(self._selected, self.plan)

    def nothing_found(self) -> str:
        """Return what to tell people where there is no input."""
        if self.files_from:
            return f"{'standard input' if self.files_from == '-' else self.files_from} names no input"
        more = f" and {len(self.inputs) - 3} more" if len(self.inputs) > 3 else ""
        return (
            f"no input matches {', '.join(self.inputs[:3])}{more}; a folder gives what ends in {', '.join(_suffixes())}"
        )

    def _selected(self) -> Iterator[Selected | None]:
        if self.files_from:
            yield from self._listed()
        elif self.inputs:
            usual = self.configuration.inputs if self.configuration else ()
            yield from select(self.inputs, _suffixes(), self.base, usual)

    def _listed(self) -> Iterator[Selected | None]:
        if self.files_from == "-" and sys.stdin is None:
            raise InputError("standard input is closed", hint="Name a file.")
        try:
            if self.files_from == "-":
                yield from listed(sys.stdin.buffer, by_nul=self.by_nul, base=self.base)
                return
            with Path(self.files_from).open("rb") as file:
                yield from listed(file, by_nul=self.by_nul, base=self.base)
        except OSError as error:
            raise InputError(f"{self.files_from} cannot be read: {error.strerror}", hint="Check its name.") from error


def _suffixes() -> tuple[str, ...]:
    """Return the endings of what is taken from a folder: texts; what docpack wrote itself is named one by one."""
    return tuple(suffix for name in reader_names() if name != "json" for suffix in reader_type(name).format.suffixes)


def asked_for(parsed: argparse.Namespace) -> Asked:
    """Return what holds for a batch.

    Raises:
        UsageError: The configuration or an option makes no sense, or they say too little.
    """
    configuration = _configuration(parsed)
    known = configuration or Configuration("", ".")
    _check(parsed)
    from_format, reader_options = reader_settings(parsed)
    stated = Job(
        "",
        (),
        from_format,
        parsed.of_writers.values(parsed),
        reader_options,
        stated_changes(parsed),
        verify=parsed.verify,
    )
    formats = tuple(split_formats(parsed.to))
    strict = known.strict if parsed.strict is None else parsed.strict
    template = replace(known.job, unsure_below=UNSURE_BELOW if strict is None else strict)
    output_dir = parsed.output_dir or known.output
    pack = parsed.pack or known.pack
    if pack and not (formats or known.formats):
        from docpack.packing.job import DEFAULT_FORMATS

        formats = DEFAULT_FORMATS
    inputs = tuple(parsed.inputs) or (() if parsed.files_from else known.inputs)
    if not parsed.print_config:
        _check_enough(parsed, inputs, output_dir, formats or known.formats)
        check_apart(inputs, output_dir)
    wanted = Plan(
        output_dir,
        formats or known.formats,
        template,
        (*known.rules, Rule(("**",), formats, stated)),  # what the command line says comes last, and wins
        (*known.exclude, *parsed.exclude),
        pack,
        parsed.shard,
    )
    return Asked(
        configuration,
        inputs,
        parsed.files_from,
        parsed.null,
        parsed.base or known.base,
        wanted,
        _settings(parsed, known, output_dir),
        strict,
        complete=_is_complete(parsed, configuration, inputs),
        is_as_configured=bool(configuration) and not _differs(parsed),
    )


def _is_complete(parsed: argparse.Namespace, configuration: Configuration | None, inputs: tuple[str, ...]) -> bool:
    if parsed.shard or parsed.exclude or parsed.files_from:
        return False
    if configuration:
        return inputs == configuration.inputs and not _differs(parsed)
    return not any(map(is_named, inputs))


def _differs(parsed: argparse.Namespace) -> bool:
    """Tell whether the command line says anything that shapes outputs, or where they go."""
    stated = (parsed.output_dir, parsed.to, parsed.from_format, parsed.files_from, parsed.base, parsed.exclude)
    return (
        any(stated)
        or bool(parsed.metadata or parsed.metadata_file or parsed.pack)
        or parsed.verify is not None
        or bool(parsed.of_writers.values(parsed) or parsed.of_readers.values(parsed))
    )


def _configuration(parsed: argparse.Namespace) -> Configuration | None:
    if parsed.no_config:
        if parsed.config:
            raise UsageError("--config and --no-config contradict each other", hint="Give one of them.")
        return None
    path = Path(parsed.config) if parsed.config else find_configuration(Path.cwd())
    return read_configuration(path) if path else None


def _check(parsed: argparse.Namespace) -> None:
    """Refuse options that do not fit together.

    Raises:
        UsageError: They do not.
    """
    if parsed.files_from and parsed.inputs:
        raise UsageError("inputs are named twice, here and in a list", hint="Give patterns, or --files-from.")
    if parsed.null and not parsed.files_from:
        raise UsageError("-0 is about the list of --files-from", hint="Add --files-from FILE.")
    if parsed.check and (parsed.resume or parsed.fail_fast or parsed.report):
        raise UsageError("--check converts nothing", hint="Leave out --resume, --fail-fast and --report.")
    check_stdout(parsed)
    if parsed.check == "full" and parsed.executor:
        raise UsageError("--check=full is done here", hint="Leave out --executor; -j says with how many workers.")


def check_stdout(parsed: argparse.Namespace) -> None:
    """Refuse two results on standard output: GitHub takes its annotations from there, between lines of anything.

    Raises:
        UsageError: There are two.
    """
    if parsed.json and writes_to_stdout(parsed.report):
        raise UsageError(
            "--report github and --json both write to standard output",
            hint="Leave out --json; --report jsonl:FILE has a line of JSON for each document.",
        )


def _check_enough(
    parsed: argparse.Namespace, inputs: tuple[str, ...], output_dir: str, formats: tuple[str, ...]
) -> None:
    if not inputs and not parsed.files_from:
        raise UsageError("no input is named", hint="Name files, folders or patterns, here or in docpack.toml.")
    if not output_dir:
        raise UsageError("no folder is named to write to", hint='Name it with -d DIR, or as "output" in docpack.toml.')
    if not formats:
        raise UsageError("no output format is named", hint='Name it with -t, or as "formats" in docpack.toml.')


def _settings(parsed: argparse.Namespace, known: Configuration, output_dir: str) -> Settings:
    standard = Limits()
    memory = parsed.memory
    if memory is None and known.memory is not None:
        try:
            memory = size_bytes(known.memory)
        except ValueError as error:
            raise UsageError(f"{known.path}: memory: {error}", hint="Write it as 512M or 4G.") from error
    timeout_s = next((each for each in (parsed.timeout, known.timeout_s) if each is not None), standard.timeout_s)
    return Settings(
        output_dir=output_dir,
        jobs=parsed.jobs or known.jobs or available_cores(),
        limits=Limits(timeout_s, standard.memory_bytes if memory is None else memory),
        executor=parsed.executor,
        use_cache=not parsed.no_cache,
        resume=parsed.resume,
        fail_fast=parsed.fail_fast,
        shard=parsed.shard,
    )


def described(asked: Asked) -> dict[str, Any]:
    """Return what holds, as a JSON object."""
    from docpack.metadata.recording import changes_to_json

    def of_job(job: Job) -> dict[str, Any]:
        made = {
            "from": job.format,
            "options": {name: _shown(each) for name, each in job.options.items()},
            "reader_options": _shown(job.reader_options),
            "metadata": changes_to_json(job.changes) if job.changes else {},
            "verify": job.verify,
        }
        return {key: value for key, value in made.items() if value not in ("", {}, None)}

    found, settings = asked.plan, asked.settings
    return {
        "configuration": asked.configuration.path if asked.configuration else None,
        "inputs": list(asked.inputs),
        "files_from": asked.files_from or None,
        "exclude": list(found.exclude),
        "base": asked.base or None,
        "output": found.output_dir or None,
        "formats": list(found.formats),
        "pack": found.pack,
        **of_job(found.template),
        "rules": [
            {"match": list(each.patterns), "formats": list(each.formats), **of_job(each.job)}
            for each in found.rules
            if each.formats or of_job(each.job)
        ],
        "strict": asked.strict,
        "jobs": settings.jobs,
        "timeout_s": settings.limits.timeout_s,
        "memory_bytes": settings.limits.memory_bytes,
        "cache": os.fspath(settings.cache) if settings.use_cache else None,
    }


def _shown(options: Any) -> dict[str, Any]:
    return {
        name: getattr(value, "name", "") or "FILE" if isinstance(value, bytes) else value
        for name, value in options.items()
    }
