"""Every error that docpack raises, and the exit code that each becomes on the command line.

    DocpackError                    1   a document failed
    ├── UsageError                  2   the call or its options make no sense
    ├── InputError                  3   the input cannot be read as what it claims to be
    ├── OutputError                 4   the output could not be written
    │   └── MissingGlyphError       4   no font has a character that is to be printed
    ├── VerificationError           5   validation or conservation failed
    └── DependencyError             8   a package or program is missing

An error means "cannot go on"; what one should know although it went on is a `findings.Finding`.
Messages say what is wrong and where, in lower case and without a full stop; the hint says what to do next.
"""

from __future__ import annotations

from enum import IntEnum

__all__ = [
    "DependencyError",
    "DocpackError",
    "ExitCode",
    "InputError",
    "MissingGlyphError",
    "OutputError",
    "UsageError",
    "VerificationError",
]


class ExitCode(IntEnum):
    """What the command line tells its caller; these numbers never change."""

    OK = 0
    FAILED = 1
    USAGE = 2
    INPUT = 3
    OUTPUT = 4
    VERIFICATION = 5
    STRICT = 6
    NO_MATCH = 7
    DEPENDENCY = 8
    BUG = 70
    INTERRUPTED = 130


class DocpackError(Exception):
    """The root of all errors of docpack.

    Args:
        message: What is wrong and where; one line.
        hint: What the user can do about it; a sentence, or nothing.
    """

    exit_code = ExitCode.FAILED

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        if hint:
            self.add_note(f"hint: {hint}")  # tracebacks show it

    def __reduce__(self) -> tuple[object, ...]:
        """Let an error travel between processes with its hint."""
        return (_rebuild, (type(self), self.message, self.hint))


def _rebuild(kind: type[DocpackError], message: str, hint: str) -> DocpackError:
    return kind(message, hint=hint)


class UsageError(DocpackError):
    """The call, an option or a metadata key makes no sense."""

    exit_code = ExitCode.USAGE


class InputError(DocpackError):
    """The input cannot be read as what it claims to be."""

    exit_code = ExitCode.INPUT


class OutputError(DocpackError):
    """The output could not be made or stored."""

    exit_code = ExitCode.OUTPUT


class MissingGlyphError(OutputError):
    """No font at hand has a character that the document prints."""


class VerificationError(DocpackError):
    """An output is not valid, or does not hold what its source holds."""

    exit_code = ExitCode.VERIFICATION


class DependencyError(DocpackError):
    """A package or program that this step needs is not installed."""

    exit_code = ExitCode.DEPENDENCY
