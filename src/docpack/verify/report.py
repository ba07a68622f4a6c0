"""Say in words what a comparison of an output with its source found."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpack.verify.conservation import Conservation
    from docpack.verify.differences import Difference

__all__ = ["figures", "in_context", "in_short"]

_KINDS = {
    "changed": "reads otherwise",
    "missing": "is missing",
    "added": "was added",
    "spacing": "has a blank more or less",
    "moved": "stands elsewhere",
}


def figures(found: Conservation) -> Iterator[str]:
    """Yield the balance sheet, a line for the source and one for the output; white space is never counted."""
    dropped = ", ".join(f"{rule} {count}" for rule, count in found.dropped.items())
    yield f"source: {found.source} characters, {found.kept} kept" + (f", dropped: {dropped}" if dropped else "")
    parts = [f"{found.missing} missing", f"{found.added} added", f"{found.changed} changed"]
    parts += [
        f"{count} {what}"
        for count, what in (
            (found.spacing, "blanks more or less"),
            (found.moved, "moved"),
            (found.extra, "of title pages and marks round labels"),
            (found.loose, "of text whose order a PDF does not show"),
            (found.unprinted, "of labels left to the reading system"),
        )
        if count
    ]
    yield f"output: {found.output} characters where {found.expected} are expected: {', '.join(parts)}"


def in_context(difference: Difference) -> Iterator[str]:
    """Yield a line that says what differs, then both readings with the words round them."""
    where = "" if difference.where == "text" else f" (note {difference.where})"
    fine = "; that is no loss" if difference.ok else ""
    yield f"{_KINDS[difference.kind]}{where}{fine}"
    before, after = difference.before, difference.after
    if difference.kind == "moved":
        yield f"  text:   {difference.source}"
        return
    yield f"  source: {before}>>{difference.source}<<{after}"
    yield f"  output: {before}>>{difference.output}<<{after}"


def in_short(found: Conservation, most: int) -> str:
    """Return the first differences that are no moves of notes, in one line."""
    told = []
    for each in [each for each in found.differences if not each.ok][:most]:
        line = f"line {each.line}: " if each.line else ""
        told.append(f"{line}{_quoted(each.source)} {_KINDS[each.kind]}" + _instead(each))
    more = found.count - len(told)
    return "; ".join(told) + (f"; and {more} more" if more > 0 else "")


def _instead(difference: Difference) -> str:
    if difference.kind == "changed":
        return f": {_quoted(difference.output)}"
    if difference.kind == "added":
        return f": {_quoted(difference.output)} after {_quoted(difference.before)}"
    return f" after {_quoted(difference.before)}" if difference.kind == "spacing" else ""


def _quoted(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:40]}…")
