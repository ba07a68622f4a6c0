"""`docpack pack INPUT... -o OUT`: convert, prove, and pack for an archive."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docpack.archive.packagers.bagit import OWN_LABELS
from docpack.cli.messages import read_stdin, say, say_error, say_findings, write_line
from docpack.cli.options import (
    PluginOptions,
    asked_formats,
    check_overrides_beside,
    reader_settings,
    split_formats,
)
from docpack.clock import Clock
from docpack.conversion import OVERRIDES_SUFFIX, overrides_beside
from docpack.errors import DocpackError, ExitCode, UsageError
from docpack.files import read_file, real_path
from docpack.jobs import stem_of
from docpack.packing.descriptions import Descriptions, read_descriptions
from docpack.packing.job import DEFAULT_FORMATS, PackJob
from docpack.packing.job import pack as pack_job
from docpack.packing.parts import Record, read_record
from docpack.plugins import options_of, packager_names, packager_type

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from docpack.packing.job import Packed

__all__ = ["add_arguments", "run"]

_TEXTS = ("object_id", "rights", "organization", "organization_id")
SUFFIXES = {"tar": ".tar", "zip": ".zip", "folder": ""}


def add_arguments(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> None:
    """Add the arguments of this command, with the options of the formats that `arguments` name."""
    parser.add_argument("inputs", nargs="+", metavar="INPUT", help="a file to pack; - is standard input")
    parser.add_argument(
        "-o", "--output", required=True, metavar="OUT", help="the package; for several inputs a folder of packages"
    )
    parser.add_argument("-f", "--from", dest="from_format", default="", metavar="FORMAT", help="what the input is")
    parser.add_argument(
        "-t", "--to", default="", metavar="FORMAT[,...]", help=f"what to make ({','.join(DEFAULT_FORMATS)})"
    )
    parser.add_argument("--container", choices=tuple(SUFFIXES), default="", help="how OUT is written (tar)")
    parser.add_argument("--profile", choices=packager_names(), default="bagit", help="what is delivered (bagit)")
    parser.add_argument("--object-id", default="", metavar="ID", help="names the work: an ARK, URN or shelfmark")
    parser.add_argument("-M", "--metadata", action="append", default=[], metavar="KEY=VALUE", help="state a title, ...")
    parser.add_argument(
        "--metadata-file", metavar="FILE", help="metadata as TOML, JSON, Dublin Core XML, or metadata.csv by file name"
    )
    parser.add_argument(
        "--record", action="append", default=[], metavar="FILE", help="a MODS, MARCXML, ONIX, ... record to put beside"
    )
    parser.add_argument(
        "--attach-file", action="append", default=[], metavar="PATH", help="put in unchanged, e.g. scans"
    )
    parser.add_argument("--rights", default="", metavar="URI", help="of a licence or rightsstatements.org")
    parser.add_argument("--embargo-until", default="", metavar="YYYY-MM-DD", help="until when nothing may be shown")
    parser.add_argument("--organization", default="", metavar="NAME", help="who hands the package over")
    parser.add_argument("--organization-id", default="", metavar="CODE", help="its identification code (ISIL, ...)")
    parser.add_argument("--bag-info", action="append", default=[], metavar="LABEL=VALUE", help="a line of bag-info.txt")
    parser.add_argument("--with-schemas", action="append", default=[], metavar="DIR", help="pack the schemas in DIR")
    parser.add_argument("--validate", action="store_true", help="let the reference validators judge every output")
    parser.add_argument("--tools", action="append", default=[], metavar="DIR", help="where validators are looked for")
    parser.add_argument("--schemas", action="append", default=[], metavar="DIR", help="where their schemas are")
    parser.add_argument("--json", action="store_true", help="print what was done as JSON")
    parser.add_argument("-q", "--quiet", action="store_true", help="say errors only")
    parser.add_argument("-v", "--verbose", action="store_true", help="say everything, also what is only of interest")
    writers, readers = asked_formats(arguments, DEFAULT_FORMATS)
    of_writers, of_readers = PluginOptions.of_writers(writers), PluginOptions.of_readers(readers)
    of_writers.add_to(parser, "options of the formats written")
    of_readers.add_to(parser, "options of the formats read")
    of_packagers = PluginOptions.of_packagers(_profiles(arguments))
    of_packagers.add_to(parser, "options of the profiles")
    parser.set_defaults(of_writers=of_writers, of_readers=of_readers, of_packagers=of_packagers)


def _profiles(arguments: Sequence[str]) -> list[str]:
    """Return the profiles whose options are offered: those that can be loaded, and the one that is asked for."""
    asked = [each for each in packager_names() if each in arguments or f"--profile={each}" in arguments]
    found = []
    for name in packager_names():
        try:
            packager_type(name)
        except UsageError:  # a plug-in that cannot be loaded is in nobody's way until it is asked for
            if name not in asked:
                continue
        found.append(name)
    return found


def run(parsed: argparse.Namespace) -> int:
    """Pack the inputs one after the other; return the exit code."""
    jobs = _jobs(parsed)
    clock = Clock.of_environment()
    verbosity = -1 if parsed.quiet else int(parsed.verbose)
    packages: list[dict[str, Any]] = []
    failures: list[DocpackError] = []
    for job in jobs:
        try:
            made = pack_job(job, clock)
        except DocpackError as error:
            failures.append(error)
            say_error(job.source, error)
            packages.append(_failed(job.source, error))
            continue
        say_findings(job.source, made.findings, verbosity=verbosity)
        if verbosity >= 0:
            _say_not_run(made)
        packages.append(_packed(made))
        if not parsed.json:
            write_line(f"{made.path}  {made.objid}  content-id sha512:{made.content_id}")
    if parsed.json:
        write_line(json.dumps({"packages": packages}, indent=1))
    if not failures:
        return ExitCode.OK
    return failures[0].exit_code if len(jobs) == 1 else ExitCode.FAILED


def _say_not_run(made: Packed) -> None:
    """Say which validators were asked for and did not run, and how to get them."""
    verdicts = [verdict for each in made.renditions for verdict in each.verdicts]
    for each in dict.fromkeys((v.validator, v.reason, v.hint) for v in verdicts if v.outcome == "not-run"):
        validator, reason, hint = each
        say(f"warning: {made.source}: {validator} did not run: {reason}")
        if hint:
            say(f"hint: {hint}")


def _packed(made: Packed) -> dict[str, Any]:
    return {
        "source": made.source,
        "ok": True,
        "package": made.path,
        "objid": made.objid,
        "object_id": made.object_id,
        "content_id": f"sha512:{made.content_id}",
        "files": made.files,
        "size_bytes": made.size_bytes,
        "findings": [each.to_json() for each in made.findings],
        "conservation": {each.name: each.conservation.to_json() for each in made.renditions if each.conservation},
        "validation": {each.name: [v.to_json() for v in each.verdicts] for each in made.renditions if each.verdicts},
    }


def _failed(source: str, error: DocpackError) -> dict[str, Any]:
    return {
        "source": source,
        "ok": False,
        "exit_code": int(error.exit_code),
        "message": error.message,
        "hint": error.hint,
    }


def _jobs(parsed: argparse.Namespace) -> list[PackJob]:
    """Return the jobs, all checked before the first one runs.

    Raises:
        UsageError: Options contradict each other, or two packages would be one file.
    """
    _check_options(parsed)
    texts = [each for each in parsed.inputs if not each.endswith(OVERRIDES_SUFFIX)] or parsed.inputs
    if len(texts) > 1:
        for option, given in (
            ("--object-id", parsed.object_id),
            ("--record", parsed.record),
            ("--attach-file", parsed.attach_file),
        ):
            if given:
                raise UsageError(f"{option} is of one work, and there are several inputs", hint="Pack them one by one.")
    template = _template(parsed)
    stated = _descriptions(parsed)
    jobs = []
    for source in texts:
        check_overrides_beside(source, parsed)
        data = read_stdin() if source == "-" else None
        output = _output(parsed, source, template.container, several=len(texts) > 1)
        jobs.append(stated.applied(replace(template, source=source, output=output, data=data)))
    _check_outputs(jobs, parsed)
    for message in stated.unmatched(texts):
        say(f"warning: {message}")
    return jobs


def _check_options(parsed: argparse.Namespace) -> None:
    """Refuse options that make no sense, alone or together.

    Raises:
        UsageError: They do not.
    """
    if parsed.output == "-":
        raise UsageError("a package is no stream", hint="Name a file with -o.")
    if not parsed.output:
        raise UsageError("the package has no name", hint="Name a file with -o.")
    if parsed.bag_info and parsed.profile != "bagit":
        raise UsageError(f"--bag-info is about bags, and {parsed.profile} is none", hint="Leave it out.")
    if parsed.organization_id and not parsed.organization:
        raise UsageError("--organization-id is that of an organization", hint="Name it with --organization.")
    if (parsed.tools or parsed.schemas) and not parsed.validate:
        raise UsageError("--tools and --schemas are for --validate", hint="Add it.")
    texts = [(f"--{name.replace('_', '-')}", getattr(parsed, name)) for name in _TEXTS]
    texts += [("--bag-info", each) for each in parsed.bag_info]
    for values in parsed.of_packagers.values(parsed).values():
        texts += [(f"--{name.replace('_', '-')}", each) for name, each in values.items() if isinstance(each, str)]
    for flag, text in texts:
        if not text.isprintable():  # surrogates, too, as which bytes come that are no text
            raise UsageError(f"{flag} has characters that cannot be printed", hint="Write it as plain text.")


def _template(parsed: argparse.Namespace) -> PackJob:
    from docpack.archive.events import Rights
    from docpack.archive.mets import Depositor

    from_format, reader_options = reader_settings(parsed)
    profile_options = parsed.of_packagers.values(parsed)
    for other in sorted(set(profile_options) - {parsed.profile}):
        flags = {each.name: each.flag for each in options_of(packager_type(other))}
        named = ", ".join(flags[name] for name in profile_options[other])
        raise UsageError(f"{named} is an option of the profile {other}", hint=f"Ask for it with --profile {other}.")
    return PackJob(
        source="",
        output="",
        formats=tuple(split_formats(parsed.to)) or DEFAULT_FORMATS,
        format=from_format,
        options=parsed.of_writers.values(parsed),
        reader_options=reader_options,
        object_id=parsed.object_id.strip(),
        profile=parsed.profile,
        packager_options=profile_options.get(parsed.profile, {}),
        container=_container(parsed),
        rights=Rights(_address(parsed.rights), "", _day(parsed.embargo_until)),
        depositor=Depositor(parsed.organization, parsed.organization_id) if parsed.organization else None,
        records=tuple(map(_record, parsed.record)),
        attachments=tuple(map(Path, parsed.attach_file)),
        schemas=tuple(map(Path, parsed.with_schemas)),
        validation=_validation(parsed),
        info=_bag_info(parsed.bag_info),
    )


def _validation(parsed: argparse.Namespace) -> Any:
    if not parsed.validate:
        return None
    from docpack.packing.renditions import Validation

    return Validation(tuple(map(Path, parsed.tools)), tuple(map(Path, parsed.schemas)))


def _container(parsed: argparse.Namespace) -> Any:
    """Return the container: the one that is named, else that of OUT's ending."""
    if parsed.container:
        return parsed.container
    return "zip" if parsed.output.lower().endswith(".zip") else "tar"


def _output(parsed: argparse.Namespace, source: str, container: str, *, several: bool) -> str:
    path = Path(parsed.output)
    if not several and (container == "folder" or not os.path.isdir(path)):  # noqa: PTH112  # where pathlib raises, it says no
        return str(parsed.output)
    return str(path / f"{stem_of(source)}{SUFFIXES[container]}")


def _check_outputs(jobs: list[PackJob], parsed: argparse.Namespace) -> None:
    """Refuse to write two packages into one file, or one over a file that is read.

    Raises:
        UsageError: One would be.
    """
    owners: dict[Path, str] = {}
    read = [*parsed.record, *parsed.attach_file, *parsed.of_writers.files(parsed), *parsed.of_readers.files(parsed)]
    read += [parsed.metadata_file] if parsed.metadata_file else []
    read += [each for job in jobs if job.source != "-" for each in (job.source, overrides_beside(job.source))]
    inputs = set(map(real_path, read))
    for job in jobs:
        path = real_path(job.output)
        if path in inputs:
            raise UsageError(
                f"{job.output} is read as well and would be overwritten", hint="Name another file with -o."
            )
        if path in owners:
            raise UsageError(
                f"{owners[path]} and {job.source} would both become {job.output}", hint="Rename one of them."
            )
        owners[path] = job.source


def _descriptions(parsed: argparse.Namespace) -> Descriptions:
    """Return what options and files state about the works."""
    if not parsed.metadata_file:
        return read_descriptions(parsed.metadata)
    path = Path(parsed.metadata_file)
    try:
        data = read_file(path)
    except DocpackError as error:
        raise UsageError(f"--metadata-file: {error.message}", hint=error.hint) from error
    return read_descriptions(parsed.metadata, (path.name, data))


def _record(name: str) -> Record:
    """Return a record of the user's.

    Raises:
        UsageError: It cannot be read, or is no XML.
    """
    try:
        return read_record(Path(name).name, read_file(Path(name)))
    except DocpackError as error:
        raise UsageError(f"--record: {error.message}", hint=error.hint) from error


def _address(text: str) -> str:
    if text and not re.fullmatch(r"(https?://|urn:)\S+", text):
        raise UsageError(
            f"--rights {text[:60]!r} is no address", hint="Give the URI of a licence or of rightsstatements.org."
        )
    return text


def _day(text: str) -> str:
    from datetime import date

    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError as error:
        raise UsageError(f"--embargo-until {text[:40]!r} is no day", hint="Write it as YYYY-MM-DD.") from error


def _bag_info(texts: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Return further fields of bag-info.txt.

    Raises:
        UsageError: One is malformed, stands twice, or is a field that docpack fills.
    """
    fields: dict[str, str] = {}
    for text in texts:
        label, equals, value = text.partition("=")
        if not equals or not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{0,60}", label) or not value.strip():
            raise UsageError(f"--bag-info {text[:60]!r} is no LABEL=VALUE", hint='Write "Contact-Phone=+49 1".')
        taken = {each.casefold() for each in (*OWN_LABELS, *fields)}
        if label.casefold() in taken:
            raise UsageError(
                f"--bag-info {label} is filled already", hint=f"docpack fills {', '.join(OWN_LABELS)}; others once."
            )
        fields[label] = value
    return tuple(fields.items())
