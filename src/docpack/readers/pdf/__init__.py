"""PDF, read from the positions of its glyphs.

Theory of operation. An engine gives the glyphs of each page; everything after that is the same for all engines:

    opening       the file: encryption, limits, what it says of itself
    syntax        a content stream -> operators; `fonts` and `cmaps`: bytes -> characters and widths
    interpreter   operators -> glyphs with their places (for the engine that has no interpreter of its own)
    frames        the page as it is seen: cropped, turned, in the direction of most of its lines
    lines         glyphs -> lines: baselines, blanks, what is raised or set in another face
    columns       lines -> reading order
    laying        lines of all pages -> a source text and the layout of its lines
    typesetting   what size, weight and place show: headings, notes, program text
    tags          the structure tree of a tagged file; `tagging` what it says of the lines, if it is sane (`breaks`,
                  `tagged_notes`), `showing` that and the type together
    stated        what the file says of the work; `title_page`: the title above the text, which is no part of it

The source text and its layout go to `docpack.reflow`, as a plain text goes there without a layout; so the ledger, the
overrides and `explain` are the same for both.
"""
