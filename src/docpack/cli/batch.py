"""`docpack batch PATTERN... -d DIR -t FORMATS`: convert many documents, and check that they are what they should be."""

from __future__ import annotations

import argparse
import json
import re
from typing import TYPE_CHECKING

from docpack.batch.sizes import size_bytes
from docpack.cli.messages import write_line
from docpack.cli.options import PluginOptions, asked_formats, confidence
from docpack.errors import ExitCode
from docpack.judgements import UNSURE_BELOW
from docpack.plugins import writer_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docpack.batch.planning import Shard

__all__ = ["add_arguments", "run"]

MAX_JOBS = 10_000
KEPT_BYTES = 10 << 30  # of the cache, where it is pruned and no size is given


def add_arguments(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> None:
    """Add the arguments of this command, with the options of the formats that `arguments` name."""
    parser.add_argument(
        "inputs", nargs="*", metavar="PATTERN", help="files, folders and quoted patterns; or `merge` and journals"
    )
    _add_what(parser)
    _add_how(parser)
    _add_ci(parser)
    parser.add_argument("-q", "--quiet", action="store_true", help="say errors only")
    parser.add_argument("-v", "--verbose", action="store_true", help="say a line for each document, and all findings")
    writers, readers = asked_formats(arguments, writer_names())
    of_writers, of_readers = PluginOptions.of_writers(writers), PluginOptions.of_readers(readers)
    of_writers.add_to(parser, "options of the formats written")
    of_readers.add_to(parser, "options of the formats read")
    parser.set_defaults(of_writers=of_writers, of_readers=of_readers)


def _add_what(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("what is converted, and to what")
    group.add_argument("-d", "--output-dir", default="", metavar="DIR", help="the folder to write to; it is made")
    group.add_argument("-t", "--to", default="", metavar="FORMAT[,FORMAT...]", help="what to write")
    group.add_argument("--pack", action="store_true", help="make a package of each input, with the formats in it")
    group.add_argument("-f", "--from", dest="from_format", default="", metavar="FORMAT", help="what the inputs are")
    group.add_argument("--files-from", default="", metavar="FILE", help="read names of inputs from FILE, one a line; -")
    group.add_argument("-0", "--null", action="store_true", help="names in FILE end with NUL, not with the line")
    group.add_argument("--base", default="", metavar="DIR", help="what the inputs' folders are kept below")
    group.add_argument("--exclude", action="append", default=[], metavar="PATTERN", help="leave out what matches")
    group.add_argument(
        "-M", "--metadata", action="append", default=[], metavar="KEY=VALUE", help="state title, author, language, ..."
    )
    group.add_argument("--metadata-file", metavar="FILE", help="metadata as TOML, JSON or Dublin Core XML")
    group.add_argument(
        "--verify", action=argparse.BooleanOptionalAction, help="compare outputs with their source, as convert does"
    )
    group.add_argument("--config", metavar="FILE", help="the configuration, instead of the nearest docpack.toml")
    group.add_argument("--no-config", action="store_true", help="leave configurations alone")
    group.add_argument("--print-config", action="store_true", help="print what holds so far, as JSON, and do nothing")


def _add_how(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("how it is done")
    group.add_argument("-j", "--jobs", type=_count, metavar="N", help="workers; by default one for each core")
    group.add_argument("--timeout", type=_seconds, metavar="SECONDS", help="for a document (300); 0 is no limit")
    group.add_argument("--memory", type=_size, metavar="SIZE", help="for a document (4G); 0 is no limit")
    group.add_argument("--fail-fast", action="store_true", help="end with the first document that fails")
    group.add_argument("--resume", action="store_true", help="go on where an interrupted run ended")
    group.add_argument("--no-cache", action="store_true", help="make everything anew, and keep nothing")
    group.add_argument(
        "--prune-cache",
        type=_size,
        nargs="?",
        const=KEPT_BYTES,
        metavar="SIZE",
        help="remove from the cache what was not used for longest, until it has no more than SIZE (10G); do nothing else",
    )
    group.add_argument("--shard", type=_shard, metavar="I/N", help="do the I-th of N parts, from 1")
    group.add_argument("--executor", default="", metavar="ADDRESS", help="let others do it: dask:tcp://HOST:PORT")


def _add_ci(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("what is said of it")
    group.add_argument(
        "--check",
        nargs="?",
        const="fast",
        choices=("fast", "full"),
        help="write nothing; exit with 1 if an output is stale",
    )
    group.add_argument(
        "--strict",
        type=confidence,
        nargs="?",
        const=UNSURE_BELOW,
        metavar="P",
        help=f"exit with 6 where there are warnings, or decisions less sure than P ({UNSURE_BELOW:g})",
    )
    group.add_argument(
        "--report", action="append", default=[], metavar="KIND:FILE", help="jsonl, junit, sarif, html, github"
    )
    group.add_argument("--allow-empty", action="store_true", help="exit with 0 where no input matches")
    group.add_argument("--json", action="store_true", help="print the totals as JSON")


def run(parsed: argparse.Namespace) -> int:
    """Do what is asked for; return the exit code."""
    if parsed.inputs[:1] == ["merge"]:
        from docpack.cli.batch_merge import merge

        return merge(parsed)
    if parsed.prune_cache is not None:
        from docpack.cli.batch_prune import prune

        return prune(parsed)
    from docpack.cli.batch_checks import check
    from docpack.cli.batch_runs import convert
    from docpack.cli.batch_settings import asked_for, described

    asked = asked_for(parsed)
    if parsed.print_config:
        write_line(json.dumps(described(asked), indent=1))
        return ExitCode.OK
    return check(parsed, asked) if parsed.check else convert(parsed, asked)


def _count(text: str) -> int:
    """Return a number of workers; for argparse, which says what is wrong with the option."""
    if not text.isdecimal() or not 1 <= int(text) <= MAX_JOBS:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no number from 1 to {MAX_JOBS}")
    return int(text)


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no number of seconds")
    return value


def _size(text: str) -> int:
    try:
        return size_bytes(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _shard(text: str) -> Shard:
    from docpack.batch.planning import Shard

    found = re.fullmatch(r"([0-9]{1,9})/([0-9]{1,9})", text, re.ASCII)
    if not found or not 1 <= int(found[1]) <= int(found[2]):
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no part such as 3/64")
    return Shard(int(found[1]), int(found[2]))
