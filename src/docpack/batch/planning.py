"""From selected files to tasks: what is to become of each, by the settings that concern it."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING

from docpack.batch.selection import fixed_part, matches
from docpack.batch.task import PACKAGE, Task, Trouble
from docpack.errors import ExitCode, UsageError
from docpack.jobs import Job, stem_of
from docpack.plugins import writer_type

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from docpack.batch.selection import Selected

__all__ = ["Plan", "Rule", "Shard", "check_apart", "endings", "plan", "refusals"]


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


def check_apart(patterns: Iterable[str], output_dir: str) -> None:
    """Refuse inputs that lie in the folder for outputs: whatever lies there is an output, and never an input.

    Raises:
        UsageError: One does.
    """
    inside = _folder(output_dir)
    for each in patterns:
        if _folder(fixed_part(each)).startswith(inside):
            raise _not_apart(f"{each} lies", output_dir)


def _not_apart(what: str, output_dir: str) -> UsageError:
    return UsageError(
        f"{what} in {output_dir}, which is the folder for outputs: nothing in there is taken for an input",
        hint="Name a folder beside the inputs with -d, or one in them; `docpack convert` writes beside each input.",
    )


def _folder(path: str) -> str:
    return os.path.join(os.path.abspath(path), "")  # noqa: PTH100, PTH118


def plan(selected: Iterable[Selected | None], wanted: Plan) -> Iterator[Task | None]:
    """Yield the tasks, numbered from 0; and None where there is none yet. What lies in the folder for outputs is passed over.

    A document that would become what one before it becomes has that for a trouble; `refusals` finds it beforehand.

    Raises:
        UsageError: All of them lie in the folder for outputs.
    """
    number, targets = 0, _Targets()
    for planned in _planned(selected, wanted):
        if planned is None:
            yield None
            continue
        each, formats, job = planned
        trouble = each.trouble
        if contested := targets.claim(job.outputs):  # of all shards: two of them must not write one file
            trouble = _clash(each.path, "another input", contested[0])
        if wanted.shard and not wanted.shard.has(each.name):
            continue
        yield Task(number, each.name, replace(job, outputs=()) if trouble else job, formats, trouble)
        number += 1


def refusals(select: Callable[[], Iterable[Selected | None]], wanted: Plan) -> dict[str, Trouble]:
    """Return the inputs that make no sense, by their paths, and why: several would become one file, or one has no name.

    Names are looked at and no file is opened: ten thousand take half a second, and once more where some collide.

    Args:
        select: Gives the inputs, each time it is called.
        wanted: What is to become of them; all shards count.

    Raises:
        UsageError: As `plan`.
    """
    targets, refused = _Targets(), dict[str, Trouble]()
    claimants: dict[bytes, dict[str, None]] = {}  # by what they would become, in their order
    for each, _, job in filter(None, _planned(select(), wanted)):
        if each.trouble and each.trouble.exit_code == ExitCode.USAGE:
            refused[each.path] = each.trouble
        claimants |= {_digest(target): {} for target in targets.claim(job.outputs)}
    contested = []
    for each, _, job in filter(None, _planned(select(), wanted)) if claimants else ():
        for _, target in job.outputs:
            if (paths := claimants.get(_digest(target))) is not None:
                paths[each.path] = None
                contested.append((each.path, target, paths))
    for path, target, paths in contested:
        refused.setdefault(path, _clash(path, _others(path, paths), target))
    return refused


def _others(path: str, paths: Collection[str]) -> str:
    """Return who else of those is meant, in words; "" where nobody is."""
    first = next((each for each in paths if each != path), "")
    return f"{first} and {len(paths) - 2} more" if len(paths) > 2 else first


def _planned(
    selected: Iterable[Selected | None], wanted: Plan
) -> Iterator[tuple[Selected, tuple[str, ...], Job] | None]:
    """Yield the documents of all shards, with the formats in their packages and what is to be done with them."""
    settled, taken, passed_over = _Settled(wanted), 0, 0
    inside, here = _folder(wanted.output_dir), os.getcwd()  # noqa: PTH109
    for each in selected:
        if each is None:
            yield None
            continue
        # A folder is left out by what leaves out all that is in it.
        name = f"{each.name}/" if each.trouble else each.name
        if any(_is_in(name, pattern) for pattern in wanted.exclude):
            continue
        if _is_output(each.path, inside, here):
            passed_over += 1
            continue
        taken += 1
        if each.trouble:
            yield each, (), replace(wanted.template, source=each.path)
            continue
        formats, template = settled.settings(each.name)
        kinds = (PACKAGE,) if wanted.pack else formats
        stem = os.path.join(wanted.output_dir, os.path.dirname(each.name), stem_of(each.name))  # noqa: PTH118, PTH120
        outputs = tuple((name, stem + _ending(name)) for name in kinds)
        yield each, formats if wanted.pack else (), replace(template, source=each.path, outputs=outputs)
    if passed_over and not taken:
        raise _not_apart("all inputs lie", wanted.output_dir)


def _is_in(name: str, pattern: str) -> bool:
    """Tell whether a document matches a pattern, or lies in a folder that does."""
    return matches(name, pattern) or matches(name, f"{pattern.rstrip('/')}/**")


def _is_output(path: str, inside: str, here: str) -> bool:
    """Tell whether a file lies in the folder for outputs, or a folder is that one."""
    return (os.path.normpath(os.path.join(here, path)) + os.sep).startswith(inside)  # noqa: PTH118


def endings(wanted: Plan) -> tuple[str, ...]:
    """Return what the names of outputs end with, whichever rules concern their inputs."""
    formats = {*wanted.formats, *(name for each in wanted.rules for name in each.formats)}
    return tuple(sorted(map(_ending, [PACKAGE] if wanted.pack else formats)))


@cache
def _ending(format: str) -> str:  # noqa: A002
    ending: str = ".tar" if format == PACKAGE else writer_type(format).format.suffixes[0]
    return ending


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

    def claim(self, outputs: Iterable[tuple[str, str]]) -> list[str]:
        """Note the outputs of a document; return those that another one has."""
        contested = []
        for _, target in outputs:
            digest = _digest(target)
            if digest in self._taken:
                contested.append(target)
            self._taken.add(digest)
        return contested


def _digest(target: str) -> bytes:
    """Return what tells a file from others, also where a file system takes small letters for capital ones."""
    return hashlib.blake2b(os.fsencode(target.casefold()), digest_size=12).digest()


def _clash(path: str, others: str, target: str) -> Trouble:
    """Return what is wrong with an input that would become what others become, or itself a second time."""
    message, hint = f"{path} is named more than once", "Name it once."
    if others:
        message = f"{path} and {others} would both become {target}"
        hint = "Rename one of them, leave one out with --exclude, or say with --base what their names begin below."
    return Trouble("", message, hint, int(ExitCode.USAGE))
