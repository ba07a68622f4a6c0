"""Files to files: what is to be done with an input, and what became of it.

One input that cannot be read leaves no output; where one format fails, the others are still written.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from docpack.context import Context
from docpack.conversion import new_context, overrides_beside, read, write
from docpack.errors import DocpackError, ExitCode, InputError, UsageError, VerificationError
from docpack.files import real_path, replace_file
from docpack.judgements import UNSURE_BELOW, unsure
from docpack.plugins import writer_for_path, writer_type

if TYPE_CHECKING:
    from docpack.conversion import Source
    from docpack.findings import Finding
    from docpack.judgements import Judgement
    from docpack.metadata import Changes
    from docpack.model import Document
    from docpack.verify.conservation import Conservation, Reference

__all__ = ["Job", "Result", "convert", "plan", "run", "stem_of"]

Options: TypeAlias = Mapping[str, Mapping[str, Any]]  # format name -> option name -> value
VERIFIED = ("epub", "docx", "tei")  # by default; reading a PDF back takes longer than writing it
MAX_DIFFERENCES_TOLD = 3


@dataclass(frozen=True, slots=True)
class Job:
    """One input and what is to become of it; a value that can travel to another process.

    `outputs` are pairs of format and path. `data` is the input's content where it does not come from a file.
    `unsure_below` is the confidence below which a decision is told of in the result. `verify` says which outputs are read
    back and compared with the source: all that can be (True), none (False), or EPUB, DOCX and TEI (None).
    """

    source: str
    outputs: tuple[tuple[str, str], ...]
    format: str = ""
    options: Options = field(default_factory=dict)
    reader_options: Mapping[str, Any] = field(default_factory=dict)
    changes: Changes | None = None
    data: bytes | None = None
    unsure_below: float = UNSURE_BELOW
    verify: bool | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one input.

    `outputs` maps formats to the files that were written, `errors` formats to what went wrong ("" stands for the
    reading). `data` holds outputs that were to go to standard output. `unsure` has the decisions on the text's structure
    that are less sure than the job asked for, the most doubtful first. `conservation` has, by format, what was found when the
    outputs were read back; one that does not hold what its source holds is not written. `findings_of` has the findings of
    the reading ("") and of each format by themselves.
    """

    source: str
    outputs: dict[str, str]
    errors: dict[str, DocpackError]
    findings: tuple[Finding, ...]
    data: dict[str, bytes] = field(default_factory=dict, repr=False)
    unsure: tuple[Judgement, ...] = ()
    conservation: dict[str, Conservation] = field(default_factory=dict, repr=False)
    findings_of: dict[str, tuple[Finding, ...]] = field(default_factory=dict, repr=False)

    @property
    def ok(self) -> bool:
        """Whether every output was written."""
        return not self.errors

    @property
    def exit_code(self) -> ExitCode:
        """The code of the first error, in the order of the formats asked for."""
        return next((error.exit_code for error in self.errors.values()), ExitCode.OK)


def convert(
    source: str | os.PathLike[str],
    output: str | os.PathLike[str] = "",
    *,
    to: str | Sequence[str] = (),
    output_dir: str | os.PathLike[str] = "",
    format: str = "",  # noqa: A002  # as in read
    options: Options | None = None,
    reader_options: Mapping[str, Any] | None = None,
    changes: Changes | None = None,
    unsure_below: float = UNSURE_BELOW,
    verify: bool | None = None,
) -> Result:
    """Convert one file, to one output or to several formats at once.

    Args:
        source: The file to read.
        output: The file to write; its ending names the format unless `to` does.
        to: A format or several; with several of them, or without `output`, files are named by the input.
        output_dir: Where those files go; by default beside the input. It is made if need be.
        format: The reader's name; by default the content decides.
        options: Options of the writers, by format.
        reader_options: Options of the reader.
        changes: Metadata that the user states; see `docpack.metadata`.
        unsure_below: Decisions less sure than this are in the result's `unsure`.
        verify: Whether outputs are read back and compared with the source before they are written: by default EPUB,
            DOCX and TEI; True adds PDF, False leaves it out.

    Raises:
        DocpackError: The input cannot be read, or a format failed; the other formats are written all the same.
    """
    outputs = plan(source, output, to, output_dir)
    job = Job(
        os.fspath(source),
        outputs,
        format,
        options or {},
        reader_options or {},
        changes,
        unsure_below=unsure_below,
        verify=verify,
    )
    result = run(job)
    for error in result.errors.values():
        raise error
    return result


def plan(
    source: str | os.PathLike[str],
    output: str | os.PathLike[str],
    to: str | Sequence[str],
    output_dir: str | os.PathLike[str],
) -> tuple[tuple[str, str], ...]:
    """Return the formats and paths that an input is to be written to.

    Raises:
        UsageError: Neither an output nor a format is named, or they do not fit together.
    """
    formats = list(dict.fromkeys([to] if isinstance(to, str) else to))
    if output:
        if output_dir:
            raise UsageError("both a file and a folder are named for the output", hint="Give -o FILE or -d DIR.")
        if len(formats) > 1:
            raise UsageError("one file cannot hold several formats", hint="Give a folder with -d DIR.")
        target = os.fspath(output)
        return _checked(source, ((formats[0] if formats else writer_for_path(target), target),))
    if not formats:
        raise UsageError("no output format is named", hint="Name it with -t, e.g. -t epub,pdf, or give -o FILE.")
    folder = Path(output_dir) if output_dir else Path(source).parent
    stem = stem_of(source)
    planned = tuple((name, str(folder / (stem + writer_type(name).format.suffixes[0]))) for name in formats)
    return _checked(source, planned)


def _checked(source: str | os.PathLike[str], planned: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Return the plan, unless it would write over its own input or its overrides.

    Raises:
        UsageError: It would.
    """
    for _, target in planned:
        if real_path(target) in (real_path(source), real_path(overrides_beside(source))):
            raise UsageError(f"{target} is read as well and would be overwritten", hint="Name another file or folder.")
    return planned


def stem_of(source: str | os.PathLike[str]) -> str:
    """Return a file's name without its folder and last ending; `-` (standard input) is called stdin."""
    path = Path(source)
    return "stdin" if os.fspath(source) == "-" else path.stem or path.name


def run(job: Job) -> Result:
    """Do one job; errors of docpack become part of the result, others pass."""
    context = Context()
    outputs: dict[str, str] = {}
    errors: dict[str, DocpackError] = {}
    data: dict[str, bytes] = {}
    conservation: dict[str, Conservation] = {}
    try:
        context = new_context(Path(job.source).name if job.source != "-" else "")
        source: Source = job.source if job.data is None else job.data
        document = read(source, format=job.format, options=job.reader_options, changes=job.changes, context=context)
    except DocpackError as error:
        return Result(job.source, outputs, {"": error}, tuple(context.findings))
    check = _Check(document, job.verify)
    told = {"": tuple(context.findings)}
    for name, target in job.outputs:
        of_writer = replace(context, findings=[])
        try:
            made = write(document, name, options=job.options.get(name, {}), context=of_writer)
            if check.concerns(name):
                conservation[name] = check.found(made, name)
                check.demand(conservation[name])
            if target == "-":
                data[name] = made
            else:
                replace_file(Path(target), made)
            outputs[name] = target
        except DocpackError as error:
            errors[name] = error
        told[name] = tuple(of_writer.findings)
    doubtful = unsure(document.source, job.unsure_below) if document.source else ()
    findings: list[Finding] = []
    for each in told.values():
        findings += [finding for finding in each if finding not in findings]
    return Result(job.source, outputs, errors, tuple(findings), data, doubtful, conservation, told)


class _Check:
    """Reads the outputs of one document back, and lets pass what holds all of it."""

    def __init__(self, document: Document, verify: bool | None) -> None:  # noqa: FBT001  # as in Job
        self._document = document
        self._verify = verify
        self._reference: Reference | None = None

    def concerns(self, name: str) -> bool:
        """Tell whether outputs of a format are to be compared."""
        if self._verify is None:
            return name in VERIFIED
        from docpack.verify.outputs import CHECKED

        return self._verify and name in CHECKED

    def found(self, made: bytes, name: str) -> Conservation:
        """Return what was found in an output.

        Raises:
            VerificationError: It cannot be read back.
        """
        from docpack.verify.conservation import Reference

        self._reference = self._reference or Reference(self._document)
        try:
            return self._reference.check(made, name)
        except InputError as error:
            raise VerificationError(f"the {name} cannot be read back: {error.message}", hint=_NOT_WRITTEN) from error

    def demand(self, found: Conservation) -> None:
        """Refuse an output that does not hold what its source holds.

        Raises:
            VerificationError: It differs; the message has the first differences.
        """
        if not found.ok:
            from docpack.verify.report import in_short

            told = in_short(found, MAX_DIFFERENCES_TOLD)
            raise VerificationError(
                f"the {found.format} does not hold what its source holds: {told}", hint=_NOT_WRITTEN
            )


_NOT_WRITTEN = (
    "It was not written. This is a bug in docpack: please report it; --no-verify writes the file all the same."
)
