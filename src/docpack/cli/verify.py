"""`docpack verify PACKAGE...`: whether packages are whole and unchanged; or OUTPUT... against their source."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from docpack.cli.messages import say, say_error, write_stdout
from docpack.errors import DocpackError, ExitCode, UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from docpack.archive.package_check import PackageReport

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> None:
    """Add the arguments of this command."""
    parser.add_argument(
        "packages", nargs="+", metavar="PACKAGE", help="a tar, a zip or a folder; with --against outputs"
    )
    parser.add_argument(
        "--level",
        choices=("fast", "full", "canonical"),
        help="names and sizes only; all digests (the default); or also byte for byte what docpack writes",
    )
    parser.add_argument("--foreign", action="store_true", help="take any valid BagIt bag, of version 0.93 to 1.0")
    parser.add_argument("--json", action="store_true", help="print the same as JSON")
    parser.add_argument("--against", metavar="SOURCE", help="compare the text of outputs with their source")
    if any(each.startswith("--a") or each in {"-h", "--help"} for each in arguments):
        from docpack.cli import against

        against.add_arguments(parser, arguments)


def run(parsed: argparse.Namespace) -> int:
    """Print a verdict for each package; exit with 5 where it is not valid.

    Raises:
        UsageError: Options of packages are given for outputs.
    """
    if parsed.against is not None:
        if parsed.level or parsed.foreign:
            raise UsageError("--level and --foreign are for packages", hint="Leave them out, or leave out --against.")
        from docpack.cli import against

        return int(against.run(parsed))
    from docpack.archive.package_check import check_package

    codes, made = [], []
    for name in parsed.packages:
        try:
            report = check_package(Path(name), level=parsed.level or "full", foreign=parsed.foreign)
        except DocpackError as error:
            say_error(name, error)
            codes.append(error.exit_code)
            made.append({"package": name, "ok": False, "exit_code": int(error.exit_code), "error": error.message})
            continue
        codes.append(ExitCode.OK if report.ok else ExitCode.VERIFICATION)
        made.append({**report.to_json(), "exit_code": int(codes[-1])})
        if not parsed.json:
            write_stdout("".join(f"{line}\n" for line in _lines(report)).encode("utf-8", "backslashreplace"))
        if not report.ok:
            _hint(Path(name), foreign=parsed.foreign)
    if parsed.json:
        write_stdout((json.dumps({"results": made}, indent=1) + "\n").encode())
    failed = [code for code in codes if code]
    if not failed:
        return ExitCode.OK
    return failed[0] if len(codes) == 1 else ExitCode.FAILED


def _hint(path: Path, *, foreign: bool) -> None:
    """Say what to do with what is no package of docpack's, but something else that people keep."""
    from docpack.verify.kinds import kinds_of

    try:
        kinds = {str(each) for each in kinds_of(path)}
    except DocpackError:
        return
    if "ocfl" in kinds:
        say(f"hint: {path} is a store; check it with `docpack store validate`.")
    elif kinds & {"epub", "docx"}:
        say(f"hint: {path} is an output; compare it with --against SOURCE, or judge it with `docpack validate`.")
    elif "bag" in kinds and not foreign:
        say("hint: If another program made this bag, verify it with --foreign.")


def _lines(report: PackageReport) -> Iterator[str]:
    """Yield the verdict, and beneath it what was found."""
    from docpack.archive.problems import shown

    verdict = "valid" if report.ok else "INVALID"
    looked = "digests NOT checked" if report.level == "fast" else f"{report.digests_checked} digests checked"
    files = "1 file" if report.files == 1 else f"{report.files} files"
    yield f"{verdict}: {shown(str(report.path))}: {files}, {report.size_bytes} bytes, {looked} (level {report.level})"
    for problem in report.problems:
        where = f"{shown(problem.path)}: " if problem.path else ""
        yield f"  {problem.severity} {problem.code.id}: {where}{shown(problem.message)}"
