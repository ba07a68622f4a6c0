"""The structure tree of a tagged PDF: what each marked content belongs to, and in which order the contents are read.

A tree is read as far as it is one. What leads back, lies too deep or has a wrong type is passed over: such files are
met, and the rest of their tags may be of use all the same. Whether it is, `tagging` finds out.

Spec:
    ISO 32000-1 (PDF 1.7), 14.7 (logical structure) and 14.8.4 (standard structure types); ISO 32000-2 (PDF 2.0),
    14.8.4 for the types that are new there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from docpack.readers.pdf.objects import value_if_any
from docpack.readers.pdf.page_tree import page_objects

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pypdf import PdfReader

__all__ = ["Element", "Tags", "read_tags"]

MAX_ELEMENTS = 400_000  # of a file; a long book has 20,000
MAX_MARKS = 4_000_000
MAX_DEPTH = 120  # elements in each other; browsers nest 40
MAX_ROLES = 10  # names that lead from one to the next in a role map
MAX_MARK = 10_000_000

STANDARD = frozenset(
    "Annot Art Artifact Aside BibEntry BlockQuote Caption Code Div Document DocumentFragment Em FENote Figure Form"
    " Formula H H1 H2 H3 H4 H5 H6 Index L LBody LI Lbl Link NonStruct Note P Part Private Quote RB RP RT Reference Ruby"
    " Sect Span Strong Sub TBody TD TFoot TH THead TOC TOCI TR Table Title WP WT Warichu".split()
)
OWN = frozenset("Title Em Strong FENote Aside".split())  # of PDF 2.0, for which older files have to name a plainer one


class Element(NamedTuple):
    """An element of the tree: its standard type, the number of the element that it stands in, and its attributes.

    `parent` is -1 for the outermost. `is_block` tells that it stands apart although its type alone does not say so,
    `is_glossary` that a list's labels are neither numbers nor bullets.
    """

    kind: str
    parent: int
    is_block: bool = False
    is_glossary: bool = False
    alt: str = ""


@dataclass(slots=True)
class Tags:
    """A structure tree. Elements are numbered in reading order, each before what stands in it.

    `owners` gives the element of each marked content by page index and identifier, `order` counts these in reading
    order; `twice` counts those that two elements claim.
    """

    elements: list[Element] = field(default_factory=list)
    owners: dict[tuple[int, int], int] = field(default_factory=dict)
    order: dict[tuple[int, int], int] = field(default_factory=dict)
    twice: int = 0

    def above(self, number: int) -> Iterator[int]:
        """Yield an element and those that it stands in, from the inside outwards."""
        while number >= 0:
            yield number
            number = self.elements[number].parent


def read_tags(reader: PdfReader) -> Tags | None:
    """Return the structure tree of a file; None where it has none, or none that can be read."""
    catalog = reader.root_object
    root = value_if_any(catalog.get("/StructTreeRoot"))
    if not isinstance(root, dict):
        return None
    pages = {page.number: index for index, page in enumerate(page_objects(catalog)) if page.number}
    walk = _Walk(pages, _roles(root))
    walk.run(root)
    reader.resolved_objects.clear()
    return walk.tags if walk.tags.owners else None


class _Task(NamedTuple):
    """A child to be looked at: the object, its element, depth, and the page that its marks are on."""

    thing: Any
    parent: int
    depth: int
    page: int


class _Walk:
    def __init__(self, pages: dict[int, int], roles: dict[str, str]) -> None:
        self.tags = Tags()
        self._pages, self._roles = pages, roles
        self._seen: set[int] = set()

    def run(self, root: Any) -> None:
        stack = [_Task(each, -1, 0, -1) for each in reversed(_kids(root))]
        tags = self.tags
        while stack and len(tags.elements) < MAX_ELEMENTS and len(tags.owners) < MAX_MARKS:
            task = stack.pop()
            thing = self._new(task.thing)
            if isinstance(thing, int):
                self._mark(thing, task)
            elif not isinstance(thing, dict):
                continue
            elif "/S" in thing:
                stack += self._element(thing, task)
            elif "/MCID" in thing and "/Stm" not in thing:  # the identifiers of a form are its own
                self._mark(_entry(thing, "/MCID"), task._replace(page=self._page(thing, task.page)))

    def _new(self, thing: Any) -> Any:
        """Return an object, or None where it stood in the tree before."""
        number = getattr(thing, "idnum", None)
        if number is not None:
            if number in self._seen:
                return None
            self._seen.add(number)
        return value_if_any(thing)

    def _element(self, raw: Any, task: _Task) -> list[_Task]:
        """Add an element and return its children, the first last."""
        number = len(self.tags.elements)
        kind = self._kind(str(_entry(raw, "/S")).removeprefix("/"))
        alt = _entry(raw, "/Alt")
        self.tags.elements.append(
            Element(
                kind,
                task.parent,
                _has(raw, "/Placement", "/Block"),
                kind == "L" and _has(raw, "/ListNumbering", "/None"),
                str(alt) if isinstance(alt, str) else "",
            )
        )
        if task.depth >= MAX_DEPTH:
            return []
        page = self._page(raw, task.page)
        return [_Task(each, number, task.depth + 1, page) for each in reversed(_kids(raw))]

    def _mark(self, identifier: Any, task: _Task) -> None:
        if not isinstance(identifier, int) or not 0 <= identifier < MAX_MARK or task.parent < 0 or task.page < 0:
            return
        key = (task.page, int(identifier))
        if key in self.tags.owners:
            self.tags.twice += 1
            return
        self.tags.owners[key] = task.parent
        self.tags.order[key] = len(self.tags.order)

    def _page(self, raw: Any, page: int) -> int:
        reference = raw.raw_get("/Pg") if "/Pg" in raw else None
        return self._pages.get(getattr(reference, "idnum", -1), page)

    def _kind(self, name: str) -> str:
        for _ in range(MAX_ROLES):
            if name in OWN or (name in STANDARD and name not in self._roles):
                return name
            if name not in self._roles:
                break
            name = self._roles[name]
        return name if name in STANDARD else "H6" if name[:1] == "H" and name[1:].isdecimal() else "NonStruct"


def _roles(root: Any) -> dict[str, str]:
    found = _entry(root, "/RoleMap")
    if not isinstance(found, dict):
        return {}
    names = {str(name).removeprefix("/"): str(value_if_any(role)).removeprefix("/") for name, role in found.items()}
    return {name: role for name, role in names.items() if name != role}


def _kids(raw: Any) -> list[Any]:
    """Return the children of an element as they stand there, so that references can be told apart."""
    kids = raw.raw_get("/K") if "/K" in raw else []
    inner = value_if_any(kids)
    if isinstance(inner, list):
        return list(inner)
    return [kids]


def _has(raw: Any, attribute: str, value: str) -> bool:
    attributes = _entry(raw, "/A")
    for each in attributes if isinstance(attributes, list) else [attributes]:
        owner = value_if_any(each)
        if isinstance(owner, dict) and _entry(owner, attribute) == value:
            return True
    return False


def _entry(raw: Any, key: str) -> Any:
    return value_if_any(raw.raw_get(key)) if key in raw else None
