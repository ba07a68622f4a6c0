"""PDFs for tests, put together from objects that are written as PDF writes them."""

import zlib

__all__ = ["Pdf", "encrypted", "page_of", "stream"]

HELVETICA = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"
WORDS = b"It was a bright cold day in April and the clocks were striking thirteen."


def stream(content, entries=b"", *, packed=False, length=None):
    """Return a stream object; `length` is what it claims to have."""
    if packed:
        content, entries = zlib.compress(content), entries + b"/Filter/FlateDecode"
    size = len(content) if length is None else length
    return b"<</Length %d%s>>\nstream\n%s\nendstream" % (size, entries, content)


def text_of(*lines, font=b"F1", size=10, left=72, top=720, leading=12):
    """Return the content of a page that shows these lines, each in parentheses as it is."""
    shown = b" ".join(b"(%s) Tj T*" % line for line in lines)
    return b"BT /%s %d Tf %d TL 1 0 0 1 %d %d Tm %s ET" % (font, size, leading, left, top, shown)


class Pdf:
    """A file as a list of objects: 1 is the catalog, 2 the page tree; what a test wants broken it overwrites."""

    def __init__(self):
        self.objects = {}
        self.last = 3
        self.pages = []
        self.trailer = b""
        self.tree = b""  # entries of the page tree that pages inherit
        self.font = self.add(HELVETICA, number=3)

    def add(self, value, number=None):
        """Add an object and return its number."""
        number = number or self.last + 1
        self.last = max(self.last, number)
        self.objects[number] = value
        return number

    def page(self, content=None, entries=b"", *, resources=None, packed=False):
        """Add a page that shows a content stream, and return the number of its object."""
        content = text_of(WORDS) if content is None else content
        held = self.add(stream(content, packed=packed))
        if resources is None:
            resources = b"/Font<</F1 %d 0 R>>" % self.font
        page = b"<</Type/Page/Parent 2 0 R/Contents %d 0 R/Resources<<%s>>%s>>" % (held, resources, entries)
        self.pages.append(self.add(page))
        return self.pages[-1]

    def bytes(self, *, table=True):
        """Return the file."""
        kids = b" ".join(b"%d 0 R" % each for each in self.pages)
        objects = {
            1: b"<</Type/Catalog/Pages 2 0 R>>",
            2: b"<</Type/Pages/MediaBox[0 0 612 792]/Count %d/Kids[%s]%s>>" % (len(self.pages), kids, self.tree),
            **self.objects,
        }
        out = bytearray(b"%PDF-1.7\n")
        places = {}
        for number, value in sorted(objects.items()):
            places[number] = len(out)
            out += b"%d 0 obj\n%s\nendobj\n" % (number, value)
        start, last = len(out), max(objects)
        if table:
            out += b"xref\n0 %d\n0000000000 65535 f \n" % (last + 1)
            for number in range(1, last + 1):
                out += b"%010d 00000 %s \n" % (places.get(number, 0), b"n" if number in places else b"f")
        out += b"trailer\n<</Size %d/Root 1 0 R%s>>\n" % (last + 1, self.trailer)
        return bytes(out + b"startxref\n%d\n%%%%EOF\n" % (start if table else 0))


def page_of(content, entries=b"", **options):
    """Return a file of one page."""
    made = Pdf()
    made.page(content, entries, **options)
    return made.bytes()


def encrypted(data, user, *, algorithm="RC4-128"):
    """Return a file encrypted, with the owner's password "owner"."""
    import io

    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    writer.encrypt(user, "owner", algorithm=algorithm)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
