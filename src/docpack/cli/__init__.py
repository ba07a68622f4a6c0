"""The command line: one module a command, each with `add_arguments(parser)` and `run(arguments)`.

Results go to standard output, messages to standard error. Whatever happens ends in a documented exit code.
"""

from __future__ import annotations

import sys

__all__ = ["COMMANDS", "main"]

COMMANDS = {
    "convert": "convert texts to EPUB, DOCX, TEI, PDF and more",
    "batch": "convert many documents, and check that all are up to date",
    "explain": "show every decision: what, where, why, how sure",
    "pack": "convert, and pack source, outputs and proof for an archive",
    "verify": "verify packages, or compare outputs with their source",
    "restore": "give the source back from a package or an archival TEI file, byte for byte",
    "reproduce": "convert the source in a package anew, and compare",
    "unpack": "verify a package, and write it out as a folder",
    "diff": "compare two packages",
    "fixity": "check the digests of packages, and keep a log of it",
    "store": "keep packages in a store with all their versions",
    "validate": "ask the reference validators that are installed",
    "formats": "list what can be read and written",
}


def main(arguments: list[str] | None = None) -> int:
    """Run `docpack` with these arguments, by default those of the process; return the exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments in (["--version"], ["-V"]):  # before argparse, which would cost as much as Python itself
        from docpack import __version__

        return _say_version(f"docpack {__version__}\n")
    try:
        from docpack.cli.signals import interrupt_on_terminate

        interrupt_on_terminate()
        if arguments[:1] == ["batch"]:
            from docpack.cli.batch_start import start_early

            start_early(arguments[1:])
        from docpack.cli.program import run_command

        return run_command(arguments)
    except KeyboardInterrupt:  # before the program could set up its own answer
        return 130


def _say_version(text: str) -> int:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except (OSError, AttributeError):  # a full disk, a closed pipe, or no standard output at all
        from docpack.cli.program import run_command

        return run_command(["--version"])
    return 0
