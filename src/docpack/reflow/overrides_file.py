"""The overrides file as it is written: TOML, checked key by key, with the line of each mistake."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NoReturn

from docpack.errors import UsageError
from docpack.ledger import split_lines
from docpack.reflow.line_patterns import PatternError, compile_pattern
from docpack.reflow.overrides import SWITCHES, Decision, Entry, Overrides, Pattern, shown
from docpack.reflow.rulings import Paragraphs
from docpack.xml_characters import FORBIDDEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["parse"]

MAX_FILE_BYTES = 1_000_000  # some 5,000 decisions; what is larger is another file
# Python's TOML parser takes quadratic time for keys such as a.a.a.a: six seconds for 40,000 characters.
MAX_FILE_LINE_CHARACTERS = 1000
MAX_ENTRIES = 10_000
MAX_PATTERNS = 50
_MAX_LINE_NUMBER = 1_000_000_000
_SAME = {"running-head": Decision.DROP}


def parse(data: bytes, name: str) -> Overrides:
    """Return what an overrides file says.

    Args:
        data: The file's content.
        name: The file's name, for messages and the ledger.

    Raises:
        UsageError: It is no TOML, or says what makes no sense; the message has the line where it can be told.
    """
    text = _decoded(data, name)
    table = _toml(text, name)
    places = _Places(text, name)
    _check_keys(table, ("override", "patterns", "options"), name, "table", "Write [[override]] above a decision.")
    paragraphs, switches = _options(_table(table, "options", name), places)
    return Overrides(
        name,
        paragraphs,
        switches,
        tuple(_patterns(_table(table, "patterns", name), places)),
        tuple(_entries(table.get("override", []), places, name)),
    )


def _decoded(data: bytes, name: str) -> str:
    if len(data) > MAX_FILE_BYTES:
        raise UsageError(
            f"{name} has {len(data)} bytes; an overrides file may have {MAX_FILE_BYTES}",
            hint="Check that it is the right file.",
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(f"line {line} of {name}: not valid UTF-8", hint="Save the file as UTF-8.") from error
    for number, line_text in enumerate(text.split("\n"), 1):
        if len(line_text) > MAX_FILE_LINE_CHARACTERS:
            raise UsageError(
                f"line {number} of {name} has {len(line_text)} characters; the limit is {MAX_FILE_LINE_CHARACTERS}",
                hint="A few words of a line are enough to find it.",
            )
    return text


def _toml(text: str, name: str) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # ValueError: a number of more digits than Python takes, too
        said = "it is nested too deeply" if isinstance(error, RecursionError) else " ".join(str(error).split())[:200]
        hint = 'Words stand in quotation marks, and a backslash in them is doubled: text = "the words of a line".'
        raise UsageError(f"{name} is no valid TOML: {said}", hint=hint) from error


class _Places:
    """Where in the file an entry or key stands; the TOML parser does not tell."""

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        self._entries: list[int] = []
        self._keys: dict[tuple[str, str], int] = {}
        table = ""
        for number, line in enumerate(text.split("\n"), 1):
            stripped = line.strip()
            if header := re.match(r"\[{1,2}\s*[\"']?([\w-]+)[\"']?\s*\]", stripped):
                table = header[1]
                if table == "override":
                    self._entries.append(number)
            elif key := re.match(r"[\"']?([\w-]+)[\"']?\s*=", stripped):
                self._keys.setdefault((table, key[1]), number)

    def of_entry(self, index: int, count: int) -> str:
        """Return where an entry stands, in words; its number where its line is not known."""
        if len(self._entries) == count:
            return f"line {self._entries[index]} of {self.name}"
        return f"[[override]] {index + 1} of {self.name}"

    def of_key(self, table: str, key: str) -> str:
        """Return where a key of a table stands, in words."""
        number = self._keys.get((table, key))
        return f"line {number} of {self.name}" if number else f"[{table}] of {self.name}"


def _table(table: dict[str, Any], key: str, name: str) -> dict[str, Any]:
    found = table.get(key, {})
    if not isinstance(found, dict):
        raise UsageError(f"{name}: {key} is {_kind(found)}, not a table", hint=f"Write [{key}] on a line of its own.")
    return found


def _check_keys(given: Iterable[str], known: Sequence[str], where: str, what: str, hint: str = "") -> None:
    for key in given:
        if key not in known:
            _unknown(key, known, where, what, hint)


def _unknown(word: str, known: Sequence[str], where: str, what: str, hint: str = "") -> NoReturn:
    import difflib

    # A long word is no misspelt one, and comparing it would take time that grows with its square.
    near = difflib.get_close_matches(word, known, 1) if len(word) <= 40 else []
    question = f"; did you mean {near[0]!r}?" if near else ""
    raise UsageError(
        f"{where}: unknown {what} {shown(word)}{question}",
        hint=f"There are: {', '.join(known)}." + (f" {hint}" if hint else ""),
    )


_KINDS = {bool: "true or false", str: "text", int: "a number", float: "a number", list: "a list", dict: "a table"}


def _kind(value: Any) -> str:
    return _KINDS.get(type(value), "a date or time")


def _options(table: dict[str, Any], places: _Places) -> tuple[Paragraphs | None, dict[str, bool]]:
    known = ["paragraphs", *(name.replace("_", "-") for name in SWITCHES)]
    paragraphs: Paragraphs | None = None
    switches = {}
    for key, value in table.items():
        where, name = places.of_key("options", key), key.replace("_", "-")
        if name not in known:
            _unknown(key, known, where, "option")
        if name == "paragraphs":
            ways = [str(way) for way in Paragraphs]
            if not isinstance(value, str):
                raise UsageError(f"{where}: paragraphs is {_kind(value)}", hint=f"It can be: {', '.join(ways)}.")
            if value not in ways:
                _unknown(value, ways, where, "way to tell paragraphs apart")
            paragraphs = Paragraphs(value)
        elif not isinstance(value, bool):
            raise UsageError(f"{where}: {key} is {_kind(value)}", hint="Write true or false, without quotation marks.")
        else:
            switches[name.replace("-", "_")] = value
    return paragraphs, switches


def _decision(word: str, where: str) -> Decision:
    word = _SAME.get(word, word)
    if word not in tuple(Decision):
        _unknown(word, [*map(str, Decision), *_SAME], where, "decision")
    return Decision(word)


def _patterns(table: dict[str, Any], places: _Places) -> Iterator[Pattern]:
    count = 0
    for key, value in table.items():
        where = places.of_key("patterns", key)
        decision = _decision(key, where)
        if value == []:
            yield Pattern(where, decision, None)
        for pattern in value if isinstance(value, list) else [value]:
            count += 1
            if count > MAX_PATTERNS:
                raise UsageError(f"{where}: more than {MAX_PATTERNS} patterns", hint="Join some of them with |.")
            if not isinstance(pattern, str):
                raise UsageError(
                    f"{where}: a pattern is {_kind(pattern)}", hint=f"Write {key} = '^CHAPTER ', or a list of such."
                )
            try:
                yield Pattern(where, decision, compile_pattern(pattern))
            except PatternError as error:
                raise UsageError(
                    f"{where}: the pattern {shown(pattern)} cannot be used: {error}",
                    hint="Patterns are Python regular expressions; begin them with ^, and keep them simple.",
                ) from error


_ENTRY_KEYS = ("text", "line", "to", "to-line", "decision", "correct")


def _entries(found: Any, places: _Places, name: str) -> Iterator[Entry]:
    if not isinstance(found, list):
        raise UsageError(
            f"{name}: override is {_kind(found)}, not a list of entries", hint="Write [[override]] with two brackets."
        )
    strange = next((each for each in found if not isinstance(each, dict)), None)
    if strange is not None:
        raise UsageError(
            f"{name}: override is a list with {_kind(strange)} in it, where each entry is a table of keys and values",
            hint="Write [[override]] on a line of its own above the keys of each entry.",
        )
    if len(found) > MAX_ENTRIES:
        raise UsageError(
            f"{name} has {len(found)} entries; the limit is {MAX_ENTRIES}", hint="Use patterns for what comes often."
        )
    for index, table in enumerate(found):
        yield _entry(table, places.of_entry(index, len(found)))


def _entry(table: dict[str, Any], where: str) -> Entry:
    _check_keys(table, _ENTRY_KEYS, where, "key")
    words = {key: _words(table, key, where) for key in ("text", "to")}
    numbers = {key: _number(table, key, where) for key in ("line", "to-line")}
    if not words["text"] and numbers["line"] is None:
        raise UsageError(
            f"{where}: the entry does not say which line it means", hint='Give text = "words of the line".'
        )
    word = table.get("decision")
    correct = _correct(table, words["text"], where)
    if (word is None) == (correct is None):
        said = "neither decision nor correct" if word is None else "both decision and correct"
        raise UsageError(
            f"{where}: the entry has {said}",
            hint='Write decision = "join", say, or correct = "the right words", in an entry each.',
        )
    if word is not None and not isinstance(word, str):
        raise UsageError(f"{where}: decision is {_kind(word)}", hint=f"It can be: {', '.join(Decision)}.")
    decision = _decision(word, where) if word is not None else None
    entry = Entry(where, words["text"], numbers["line"], words["to"], numbers["to-line"], decision, correct)
    if entry.is_range and correct is not None:
        raise UsageError(f"{where}: a correction stands in one line", hint="Leave out to and to-line.")
    return entry


def _words(table: dict[str, Any], key: str, where: str) -> str:
    value = table.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise UsageError(f"{where}: {key} is {_kind(value)}", hint=f'Write {key} = "words of the line".')
    words = " ".join(value.split())
    if not words:
        raise UsageError(f"{where}: {key} is empty", hint="Give some words of the line.")
    return words


def _number(table: dict[str, Any], key: str, where: str) -> int | None:
    value = table.get(key)
    if value is None:
        return None
    if isinstance(value, float):
        raise UsageError(f"{where}: {key} is {value}, and no whole number", hint=f"Write {key} = 12, say.")
    if not isinstance(value, int) or isinstance(value, bool):
        raise UsageError(f"{where}: {key} is {_kind(value)}", hint="Write a whole number without quotation marks.")
    if not 1 <= value <= _MAX_LINE_NUMBER:
        raise UsageError(f"{where}: there is no line {str(value)[:20]}", hint="Lines are counted from 1.")
    return value


def _correct(table: dict[str, Any], text: str, where: str) -> str | None:
    value = table.get("correct")
    if value is None:
        return None
    if not isinstance(value, str):
        raise UsageError(f"{where}: correct is {_kind(value)}", hint='Write correct = "the right words".')
    if not text:
        raise UsageError(f"{where}: the correction does not say what is wrong", hint='Give text = "the wrong words".')
    reading = value.strip(" \t")
    if len(split_lines(reading)) > 1 or "\t" in reading or FORBIDDEN.search(reading):
        raise UsageError(
            f"{where}: correct holds a line end, a tab or a control character", hint="Give the words of one line."
        )
    return reading
