"""Set documents as PDF with pdfLaTeX."""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from render_pages import Document
    from render_truth import Block

__all__ = ["LatexRenderer", "as_latex_prints"]

_RUNS = 2  # the second knows how many pages there are
_LANGUAGES = {
    "en": "english", "de": "ngerman", "es": "spanish", "it": "italian", "nl": "dutch", "sv": "swedish", "ru": "russian",
}  # fmt: skip
# A style names typefaces; these are the packages of LaTeX that have them.
_FONTS = {
    "Computer Modern": "", "Latin Modern": r"\usepackage{lmodern}", "Times": r"\usepackage{mathptmx}",
    "Palatino": r"\usepackage{mathpazo}", "Bookman": r"\usepackage{bookman}", "Charter": r"\usepackage{charter}",
    "Helvetica": r"\usepackage{helvet}\renewcommand{\familydefault}{\sfdefault}",
}  # fmt: skip
_ESCAPES = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "'": r"\textquotesingle{}", '"': r"\textquotedbl{}",
    "`": r"\textasciigrave{}", "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}",
    "\xa0": "~", "\u202f": "~", "\u2009": r"\,", "\u200b": "", "\ufeff": "", "\u2060": "", "‑": r"\mbox{-}", "‐": "-",
    "⁂": "*~*~*", "−": r"\textminus{}", "→": r"\textrightarrow{}",
}  # fmt: skip
# Characters that a font makes one of where they meet; an empty group keeps them apart.
_LIGATURE = re.compile(r"-(?=-)|,(?=,)|[?!](?=`)")
_FEET = {
    "": "", "folio": r"\thepage", "dash": r"-- \thepage{} --", "page": r"Page \thepage",
    "pageof": r"Page \thepage{} of \pageref{last}", "roman": r"\thepage", "bar": r"{title} \textbar{{}} \thepage",
}  # fmt: skip
_VERSES = {"indent": "2em", "center": "0.25\\linewidth", "flush": "0em", "small": "1.5em"}


class LatexRenderer:
    """pdfLaTeX: notes at the foot, running heads from the chapters and none where a chapter begins."""

    name = "latex"

    def render(self, documents: Sequence[Document], targets: Sequence[Path]) -> None:
        """Write a PDF for each document to its target."""
        for document, target in zip(documents, targets, strict=True):
            with tempfile.TemporaryDirectory() as folder:
                (Path(folder) / "book.tex").write_text(_source(document), "utf-8")
                command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "book.tex"]
                for _ in range(_RUNS):
                    made = subprocess.run(command, cwd=folder, check=False, capture_output=True, timeout=180)
                    if made.returncode:
                        raise RuntimeError(_complaint(made.stdout.decode("utf-8", "replace")))
                target.write_bytes((Path(folder) / "book.pdf").read_bytes())


def as_latex_prints(blocks: Sequence[Block]) -> list[Block]:
    """Return a truth as this engine prints it: it sets three full stops for an ellipsis."""
    printed = []
    for original in blocks:
        block = dict(original)
        if "noterefs" in block:
            block["noterefs"] = [
                ref | {"pos": ref["pos"] + 2 * block["text"][: ref["pos"]].count("…")} for ref in block["noterefs"]
            ]
        block["text"] = block["text"].replace("…", "...")
        if "lines" in block:
            block["lines"] = [line.replace("…", "...") for line in block["lines"]]
        printed.append(block)
    return printed


def _complaint(log: str) -> str:
    """Return the lines of a log that say what went wrong."""
    return " ".join(line for line in log.splitlines() if line.startswith(("!", "l.")))


def _source(document: Document) -> str:
    return f"{_preamble(document)}\\begin{{document}}\n{_page_start(document)}{_content(document)}\n\\label{{last}}\\end{{document}}\n"


# ------------------------------------------------------------------------------------------------- content


def _content(document: Document) -> str:
    notes = document.notes(collected=False)
    parts: list[str] = []
    for block, previous in document.body():
        if document.opens_page(block, previous):
            parts.append(r"\clearpage\thispagestyle{plain}")
        parts.append(_element(block, previous, document, notes))
    plain = document.style.form.marker_format
    collected = document.notes(collected=True).items()
    parts += [rf"\notetext{{{_text(plain.format(label))}}}{{{_text(text)}}}" for label, text in collected]
    return "\n\n".join(parts)


def _element(block: Block, previous: str, document: Document, notes: dict[str, str]) -> str:
    style = document.style
    text = _inline(block, style.form.marker_format, notes)
    match block["type"]:
        case "heading":
            size = document.heading_em(block["level"]) * style.size_pt
            return rf"\heading{{{size:.1f}}}{{{text}}}"
        case "verse":
            return rf"\begin{{stanza}}{_lines(block)}\end{{stanza}}"
        case "code":
            return rf"\begin{{program}}{_lines(block)}\end{{program}}"
        case "scene_break":
            return rf"\scene{{{_scene(style.scene)}}}"
        case "list_item":
            return rf"\entry{{{_text(block.get('marker') or '•')}}}{{{text}}}"
        case "blockquote":
            return rf"\begin{{quoted}}{text}\end{{quoted}}"
        case "term":
            return rf"\term{{{text}}}"
    if block.get("align") == "right":
        return rf"{{\raggedleft {text}\par}}"
    first = style.first_flush and previous in {"heading", "scene_break", ""}
    if previous == "term":
        return rf"\noindent\hangindent={style.definition_em}em\hangafter=0 {text}"
    return (r"\noindent " if first else "") + text


def _lines(block: Block) -> str:
    indents = block.get("indents") or [0] * len(block["lines"])
    lines = []
    for line, indent in zip(block["lines"], indents, strict=False):
        bare = line.lstrip()
        # A code line keeps its blanks; those within are as wide as a letter.
        body = _text(bare).replace("  ", "~ ") if block["type"] == "code" else _text(bare)
        spaces = rf"\hspace*{{{0.5 * (len(line) - len(bare)) + 1.5 * indent}em}}"
        lines.append((spaces if indent or bare != line else r"\leavevmode ") + body)
    return "\\\\\n".join(lines)


def _scene(scene: str) -> str:
    return r"\rule{0.2\linewidth}{0.4pt}" if scene == "rule" else _text(scene)


def _inline(block: Block, marker_format: str, notes: dict[str, str]) -> str:
    text: str = block["text"]
    out, last = "", 0
    for ref in sorted(block.get("noterefs", ()), key=lambda one: int(one["pos"])):
        out += _text(text[last : ref["pos"]])
        last = ref["pos"]
        label = next((key for key in notes if marker_format.format(key) == ref["label"]), "")
        out += rf"\footnote{{{_text(notes[label])}}}" if label else rf"\textsuperscript{{{_text(ref['label'])}}}"
    return out + _text(text[last:])


def _text(text: str) -> str:
    """Return a text with all that TeX would take for commands escaped, and its letters kept from ligatures of signs."""
    apart = _LIGATURE.sub(lambda match: match[0] + "\0", " ".join(text.split(" ")))
    return "".join(_ESCAPES.get(character, character) for character in apart).replace("\0", "{}")


# ------------------------------------------------------------------------------------------------- settings


def _page_start(document: Document) -> str:
    style = document.style
    number = r"\pagenumbering{roman}" if style.foot == "roman" else ""
    opener = r"\thispagestyle{plain}" if style.chapter_pages else ""
    return rf"{number}\setcounter{{page}}{{{style.first_page}}}\body {opener}"


_PREAMBLE = Template(r"""\documentclass[twoside,$columns]{article}
\usepackage{cmap}
\usepackage[$encoding]{fontenc}\usepackage[utf8]{inputenc}\usepackage{textcomp}
$font
\usepackage[shorthands=off,$language]{babel}
\usepackage[paperwidth=${width}mm,paperheight=${height}mm,inner=${margin_inner}mm,outer=${margin_x}mm,vmargin=${margin_y}mm,
  headheight=14pt,headsep=4mm,footskip=9mm]{geometry}
\usepackage{fancyhdr}\pagestyle{fancy}\fancyhf{}\renewcommand{\headrulewidth}{0pt}
$furniture
\setlength{\parskip}{${gap}em}\setlength{\columnsep}{8mm}\setlength{\emergencystretch}{2em}
\clubpenalty=1000 \widowpenalty=1000 \raggedbottom $hyphenation
\newcommand{\face}[1]{\fontsize{#1}{\dimexpr#1pt*$leading/100\relax}\selectfont}
\newcommand{\body}{\face{$size}$ragged\setlength{\parindent}{${indent}em}}
\newcommand{\heading}[2]{\par\vspace{1.2em plus 0.4em}%
  {$heading_align$weight\face{#1}\hyphenpenalty=10000 \noindent #2\par}\markboth{#2}{#2}\nopagebreak\vspace{0.7em}\nopagebreak}
\newcommand{\inset}[3]{\list{}{\setlength{\leftmargin}{#1}\setlength{\rightmargin}{#2}\setlength{\itemindent}{#3}%
  \setlength{\topsep}{${room}em}\setlength{\parsep}{0pt}}}
\newenvironment{stanza}{\inset{\dimexpr$verse+1em\relax}{0em}{-1em}\raggedright\item\relax}{\endlist}
\newenvironment{quoted}{\inset{$quote_left}{$quote_right}{0em}\item\relax\face{$quote_size}}{\endlist}
\newenvironment{program}{\inset{1em}{0em}{0em}\raggedright\item\relax\ttfamily\face{$code_size}}{\endlist}
\newcommand{\entry}[2]{\par\noindent\hangindent=${hang}em\hangafter=1 \makebox[${marker}em][l]{#1}#2\par}
\newcommand{\term}[1]{\par\vspace{${room}em}\noindent\textbf{#1}\par\nopagebreak}
\newcommand{\scene}[1]{\par\vspace{${room}em}{\centering #1\par}\vspace{${room}em}}
\newcommand{\notetext}[2]{\par\noindent{\small #1 #2\par}}
""")


def _preamble(document: Document) -> str:
    style = document.style
    language = document.language[:2]
    size = style.size_pt
    return _PREAMBLE.substitute(
        columns="twocolumn" if style.columns == 2 else "onecolumn",
        encoding="T2A" if language == "ru" else "T1",
        font="" if language == "ru" else _FONTS[style.font],
        language=_LANGUAGES[language],
        width=style.width_mm,
        height=style.height_mm,
        margin_inner=style.margin_x_mm + style.binding_mm,
        margin_x=style.margin_x_mm,
        margin_y=style.margin_y_mm,
        furniture=_furniture(document),
        leading=round(style.leading * 100),
        size=size,
        ragged="" if style.justify else r"\raggedright",
        hyphenation="" if style.hyphenate else r"\hyphenpenalty=10000 ",
        indent=style.indent_em if style.paragraphs in {"indent", "both"} else 0,
        gap=style.gap_em if style.paragraphs in {"blank", "both"} else 0,
        room=max(style.gap_em, 0.5),
        heading_align={"center": r"\centering", "left": r"\raggedright", "right": r"\raggedleft"}[style.heading_align],
        weight=r"\bfseries" if style.heading_bold else "",
        verse=_VERSES[style.verse],
        quote_left="0em" if style.quote == "smaller" else "2em",
        quote_right="2em" if style.quote in {"both", "small_both"} else "0em",
        quote_size=round(size * 0.9, 1) if "small" in style.quote else size,
        code_size=round(size * 0.8, 1),
        hang=1.6 if style.list_hang else 0,
        marker=1.6 if style.list_hang else 1.2,
    )


def _furniture(document: Document) -> str:
    """Return the running heads and folios; pages of the style `plain`, where a chapter begins, have only the folio."""
    style = document.style
    title, author = _text(document.title), _text(document.author)
    number = r"\thepage"
    places = {
        "": "",
        "title": rf"\fancyhead[C]{{{title}}}",
        "upper": rf"\fancyhead[C]{{\MakeUppercase{{{title}}}}}",
        "author": rf"\fancyhead[L]{{{author}}}",
        "alternate": rf"\fancyhead[CE]{{{author}}}\fancyhead[CO]{{{title}}}",
        "chapter": rf"\fancyhead[CE]{{{title}}}\fancyhead[CO]{{\rightmark}}",
        "chapter_folio": rf"\fancyhead[L]{{\rightmark}}\fancyhead[R]{{{number}}}",
        "title_folio": rf"\fancyhead[L]{{{title}}}\fancyhead[R]{{{number}}}",
        "alternate_folio": rf"\fancyhead[LE]{{{number}}}\fancyhead[RE]{{{author}}}\fancyhead[LO]{{{title}}}\fancyhead[RO]{{{number}}}",
    }
    foot = _FEET[style.foot].format(title=title) if style.foot == "bar" else _FEET[style.foot]
    where = {"center": "C", "right": "R", "outer": "LE,RO"}[style.foot_align]
    feet = rf"\fancyfoot[{where}]{{{foot}}}" if foot else ""
    plain = feet or (rf"\fancyfoot[C]{{{number}}}" if "folio" in style.head else "")
    return rf"{places[style.head]}{feet}\fancypagestyle{{plain}}{{\fancyhf{{}}{plain}}}"
