"""Finds the command, runs it, and turns every end into an exit code and a message."""

from __future__ import annotations

import argparse
from importlib import import_module
from itertools import zip_longest
from typing import Any, NoReturn

from docpack.cli import COMMANDS
from docpack.cli.messages import say, say_error, silence_stdout, write_stdout
from docpack.cli.options import confidence, owners_of
from docpack.errors import DocpackError, ExitCode, UsageError

__all__ = ["Parser", "run_command"]

_EPILOG = """exit codes: 0 ok, 1 a document failed, 2 usage, 3 input unreadable, 4 output not written, 5 validation or
conservation failed, 6 warnings or unsure decisions under --strict, 7 no input matched, 8 a dependency is missing,
70 a bug in docpack, 130 interrupted"""


class Parser(argparse.ArgumentParser):
    """An argument parser that raises instead of leaving, and whose help is a result like any other."""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse, where a value that may be left out is never taken from what is none: `--strict in.txt`."""
        optional = {flag: each for each in self._actions if _may_be_alone(each) for flag in each.option_strings}
        if optional and args is not None:
            args = [
                f"{each}={optional[each].const}" if each in optional and not _fits(optional[each], following) else each
                for each, following in zip_longest(args, args[1:], fillvalue="")
            ]
        return super().parse_known_args(args, namespace)

    def print_help(self, file: Any = None) -> None:
        """Write the help to standard output."""
        write_stdout(self.format_help().encode())

    def error(self, message: str) -> NoReturn:
        """Raise the error that the command line reports.

        Raises:
            UsageError: Always.
        """
        unknown = message.removeprefix("unrecognized arguments: ").split(" ")[0].partition("=")[0]
        owners = owners_of(unknown) if unknown != message and unknown.startswith("--") else []
        if owners:
            raise UsageError(f"{unknown} is an option of {', '.join(owners)}", hint="Add that format with -t.")
        raise UsageError(message, hint=f"See `{self.prog} --help`.")


def _check_place() -> None:
    """Make sure that there is a folder which paths begin in.

    Raises:
        UsageError: It was deleted.
    """
    import os

    try:
        os.getcwd()  # noqa: PTH109
    except OSError as error:
        raise UsageError("the current folder is gone", hint="Change to another one.") from error


def _may_be_alone(action: argparse.Action) -> bool:
    return action.nargs == "?" and (action.type is confidence or bool(action.choices)) and bool(action.option_strings)


def _fits(action: argparse.Action, text: str) -> bool:
    return text in action.choices if action.choices else _is_number(text)


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdecimal()


def run_command(arguments: list[str]) -> int:
    """Run a command and return its exit code; nothing escapes but what ends the interpreter."""
    try:
        _check_place()
        return int(_dispatch(arguments))
    except DocpackError as error:
        say_error("", error)
        return int(error.exit_code)
    except KeyboardInterrupt:
        say("interrupted; nothing half-written is left")
        return int(ExitCode.INTERRUPTED)
    except BrokenPipeError:
        silence_stdout()
        return int(ExitCode.OUTPUT)
    except MemoryError:
        say("out of memory; split the input, or convert it on a larger machine")
        return int(ExitCode.FAILED)
    except SystemExit as leave:  # argparse after --help
        return int(leave.code or 0)
    except Exception:  # noqa: BLE001  # the top of the program: a bug is reported as one
        return _report_bug(arguments)


def _dispatch(arguments: list[str]) -> int:
    parser = Parser(
        prog="docpack",
        description="Gives text copied out of PDFs its structure back, and writes EPUB, DOCX, TEI-XML and PDF.",
        epilog=_EPILOG,
    )
    parser.add_argument("-V", "--version", action="store_true", help="print the version")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    name = next((each for each in arguments if not each.startswith("-")), "")
    for command, text in COMMANDS.items():
        sub = commands.add_parser(command, help=text, description=text[0].upper() + text[1:] + ".")
        if command == name:
            module = import_module(f"docpack.cli.{command}")
            module.add_arguments(sub, arguments[arguments.index(name) + 1 :])
    parsed = parser.parse_args(arguments)
    if parsed.version:
        from docpack import __version__

        write_stdout(f"docpack {__version__}\n".encode())
        return ExitCode.OK
    if parsed.command is None:
        parser.print_help()
        return ExitCode.OK if not arguments else ExitCode.USAGE
    code: int = import_module(f"docpack.cli.{parsed.command}").run(parsed)
    return code


def _report_bug(arguments: list[str]) -> int:
    import traceback

    from docpack import __version__

    traceback.print_exc()
    say(f"this is a bug in docpack {__version__}, not in your file: docpack {' '.join(arguments)}")
    say("please report it with the lines above and, if you may, the input file")
    return int(ExitCode.BUG)
