"""A page's content, run as far as its text needs it: where each glyph stands, and what it is marked as.

Spec:
    ISO 32000-1 (PDF 1.7): 8.3 (coordinate systems), 8.4 (graphics state), 8.10 (form XObjects), 9.3 and 9.4 (text state
    and text objects), 14.6 (marked content), 14.9.4 (ActualText).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from docpack.readers.pdf.fonts import Fonts
from docpack.readers.pdf.glyphs import Glyph, Picture
from docpack.readers.pdf.limits import MAX_CONTENT_BYTES, UNITS_PER_CHARACTER, PageLimit
from docpack.readers.pdf.objects import Damaged, decoded, value_of
from docpack.readers.pdf.syntax import operations

if TYPE_CHECKING:
    from collections.abc import Callable

    from docpack.readers.pdf.fonts import Font, Shown
    from docpack.readers.pdf.glyphs import Face
    from docpack.readers.pdf.limits import Budget
    from docpack.readers.pdf.syntax import Operand

__all__ = ["Canvas", "Interpreter", "Matrix", "multiplied", "text_string"]

Matrix: TypeAlias = tuple[float, float, float, float, float, float]
IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
MAX_STATES = 256  # saved graphics states
MAX_FORM_DEPTH = 12  # forms in each other
MAX_CHARACTERS = 400_000  # of a page; a page of small print has 15,000
MAX_ACTUAL = 20_000  # characters of what stands for a marked sequence: several pages of text
MAX_DAMAGE = 5  # things said of one page that could not be read
FAR = 1e6  # points; nothing on a page lies so far out
UPRIGHT = 0.035  # radians: two degrees


def multiplied(one: Matrix, two: Matrix) -> Matrix:
    """Return the matrix that does one and then the other."""
    a, b, c, d, e, f = one
    g, h, i, j, k, m = two
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


class Canvas:
    """What was shown on a page, by the direction of its lines in degrees: 0 is that of an upright page."""

    def __init__(self) -> None:
        self.glyphs: dict[int, list[Glyph]] = {}
        self.pictures: list[Picture] = []
        self.rules: list[tuple[float, float, float, float]] = []
        self.count = 0  # characters
        self.damage: list[str] = []

    def lacks(self, what: str, damage: Damaged) -> None:
        """Note that something could not be read; the same is noted once."""
        said = f"{what}: {damage}"
        if said not in self.damage and len(self.damage) < MAX_DAMAGE:
            self.damage.append(said)


class _Text:
    """The text state (table 104), which is saved with the graphics state."""

    __slots__ = ("char", "font", "leading", "rise", "scale", "size", "word")

    def __init__(self) -> None:
        self.char = self.word = self.leading = self.rise = self.size = 0.0
        self.scale = 1.0
        self.font: Font | None = None

    def copy(self) -> _Text:
        made = _Text()
        for name in self.__slots__:
            setattr(made, name, getattr(self, name))
        return made


class _Mark:
    """A marked-content sequence that is open."""

    __slots__ = ("actual", "artifact", "said", "sequence")

    def __init__(self, sequence: int, actual: str | None, *, artifact: bool) -> None:
        self.sequence, self.actual, self.artifact = sequence, actual, artifact
        self.said = False  # the text that stands for the sequence was given to its first glyph


class _Place(NamedTuple):
    """Where a string begins, in page space turned upright, and how its widths become points there."""

    x: float
    y: float
    size: float
    stretch: float  # points for a unit of text space; negative where the line runs to the left
    per_unit: float  # text space for a unit of the font's widths
    degrees: int


_NO_MARK = _Mark(-1, None, artifact=False)


class Interpreter:
    """Runs content streams; fonts are loaded once for a file."""

    def __init__(self, budget: Budget) -> None:
        self._fonts, self._budget = Fonts(budget), budget

    def run(self, data: bytes, resources: Any, start: Matrix, canvas: Canvas) -> None:
        """Put what a page shows on the canvas; `start` takes its user space to page space, y downwards.

        Raises:
            InputError: The file has used up its work.
            PageLimit: The page has, or shows too much; what it shows up to there is on the canvas.
        """
        _Run(self._fonts, self._budget, canvas).content(data, resources, start)


class _Run:
    def __init__(self, fonts: Fonts, budget: Budget, canvas: Canvas) -> None:
        self._fonts, self._budget, self._canvas = fonts, budget, canvas
        self._direct: dict[int, tuple[Any, Font]] = {}  # fonts that are no objects of their own
        self._ctm = IDENTITY
        self._text = _Text()
        self._tm = self._line = IDENTITY
        self._marks: list[_Mark] = []
        self._states: list[tuple[Matrix, _Text]] = []
        self._floor = 0  # states below belong to whoever shows this form
        self._unsaved = self._unmarked = 0  # states and marks beyond the limit, so that what ends them is known
        self._depth = 0
        self._seen: set[int] = set()  # forms that are being shown
        self._path: tuple[float, float] | None = None  # where it has come to
        self._rects: list[tuple[float, float, float, float]] = []

    def content(self, data: bytes, resources: Any, start: Matrix) -> None:
        self._ctm = start
        states = self._floor = len(self._states)
        marks = len(self._marks)
        self._budget.spend_bytes(len(data))
        for name, operands in operations(data, self._budget.spend):
            act = _ACTS.get(name)
            if act is None:
                continue
            try:
                act(self, operands, resources)
            except (ArithmeticError, AttributeError, IndexError, KeyError, TypeError, ValueError):
                continue  # too few operands, or of other types: viewers pass such operators over
            except Damaged as damage:
                self._canvas.lacks(f"the operator {name} of its content", damage)
        del self._states[states:]
        del self._marks[marks:]

    # ------------------------------------------------------------------------------------------ graphics state

    def save(self, operands: list[Operand], resources: Any) -> None:
        if len(self._states) < MAX_STATES:
            self._states.append((self._ctm, self._text.copy()))
        else:
            self._unsaved += 1

    def restore(self, operands: list[Operand], resources: Any) -> None:
        if self._unsaved:
            self._unsaved -= 1
        elif len(self._states) > self._floor:
            self._ctm, self._text = self._states.pop()

    def concatenate(self, operands: list[Operand], resources: Any) -> None:
        self._ctm = multiplied(_matrix(operands), self._ctm)

    # ---------------------------------------------------------------------------------------------- text state

    def begin_text(self, operands: list[Operand], resources: Any) -> None:
        self._tm = self._line = IDENTITY

    def set_char(self, operands: list[Operand], resources: Any) -> None:
        self._text.char = _finite(operands[0])

    def set_word(self, operands: list[Operand], resources: Any) -> None:
        self._text.word = _finite(operands[0])

    def set_scale(self, operands: list[Operand], resources: Any) -> None:
        self._text.scale = _finite(operands[0]) / 100

    def set_leading(self, operands: list[Operand], resources: Any) -> None:
        self._text.leading = _finite(operands[0])

    def set_rise(self, operands: list[Operand], resources: Any) -> None:
        self._text.rise = _finite(operands[0])

    def set_font(self, operands: list[Operand], resources: Any) -> None:
        self._text.size = _finite(operands[1])
        self._text.font = self._font(_entry(resources, "/Font", operands[0]))

    def set_state(self, operands: list[Operand], resources: Any) -> None:
        details = value_of(_entry(resources, "/ExtGState", operands[0]))
        font = value_of(details.get("/Font")) if isinstance(details, dict) else None
        if isinstance(font, list) and len(font) > 1:
            self._text.font, self._text.size = self._font(font[0]), _finite(value_of(font[1]))

    def _font(self, raw: Any) -> Font | None:
        if raw is None:
            return None
        number = getattr(raw, "idnum", None)
        if number is not None:
            return self._fonts.font(raw, number)
        found = self._direct.get(id(raw))
        if found is None:  # the dictionary is kept, so that no other one gets its identity
            found = self._direct[id(raw)] = (raw, self._fonts.load(raw))
        return found[1]

    # ---------------------------------------------------------------------------------------------- positions

    def move(self, operands: list[Operand], resources: Any) -> None:
        x, y = _finite(operands[0]), _finite(operands[1])
        a, b, c, d, e, f = self._line
        self._tm = self._line = (a, b, c, d, x * a + y * c + e, x * b + y * d + f)

    def move_and_lead(self, operands: list[Operand], resources: Any) -> None:
        self._text.leading = -_finite(operands[1])
        self.move(operands, resources)

    def set_matrix(self, operands: list[Operand], resources: Any) -> None:
        self._tm = self._line = _matrix(operands)

    def next_line(self, operands: list[Operand], resources: Any) -> None:
        self.move([0.0, -self._text.leading], resources)

    # ------------------------------------------------------------------------------------------------ showing

    def show(self, operands: list[Operand], resources: Any) -> None:
        self._show(operands[0])

    def show_next(self, operands: list[Operand], resources: Any) -> None:
        self.next_line([], resources)
        self._show(operands[0])

    def show_spaced(self, operands: list[Operand], resources: Any) -> None:
        self._text.word, self._text.char = _finite(operands[0]), _finite(operands[1])
        self.show_next(operands[2:], resources)

    def show_array(self, operands: list[Operand], resources: Any) -> None:
        text = self._text
        step = -text.size * text.scale / 1000
        for item in operands[0]:
            if isinstance(item, bytes):
                self._show(item)
            elif isinstance(item, float):
                a, b, c, d, e, f = self._tm
                shift = _finite(item) * step
                self._tm = (a, b, c, d, e + shift * a, f + shift * b)

    def _show(self, data: Operand) -> None:
        state = self._text
        font = state.font
        if font is None or not isinstance(data, bytes) or not data:
            return
        a, b, c, d, e, f = self._tm
        ga, gb, gc, gd, ge, gf = self._ctm
        # Text space to page space; the rise moves the glyphs and not the line.
        across, down = a * ga + b * gc, a * gb + b * gd
        up_x, up_y = c * ga + d * gc, c * gb + d * gd
        size = abs(state.size) * math.hypot(up_x, up_y)
        stretch = math.hypot(across, down)
        if not (0 < size < FAR and 0 < stretch < FAR):
            return
        if state.size < 0:  # a font turned round: its lines run the other way
            across, down = -across, -down
        x = e * ga + f * gc + ge + state.rise * up_x
        y = e * gb + f * gd + gf + state.rise * up_y
        if not (abs(x) < FAR and abs(y) < FAR):
            return
        angle = math.atan2(down, across)
        degrees = 0 if abs(angle) < UPRIGHT else round(math.degrees(angle)) % 360
        if degrees:
            turn = math.radians(degrees)
            x, y = x * math.cos(turn) + y * math.sin(turn), y * math.cos(turn) - x * math.sin(turn)
        if len(data) > 4 * MAX_CHARACTERS:
            raise PageLimit(f"it shows more than {MAX_CHARACTERS:,} characters")
        sign = -1.0 if state.size < 0 else 1.0
        place = _Place(x, y, size, sign * stretch, state.size * font.scale * state.scale, degrees)
        position = self._set(font.show(data), font.face, place)
        if not font.vertical:
            self._tm = (a, b, c, d, e + position * a, f + position * b)

    def _set(self, row: list[Shown], face: Face, place: _Place) -> float:
        """Put the glyphs of a string on the canvas; return how far the string goes, in text space."""
        self._count(len(row))
        state = self._text
        spacing, word = state.char * state.scale, state.word * state.scale
        glyphs = self._canvas.glyphs.setdefault(place.degrees, [])
        mark = self._marks[-1] if self._marks else _NO_MARK
        x, y, size, stretch, per_unit, _ = place
        position = 0.0
        for shown in row:
            width = shown.width * per_unit
            text = shown.text
            if mark.actual is not None:
                text, mark.said = ("" if mark.said else mark.actual), True
            if len(text) > 1:
                self._count(len(text))
            left = x + position * stretch
            if not -FAR < left < FAR or not abs(width * stretch) < FAR:
                break
            glyphs.append(Glyph(text, left, left + width * stretch, y, size, face, mark.sequence, mark.artifact))
            position += width + spacing + (word if shown.is_space else 0.0)
        return position

    def _count(self, characters: int) -> None:
        """Count characters before they are shown.

        Raises:
            PageLimit: The page shows too many.
        """
        self._budget.spend(UNITS_PER_CHARACTER * characters)
        self._canvas.count += characters
        if self._canvas.count > MAX_CHARACTERS:
            raise PageLimit(f"it shows more than {MAX_CHARACTERS:,} characters")

    # ----------------------------------------------------------------------------------------- marked content

    def begin_mark(self, operands: list[Operand], resources: Any) -> None:
        outer = self._marks[-1] if self._marks else _NO_MARK
        tag = operands[0] if operands else ""
        details = operands[1] if len(operands) > 1 else {}
        if isinstance(details, str):
            details = value_of(_entry(resources, "/Properties", details))
        details = details if isinstance(details, dict) else {}
        sequence = value_of(details.get("/MCID"))
        actual = value_of(details.get("/ActualText"))
        mark = _Mark(
            int(sequence) if isinstance(sequence, int | float) and 0 <= sequence < 1e7 else outer.sequence,
            text_string(actual) if actual is not None and len(actual) <= 2 * MAX_ACTUAL else None,
            artifact=outer.artifact or tag == "/Artifact",
        )
        if mark.actual is None and outer.actual is not None:  # all that is inside is one span
            mark = outer
        if len(self._marks) < MAX_STATES:
            self._marks.append(mark)
        else:
            self._unmarked += 1

    def end_mark(self, operands: list[Operand], resources: Any) -> None:
        if self._unmarked:
            self._unmarked -= 1
        elif self._marks:
            self._marks.pop()

    # ------------------------------------------------------------------------------------- forms and pictures

    def do(self, operands: list[Operand], resources: Any) -> None:
        raw = _entry(resources, "/XObject", operands[0])
        thing = value_of(raw)
        kind = value_of(thing.get("/Subtype")) if isinstance(thing, dict) else None
        if kind == "/Image":
            self._picture(getattr(raw, "idnum", 0) or 0, operands[0])
        elif kind == "/Form" and self._depth < MAX_FORM_DEPTH and id(thing) not in self._seen:
            self._form(thing, resources)

    def _picture(self, number: int, name: str) -> None:
        a, b, c, d, e, f = self._ctm
        xs, ys = (e, e + a, e + c, e + a + c), (f, f + b, f + d, f + b + d)
        if all(abs(each) < FAR for each in (*xs, *ys)) and len(self._canvas.pictures) < MAX_PICTURES:
            mark = self._marks[-1].sequence if self._marks else -1
            self._canvas.pictures.append(Picture(min(xs), min(ys), max(xs), max(ys), str(number or name), mark))

    def _form(self, form: Any, resources: Any) -> None:
        kept = self._ctm, self._text.copy(), self._tm, self._line, self._floor
        matrix = value_of(form.get("/Matrix"))
        start = multiplied(_matrix([value_of(each) for each in matrix[:6]]), self._ctm) if matrix else self._ctm
        self._seen.add(id(form))
        self._depth += 1
        try:
            self.content(
                decoded(form, self._budget, MAX_CONTENT_BYTES), value_of(form.get("/Resources")) or resources, start
            )
        finally:
            self._depth -= 1
            self._seen.discard(id(form))
            self._ctm, self._text, self._tm, self._line, self._floor = kept

    # --------------------------------------------------------------------------------------------------- rules

    def rectangle(self, operands: list[Operand], resources: Any) -> None:
        x, y, width, height = map(_finite, operands[:4])
        if len(self._rects) < MAX_RULES:
            self._rects.append((x, y, x + width, y + height))

    def path_start(self, operands: list[Operand], resources: Any) -> None:
        self._path = (_finite(operands[0]), _finite(operands[1]))

    def path_line(self, operands: list[Operand], resources: Any) -> None:
        if self._path is not None:
            to = (_finite(operands[0]), _finite(operands[1]))
            if len(self._rects) < MAX_RULES:
                self._rects.append((*self._path, *to))
            self._path = to

    def paint(self, operands: list[Operand], resources: Any) -> None:
        """Keep what is painted and looks like a rule: long and thin."""
        a, b, c, d, e, f = self._ctm
        for x0, y0, x1, y1 in self._rects:
            xs = (a * x0 + c * y0 + e, a * x1 + c * y1 + e)
            ys = (b * x0 + d * y0 + f, b * x1 + d * y1 + f)
            thin, long = sorted((abs(xs[1] - xs[0]), abs(ys[1] - ys[0])))
            if (
                thin <= RULE_POINTS < 4 * RULE_POINTS <= long < FAR
                and all(-FAR < each < FAR for each in (*xs, *ys))
                and len(self._canvas.rules) < MAX_RULES
            ):
                self._canvas.rules.append((min(xs), min(ys), max(xs), max(ys)))
        self.forget_path(operands, resources)

    def forget_path(self, operands: list[Operand], resources: Any) -> None:
        self._rects.clear()
        self._path = None

    def inline_picture(self, operands: list[Operand], resources: Any) -> None:
        self._picture(0, "inline")


MAX_PICTURES, MAX_RULES = 5000, 20_000  # of a page
RULE_POINTS = 3.0

_ACTS: dict[str, Callable[[_Run, list[Operand], Any], None]] = {
    "q": _Run.save, "Q": _Run.restore, "cm": _Run.concatenate, "gs": _Run.set_state,
    "BT": _Run.begin_text, "Tc": _Run.set_char, "Tw": _Run.set_word, "Tz": _Run.set_scale, "TL": _Run.set_leading,
    "Ts": _Run.set_rise, "Tf": _Run.set_font, "Td": _Run.move, "TD": _Run.move_and_lead, "Tm": _Run.set_matrix,
    "T*": _Run.next_line, "Tj": _Run.show, "'": _Run.show_next, '"': _Run.show_spaced, "TJ": _Run.show_array,
    "BMC": _Run.begin_mark, "BDC": _Run.begin_mark, "EMC": _Run.end_mark, "Do": _Run.do, "ID": _Run.inline_picture,
    "re": _Run.rectangle, "m": _Run.path_start, "l": _Run.path_line,
    "S": _Run.paint, "s": _Run.paint, "f": _Run.paint, "F": _Run.paint, "f*": _Run.paint, "B": _Run.paint,
    "B*": _Run.paint, "b": _Run.paint, "b*": _Run.paint, "n": _Run.forget_path,
}  # fmt: skip


def _entry(resources: Any, category: str, name: Any) -> Any:
    """Return a resource as it stands there, so that a reference can be told from another one; None where there is none."""
    resources = value_of(resources)
    table = value_of(resources.get(category)) if isinstance(resources, dict) else None
    return dict.get(table, name) if isinstance(table, dict) else None


def _matrix(operands: list[Operand]) -> Matrix:
    a, b, c, d, e, f = map(_finite, operands[:6])
    return (a, b, c, d, e, f)


def _finite(value: Any) -> float:
    number = float(value)
    if not -1e9 < number < 1e9:
        raise ValueError(value)
    return number


def text_string(raw: Any) -> str:
    """Return a text string (7.9.2.2): UTF-16 or UTF-8 with a byte-order mark, else PDFDocEncoding."""
    if isinstance(raw, str):
        return raw
    data = bytes(raw)
    if data[:2] == b"\xfe\xff":
        return data[2:].decode("utf-16-be", "replace")
    if data[:3] == b"\xef\xbb\xbf":
        return data[3:].decode("utf-8", "replace")
    return data.decode("latin-1")
