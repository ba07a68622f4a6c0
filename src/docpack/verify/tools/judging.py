"""From how a tool ended to a verdict: it is believed only where its report and its exit code agree."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docpack.verdicts import Cause, Gravity, Message, Outcome, Verdict
from docpack.verify.tools.processes import execute, workplace

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from docpack.verdicts import Found
    from docpack.verify.tools.processes import Finished

__all__ = ["Judgement", "ask_program", "conclude", "json_object", "python_program"]

MAX_MESSAGES = 500  # what a person might still read
MAX_TEXT = 1000  # characters of one message; jing lists all two hundred elements that would have been right
_RUNNER = Path(__file__).parent / "programs" / "runner.py"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a report says, before it is held against the exit code."""

    clean: bool
    messages: Sequence[Message] = ()
    version: str = ""
    profile: str = ""


def conclude(
    validator: str,
    found: Found,
    path: Path,
    done: Finished,
    read: Callable[[Finished], Judgement],
    *,
    suffix: str = ".json",
    report: bytes | None = None,
    clean_codes: tuple[int, ...] = (0,),
) -> Verdict:
    """Return the verdict on a file.

    Args:
        validator: The validator's name.
        found: How it was run.
        path: The file.
        done: How its process ended.
        read: Understands the report; a ValueError, KeyError, TypeError and the like say that it cannot be understood.
        suffix: What kind of file the report is.
        report: The report, where it is not what was printed to standard output or, where that is empty, error.
        clean_codes: The exit codes with which the tool says that it found nothing.
    """
    raw = (done.output or done.errors) if report is None else report

    def verdict(outcome: Outcome, **more: Any) -> Verdict:
        version = more.pop("version", "") or found.version
        profile = more.pop("profile", "") or found.profile
        return Verdict(validator, version, outcome, profile, report=raw, report_suffix=suffix, **more)

    def broken(reason: str, **more: Any) -> Verdict:
        return verdict(Outcome.NOT_RUN, reason=_line(reason), cause=Cause.BROKEN, **more)

    if done.trouble:
        return broken(done.trouble)
    try:
        judgement = read(done)
    except (ValueError, LookupError, TypeError, AttributeError, OSError, RecursionError) as error:
        lines = done.errors.decode("utf-8", "replace").strip().splitlines()  # of a traceback the last line tells
        why = lines[-1].strip() if lines else str(error) or type(error).__name__
        return broken(f"it ended with exit code {done.code} and no report that can be understood: {why}")
    facts: dict[str, Any] = {"version": judgement.version, "profile": judgement.profile}
    messages = [_without_folders(each, path) for each in judgement.messages[:MAX_MESSAGES]]
    told = {**facts, "messages": tuple(messages), "omitted": max(0, len(judgement.messages) - MAX_MESSAGES)}
    if not judgement.clean or any(each.gravity is Gravity.ERROR for each in judgement.messages):
        return verdict(Outcome.FAILED, **told)
    if done.code not in clean_codes:
        return broken(f"its report lists no error, and its exit code is {done.code}", **facts)
    return verdict(Outcome.PASSED, **told)


def json_object(data: bytes) -> dict[str, Any]:
    """Return a JSON object.

    Raises:
        ValueError: It is no JSON.
        TypeError: It is another value.
    """
    value = json.loads(data)
    if not isinstance(value, dict):
        raise TypeError(f"the report is a {type(value).__name__}")
    return value


def python_program(python: str, name: str) -> tuple[str, ...]:
    """Return the command that runs one of the programs of `docpack.verify.tools.programs` by an interpreter.

    The user's site packages count, and the environment's variables do not.
    """
    return (python, "-E", "-B", "-X", "utf8", str(_RUNNER), name)


def ask_program(
    validator: str, found: Found, path: Path, timeout_s: float, *arguments: str | Path, shown: Path | None = None
) -> Verdict:
    """Run one of our programs on a file, and return its verdict.

    Args:
        validator: The validator's name.
        found: What its command and its version are.
        path: The file.
        timeout_s: How long it may take.
        arguments: What the program is told besides.
        shown: The path that messages may begin with, where it is not the file's.
    """
    with workplace() as folder:
        done = execute([*found.command, str(path.absolute()), *arguments], folder, timeout_s)
        return conclude(validator, found, shown or path, done, _read_program)


def _read_program(done: Finished) -> Judgement:
    said = json_object(done.output)
    if said["docpack-program"] != 1 or done.code != 0:
        raise ValueError("this is not what the program writes")
    if said.get("confused"):
        raise ValueError(said["confused"])
    messages = [Message(Gravity(each[0]), *map(str, each[1:4])) for each in said["messages"]]
    return Judgement(said["clean"] is True, messages, str(said.get("version", "")), str(said.get("profile", "")))


def _without_folders(message: Message, path: Path) -> Message:
    """Return a message that does not tell where the file lay, so that two machines say the same."""
    texts = []
    for text in (message.place, message.text):
        for shape in dict.fromkeys((str(path.absolute()), str(path.resolve()))):
            text = text.replace(shape, path.name)  # noqa: PLW2901  # replaced step by step
        texts.append(_line(text))
    return Message(message.gravity, message.code, texts[0], texts[1])


def _line(text: str) -> str:
    """Return a text as one line, not too long, and of characters that every record can hold."""
    line = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    return line if len(line) <= MAX_TEXT else f"{line[:MAX_TEXT]}…"
