"""From selected files to tasks: what is to become of each, by the settings that concern it."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from docpack.batch.selection import matches
from docpack.batch.task import PACKAGE, Task
from docpack.errors import UsageError
from docpack.jobs import Job, stem_of
from docpack.plugins import writer_type

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from docpack.batch.selection import Selected

__all__ = ["Plan", "Rule", "Shard", "plan"]


@dataclass(frozen=True, slots=True)
class Rule:
    """Settings for the documents whose names match: `patterns` choose them, `job` and `formats` are what holds for them."""

    patterns: tuple[str, ...]
    formats: tuple[str, ...] = ()
    job: Job = field(default_factory=lambda: Job("", ()))

    def concerns(self, name: str) -> bool:
        """Tell whether a document is one of those."""
        return any(matches(name, each) for each in self.patterns)


@dataclass(frozen=True, slots=True)
class Shard:
    """One of `count` parts of a batch, from 1; which document is in which depends on its name alone."""

    index: int
    count: int

    def has(self, name: str) -> bool:
        """Tell whether a document is in this part."""
        digest = hashlib.sha256(name.encode("utf-8", "surrogateescape")).digest()
        return int.from_bytes(digest[:8]) % self.count == self.index - 1


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to become of documents: the settings that hold for all, and those of rules, of which the last one wins."""

    output_dir: str
    formats: tuple[str, ...]
    template: Job
    rules: tuple[Rule, ...] = ()
    exclude: tuple[str, ...] = ()
    pack: bool = False  # each document becomes a package with its outputs
    shard: Shard | None = None


def plan(selected: Iterable[Selected], wanted: Plan) -> Iterator[Task]:
    """Yield the tasks, numbered from 0.

    Raises:
        UsageError: Two documents would become one file.
    """
    number, targets = 0, _Targets()
    settled = _Settled(wanted)
    inside, here = os.path.join(os.path.abspath(wanted.output_dir), ""), os.getcwd()  # noqa: PTH100, PTH109, PTH118
    for each in selected:
        name = (
            f"{each.name}/" if each.trouble else each.name
        )  # a folder is left out by what leaves out all that is in it
        if any(_is_in(name, pattern) for pattern in wanted.exclude) or _is_output(each.path, inside, here):
            continue
        if each.trouble:
            if not wanted.shard or wanted.shard.has(each.name):
                yield Task(number, each.name, replace(wanted.template, source=each.path), trouble=each.trouble)
                number += 1
            continue
        formats, template = settled.settings(each.name)
        kinds = (PACKAGE,) if wanted.pack else formats
        outputs = tuple((name, _target(wanted.output_dir, each.name, name)) for name in kinds)
        targets.claim(each, outputs)  # of all shards: two of them must not write one file
        if wanted.shard and not wanted.shard.has(each.name):
            continue
        job = replace(template, source=each.path, outputs=outputs)
        yield Task(number, each.name, job, formats if wanted.pack else ())
        number += 1


def _is_in(name: str, pattern: str) -> bool:
    """Tell whether a document matches a pattern, or lies in a folder that does."""
    return matches(name, pattern) or matches(name, f"{pattern.rstrip('/')}/**")


def _is_output(path: str, inside: str, here: str) -> bool:
    """Tell whether a file lies in the folder for outputs."""
    return os.path.normpath(os.path.join(here, path)).startswith(inside)  # noqa: PTH118


def _target(output_dir: str, name: str, format: str) -> str:  # noqa: A002
    folder = os.path.dirname(name)  # noqa: PTH120
    ending = ".tar" if format == PACKAGE else writer_type(format).format.suffixes[0]
    return os.path.join(output_dir, folder, stem_of(name) + ending)  # noqa: PTH118


class _Settled:
    """The settings of documents by the rules that concern them: documents of the same rules share the very same job."""

    def __init__(self, wanted: Plan) -> None:
        self._plan = wanted
        self._known: dict[tuple[int, ...], tuple[tuple[str, ...], Job]] = {}

    def settings(self, name: str) -> tuple[tuple[str, ...], Job]:
        concerning = tuple(number for number, each in enumerate(self._plan.rules) if each.concerns(name))
        if concerning not in self._known:
            self._known[concerning] = self._merged([self._plan.rules[number] for number in concerning])
        return self._known[concerning]

    def _merged(self, rules: Sequence[Rule]) -> tuple[tuple[str, ...], Job]:
        from docpack.metadata import merge

        formats, job = self._plan.formats, self._plan.template
        for rule in rules:
            formats = rule.formats or formats
            options = {**job.options}
            for name, given in rule.job.options.items():
                options[name] = {**options.get(name, {}), **given}
            stated = [each for each in (job.changes, rule.job.changes) if each]
            job = replace(
                job,
                format=rule.job.format or job.format,
                options=options,
                reader_options={**job.reader_options, **rule.job.reader_options},
                changes=merge(*stated) if stated else None,
                verify=job.verify if rule.job.verify is None else rule.job.verify,
            )
        return formats, job


class _Targets:
    """Which files are spoken for: a digest each, so that millions take no memory to speak of."""

    def __init__(self) -> None:
        self._taken: set[bytes] = set()

    def claim(self, source: Selected, outputs: tuple[tuple[str, str], ...]) -> None:
        """Note the outputs of a document: they all lie in one folder, in which no input does.

        Raises:
            UsageError: Another one has them.
        """
        for _, target in outputs:
            digest = hashlib.blake2b(os.fsencode(target.casefold()), digest_size=12).digest()
            if digest in self._taken:
                raise UsageError(
                    f"{source.path} and another input would both become {target}",
                    hint="Rename one of them, or say with --base what their names begin below.",
                )
            self._taken.add(digest)
