"""Faces that say nothing: the usual one of the document, and one in which a whole line is set."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docpack.readers.pdf.laying import Laid

__all__ = ["without_usual_styles"]

USUAL = 0.4  # of a document's letters: a face that is the text's own
MERGED_BLANKS = 1


def without_usual_styles(laid: Laid) -> Laid:
    """Return the lines without the styles in which much of the document is set; stretches beside each other are one."""
    counter: Counter[str] = Counter()
    total = sum(len(line.text) for line in laid.lines if line)
    for place in laid.layout:
        for start, stop, kind in place.styles if place else ():
            counter[kind] += stop - start
    usual = {kind for kind, letters in counter.items() if letters > USUAL * total}
    if not usual:
        return laid
    layout = [
        place._replace(styles=tuple(each for each in place.styles if each.kind not in usual)) if place else None
        for place in laid.layout
    ]
    return replace(laid, layout=layout)
