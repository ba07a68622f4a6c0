"""`docpack unpack PACKAGE -o DIR`: verify a package, and write it out as a folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from docpack.cli.messages import problem_line, say, write_line
from docpack.errors import ExitCode, UsageError, VerificationError
from docpack.files import real_path

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> None:
    """Add the arguments of this command."""
    parser.add_argument("package", metavar="PACKAGE", help="a package: a tar or zip file, or a folder")
    parser.add_argument("-o", "--output", required=True, metavar="DIR", help="a new folder, for the package's folder")
    parser.add_argument("--json", action="store_true", help="print the same as JSON")
    parser.add_argument("--foreign", action="store_true", help="take any valid BagIt bag, not only docpack's")


def run(parsed: argparse.Namespace) -> int:
    """Write the folder; a package that is not valid is not unpacked."""
    from docpack.archive.opening import open_package
    from docpack.archive.package_check import check_opened
    from docpack.archive.unpacking import unpack

    path = Path(parsed.package)
    if real_path(path) in (real_path(parsed.output), *real_path(parsed.output).parents):
        raise UsageError(f"{parsed.output} lies in the package", hint="Name a folder elsewhere.")
    with open_package(path, foreign=parsed.foreign, strict=False) as package:
        report, proved = check_opened(package, foreign=parsed.foreign, prove=True)
        for each in report.problems:
            say(problem_line(str(path), each.to_json()))
        if not report.ok:
            raise VerificationError(f"{path} is not valid and was not unpacked", hint="Take another copy of it.")
        files = unpack(package, Path(parsed.output), proved)
        folder = Path(parsed.output) / package.objid
    if parsed.json:
        write_line(json.dumps({"folder": str(folder), "files": files, "digests_checked": report.digests_checked}))
    else:
        write_line(f"{folder}: {files} files, {report.digests_checked} digests checked")
    return ExitCode.OK
