"""The editorial declaration: what was done to the text of the source, in words and numbers.

It tells of what happened in this text, and of nothing that did not.

Spec:
    TEI P5, section 2.3.3 (the editorial practices declaration).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpack.ledger import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from docpack.ledger import Ledger

__all__ = ["editorial_declaration"]

_SEGMENTATION = {
    True: "Divisions, paragraphs and other blocks were inferred from the layout of the source; a block holds the lines "
    "of the source that precede it since the block before.",
    False: "Divisions, paragraphs and other blocks are those of the document model.",
}


_BY_DECISION = {
    "drop": Rule.FURNITURE,
    "join": Rule.LINE_JOIN,
    "join-hyphen": Rule.HYPHEN_SOFT,
    "keep-hyphen": Rule.HYPHEN_HARD,
}


def editorial_declaration(ledger: Ledger | None, *, archival: bool, has_characters: bool) -> str:
    """Return `<editorialDecl>`.

    Args:
        ledger: What was done to the source, if it is known.
        archival: Whether the text has all of the source.
        has_characters: Whether it has characters that XML cannot hold.
    """
    made = ""
    if ledger is not None:
        counts = _counts(ledger)
        has_feeds = "\f" in ledger.source.text
        corrections = _corrections(ledger, archival=archival)
        made = _practice("correction", "method", "markup" if archival else "silent", corrections)
        made += _practice("hyphenation", "eol", *_hyphenation(counts, archival=archival))
        if archival:
            sentences = _archival_marks(counts, has_feeds=has_feeds, has_characters=has_characters)
            made += _practice("normalization", "method", "markup", " ".join(sentences))
        else:
            has_pages = has_feeds or counts.get(Rule.PAGE_TURN, 0) > 0
            made += _practice("normalization", "method", "silent", _silent_changes(counts, has_pages=has_pages))
    made += _practice("quotation", "marks", "all", "Quotation marks are kept as characters of the text.")
    made += f"<segmentation><p>{_SEGMENTATION[archival]}</p></segmentation>\n"
    return f"<editorialDecl>\n{made}</editorialDecl>\n"


def _practice(element: str, attribute: str, value: str, said: str) -> str:
    return f'<{element} {attribute}="{value}"><p>{said}</p></{element}>\n' if said else ""


def _counted(number: int, one: str, many: str) -> str:
    """Return a number with what is said of so many things; "" for none."""
    return f"{number} {one if number == 1 else many}" if number else ""


def _enumeration(things: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(things[:-1]), things[-1]]))


def _counts(ledger: Ledger) -> dict[str, int]:
    """Return how many edits each rule has made; what a person decided counts for the rule that does the same."""
    counts: dict[str, int] = {}
    for edit in ledger.edits:
        rule = _BY_DECISION.get(edit.decision, edit.rule) if edit.rule is Rule.OVERRIDE else edit.rule
        counts[rule] = counts.get(rule, 0) + 1
    return counts


def _corrections(ledger: Ledger, *, archival: bool) -> str:
    """Return what is said of readings that a person gave, and of other decisions of hers."""
    text = ledger.source.text
    decided = [edit for edit in ledger.edits if edit.rule is Rule.OVERRIDE]
    readings = sum(
        edit.decision not in _BY_DECISION and (edit.reading + text[edit.start : edit.stop]).strip() != ""
        for edit in decided
    )
    corrected = _counted(readings, "reading was", "readings were")
    said = f"{corrected} corrected by a person" if corrected else ""
    if said and archival:
        said += "; the source's is the <gi>sic</gi>, the new one the <gi>corr</gi> of a <gi>choice</gi>"
    others = _counted(
        len(decided) - readings,
        "division of the text, running head or hyphen was decided on by a person",
        "divisions of the text, running heads or hyphens were decided on by a person",
    )
    return " ".join(f"{each}." for each in (said, others) if each)


def _hyphenation(counts: Mapping[str, int], *, archival: bool) -> tuple[str, str]:
    """Return `@eol` and what is said of hyphens at the ends of lines."""
    soft, hard = counts.get(Rule.HYPHEN_SOFT, 0), counts.get(Rule.HYPHEN_HARD, 0)
    if not archival:
        left_out = _counted(
            soft,
            "hyphen that was taken as put there by a line end alone was left out",
            "hyphens that were taken as put there by line ends alone were left out",
        )
        kept = _counted(
            hard,
            "hyphen at a line end was taken as the word's own and is text",
            "hyphens at line ends were taken as the words' own and are text",
        )
        return "hard", " ".join(f"{each}." for each in (left_out, kept) if each)
    weak = _counted(
        soft,
        "was taken as put there by the line end alone: it is a <gi>pc</gi> whose <att>force</att> is weak, and no "
        "reader sees it.",
        "were taken as put there by the line ends alone: they are <gi>pc</gi> whose <att>force</att> is weak, and no "
        "reader sees them.",
    )
    own = _counted(hard, "was taken as the word's own and is text.", "were taken as the words' own and are text.")
    sentences = [each for each in (weak, own) if each]
    if not sentences:
        return "all", ""
    after = "The <gi>lb</gi> after such a hyphen has <att>break</att> no."
    return "all", " ".join(("Hyphens at the ends of lines are all kept.", *sentences, after))


def _archival_marks(counts: Mapping[str, int], *, has_feeds: bool, has_characters: bool) -> Iterator[str]:
    """Yield sentences on how the source is marked, and on what the reading text has otherwise."""
    marks = ["White space that is more than a single blank inside a line is a <gi>space</gi>"]
    if has_feeds:
        marks.append("form feeds are <gi>pb</gi> with <att>type</att> form-feed")
    if has_characters:
        marks.append("characters that XML cannot hold are <gi>g</gi>")
    if counts.get(Rule.FURNITURE):
        marks.append("running heads and folios are <gi>fw</gi>")
    marks.append("other dropped or changed text is the <gi>orig</gi> or <gi>sic</gi> of a <gi>choice</gi>")
    yield (
        "Every line of the source begins with an <gi>lb</gi> whose <att>n</att> is its number; <att>type</att> names "
        "the end of the line where it is not the one that the description of the source names."
    )
    yield f"{'; '.join(marks)}."
    changes = "; ".join(filter(None, _changes(counts)))
    if changes:
        yield f"In the reading text, {changes}."
    yield "White space of the file itself says nothing about the source."


def _changes(counts: Mapping[str, int]) -> Iterator[str]:
    blanks = sum(counts.get(rule, 0) for rule in (Rule.BLANKS, Rule.INDENT, Rule.TRAILING))
    controls = counts.get(Rule.CONTROL, 0)
    yield _counted(
        counts.get(Rule.LINE_JOIN, 0),
        "line end is read as a blank or as nothing",
        "line ends are read as a blank or as nothing",
    )
    yield _counted(
        blanks, "run of white space is read as one blank or none", "runs of white space are read as one blank or none"
    )
    yield _counted(
        counts.get(Rule.FURNITURE, 0), "running head or folio is left out", "running heads and folios are left out"
    )
    yield _counted(controls, "control character is left out", "control characters are left out")


def _silent_changes(counts: Mapping[str, int], *, has_pages: bool) -> str:
    left_out = ["Line ends with the blanks round them"]
    if counts.get(Rule.FURNITURE):
        left_out += ["running heads", "folios"]
    if counts.get(Rule.CONTROL):
        left_out.append("control characters")
    pages = " Page turns are kept where the page has a number." if has_pages else ""
    return f"{_enumeration(left_out)} of the source were left out.{pages}"
