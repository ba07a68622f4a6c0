"""Look for PDFs that docpack does not end well with: neither a document nor an `InputError`.

    python bench/fuzz_pdf.py --minutes 60 --seed 1 --failures failures FOLDER...

Files are mutated byte by byte and object by object: numbers, names, references, streams (unpacked, mutated and packed
again), the cross-reference table, the end. Each is read in a process of its own that is held to a limit of memory and
of processor time. What fails is kept in the folder of failures, once for each kind, and its traceback printed.

The seeds are the repository's own examples, written by docpack's PDF writer, and the PDFs of the given folders (up to
`--max-bytes` each). The same seed, files and count of cases give the same inputs.
"""

from __future__ import annotations

import argparse
import contextlib
import faulthandler
import os
import random
import re
import resource
import signal
import sys
import time
import traceback
import zlib
from collections import Counter
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
ADDRESS_SPACE_BYTES = 2 << 30
RSS_KIB = 1 << 20  # 1 GiB, as `ru_maxrss` counts
CPU_S = 20
PAGES = 2  # of a seed
WALL_S = 120  # for a child that sleeps, which none should

NUMBERS = (
    b"0 -1 1 2 3 0.0001 -0.5 45 90 255 256 65535 65536 99999 2147483647 -2147483648 4294967296 1e300 -1e300 1e999 nan "
    b"inf 99999999999999999999999 00000 --5 5. .5 1.5.2 +"
).split()
NAMES = (
    b"/Page /Pages /Catalog /Font /Type0 /Type1 /Type3 /TrueType /CIDFontType0 /CIDFontType2 /XObject /Form /Image "
    b"/FlateDecode /LZWDecode /ASCII85Decode /ASCIIHexDecode /RunLengthDecode /DCTDecode /Crypt /JBIG2Decode "
    b"/WinAnsiEncoding /MacRomanEncoding /Identity-H /Identity-V /UniJIS-UTF16-H /GBK-EUC-H /Length /Kids /Parent "
    b"/Contents /Resources /Encoding /ToUnicode /Differences /W /DW /Widths /FirstChar /Rotate /CropBox /MediaBox "
    b"/UserUnit /Count /N /First /Root /Size /Prev /Encrypt /StructTreeRoot /MarkInfo /K /S /P /Pg /MCID /PageLabels "
    b"/Nums /Subtype /BaseFont /FontDescriptor /DescendantFonts /FontMatrix /Matrix /BBox /#00 /A#ff /"
).split()
VALUES = (
    b"null true false 0 -1 (text) <FEFF0041> <> [] [[[[[]]]]] <<>> [0 0 0 0] [1e300 1e300 -1e300 nan] /Name "
    b"(\\377\\376) <<//>> [1 2 3 4 5 6]"
).split(b" ")
OPERATORS = (
    b"q Q cm BT ET Tf Td TD Tm T* Tj TJ ' \" Tc Tw Tz TL Ts Do gs BMC BDC EMC BI ID EI re m l S f n << >> [ ] ( ) < > %"
).split(b" ")

OBJECT = re.compile(rb"(?<![0-9])(\d+)\s+(\d+)\s+obj\b(.*?)(?:\bendobj|(?=\d+\s+\d+\s+obj\b))", re.DOTALL)
STREAM = re.compile(rb"(.*?)\bstream\r?\n(.*?)\r?\n?endstream", re.DOTALL)
NUMBER = re.compile(rb"(?<![\w#/.-])[-+]?\d*\.?\d+(?![\w#])")
NAME = re.compile(rb"/[^\x00-\x20()<>\[\]{}/%]*")
REFERENCE = re.compile(rb"(?<![\w#.-])(\d+) (\d+) R\b")
PAIR = re.compile(rb"(/[A-Za-z0-9]+)\s*(\[[^\[\]]*\]|\d+ \d+ R|/[A-Za-z0-9]+|[-\d.]+)")


class Object(NamedTuple):
    """An indirect object: its dictionary or value, and its stream, unpacked where that was possible."""

    number: int
    head: bytes
    stream: bytes | None
    packed: bool


class Seed(NamedTuple):
    """A file to start from: as it is, and as its objects."""

    name: str
    data: bytes
    objects: tuple[Object, ...]
    trailer: bytes


def main() -> int:
    """Run until the time is over or the cases are counted out; 1 if anything failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="*", type=Path, help="folders of PDFs, searched with what is in them")
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--cases", type=int, default=0, help="stop after so many; by default when the time is over")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--max-bytes", type=int, default=150_000, help="files larger than this are not taken as seeds")
    parser.add_argument("--failures", type=Path, default=Path("fuzz-failures"))
    parser.add_argument("--again", type=Path, help="read the file, or the files of a folder, as they are, and stop")
    parsed = parser.parse_args()
    parsed.failures.mkdir(parents=True, exist_ok=True)
    warm_up()
    if parsed.again:
        return read_again(parsed.again, parsed.failures)
    seeds = own_seeds() + found_seeds(parsed.folders, parsed.max_bytes)
    print(f"{len(seeds)} seeds, random seed {parsed.seed}", flush=True)
    return fuzz(seeds, parsed)


def fuzz(seeds: list[Seed], parsed: argparse.Namespace) -> int:
    """Mutate and read until it is time to stop; print what failed, and a line of counts every minute."""
    started = said = time.monotonic()
    counts: Counter[str] = Counter()
    kinds: set[str] = set()
    slowest = largest = 0.0
    number = 0
    while time.monotonic() - started < parsed.minutes * 60 and not 0 < parsed.cases <= number:
        chance = random.Random(f"{parsed.seed}/{number}")  # noqa: S311  # it chooses mutations
        seed = chance.choice(seeds)
        data = mutated(seed, chance)
        ended = run(data, parsed.failures / f"current-{os.getpid()}.txt", thorough=number % 4 == 0)
        counts[ended.kind.split(":", 1)[0]] += 1
        slowest, largest = max(slowest, ended.cpu_s), max(largest, ended.rss_kib)
        if ended.failed and ended.kind not in kinds:
            kinds.add(ended.kind)
            kept = parsed.failures / f"{parsed.seed}-{number}.pdf"
            kept.write_bytes(data)
            print(f"\n=== {ended.kind}\n    {seed.name}, case {number}, kept as {kept}\n{ended.trace}", flush=True)
        number += 1
        if time.monotonic() - said > 60:
            said = time.monotonic()
            summary(number, counts, kinds, said - started, slowest, largest)
    summary(number, counts, kinds, time.monotonic() - started, slowest, largest)
    return 1 if kinds else 0


def summary(
    number: int, counts: Counter[str], kinds: set[str], elapsed_s: float, slowest: float, largest: float
) -> None:
    """Print how far the run is."""
    print(
        f"{elapsed_s / 60:.1f} min, {number} cases: {dict(counts.most_common())}; {len(kinds)} kinds of failures; "
        f"slowest {slowest:.1f} s, largest {largest / 1024:.0f} MiB",
        flush=True,
    )


def read_again(path: Path, failures: Path) -> int:
    """Read kept files once more; 1 if one of them still fails."""
    bad = 0
    for each in sorted(path.glob("*.pdf")) if path.is_dir() else [path]:
        ended = run(each.read_bytes(), failures / "current.txt", thorough=True)
        print(f"{each.name}: {ended.kind} ({ended.cpu_s:.1f} s, {ended.rss_kib / 1024:.0f} MiB)\n{ended.trace}")
        bad += ended.failed
    return 1 if bad else 0


# ------------------------------------------------------------------------------------------------------ one case


class Ended(NamedTuple):
    """How the reading of a file ended."""

    kind: str  # "document", "InputError: ...", or what failed
    trace: str
    failed: bool
    cpu_s: float
    rss_kib: int


def run(data: bytes, report: Path, *, thorough: bool) -> Ended:
    """Read a file in a process of its own, which is held to limits."""
    report.write_bytes(b"")
    child = os.fork()
    if not child:
        try:
            in_child(data, report, thorough=thorough)
        finally:
            os._exit(99)
    deadline = time.monotonic() + WALL_S
    while True:
        done, status, usage = os.wait4(child, os.WNOHANG)
        if done:
            break
        if time.monotonic() > deadline:
            os.kill(child, signal.SIGKILL)
            deadline += WALL_S
        time.sleep(0.002)
    kind, _, trace = report.read_text("utf-8", "replace").partition("\n")
    cpu_s = usage.ru_utime + usage.ru_stime
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL and cpu_s < CPU_S / 2:
        return Ended("starved: the machine gave it no time or memory", "", failed=False, cpu_s=cpu_s, rss_kib=0)
    if os.WIFSIGNALED(status):
        name = signal.Signals(os.WTERMSIG(status)).name
        place = re.search(r'File ".*/(.+?)", line (\d+) in (\w+)', trace or kind)
        kind, trace = f"killed by {name}: {place.groups() if place else ''}", kind + "\n" + trace
        return Ended(kind, trace, failed=True, cpu_s=cpu_s, rss_kib=usage.ru_maxrss)
    if usage.ru_maxrss > RSS_KIB:
        return Ended(f"more than 1 GiB: {kind[:60]}", trace, failed=True, cpu_s=cpu_s, rss_kib=usage.ru_maxrss)
    failed = os.WEXITSTATUS(status) != 0
    return Ended(kind or f"exit {status}: nothing said", trace, failed=failed, cpu_s=cpu_s, rss_kib=usage.ru_maxrss)


def in_child(data: bytes, report: Path, *, thorough: bool) -> None:
    """Read a file and report how that ended; never returns."""
    import docpack
    from docpack.errors import DependencyError, InputError

    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE_BYTES, ADDRESS_SPACE_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S + 2))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with report.open("w", encoding="utf-8") as file:
        faulthandler.register(signal.SIGXCPU, file)
        code = 0
        try:
            document = docpack.read(data, format="pdf", name="fuzz.pdf")
            for name in ("json", "tei") if thorough else ():
                docpack.write(document, name)
            file.write("document\n")
        except InputError as error:
            file.write(f"InputError: {error.message}\n{error.hint}\n")
            code = 0 if error.message and error.hint else 1
        except DependencyError as error:
            file.write(f"DependencyError: {error.message}\n")
        except BaseException as error:  # noqa: BLE001  # this is what is looked for
            frames = traceback.extract_tb(error.__traceback__)
            own = [each for each in frames if "docpack" in each.filename and "site-packages" not in each.filename]
            places = [f"{Path(each.filename).name}:{each.name}" for each in (own[-1:] + frames[-1:])]
            file.write(f"{type(error).__name__}: {' < '.join(dict.fromkeys(places))}\n{traceback.format_exc(-12)}\n")
            code = 1
        file.flush()
    os._exit(code)


def warm_up() -> None:
    """Import what reading needs, so that each process begins with it; pypdf's warnings are of no interest here."""
    import logging

    import docpack

    logging.disable(logging.CRITICAL)
    data = docpack.write(docpack.read(b"A line of text.\n", format="text", name="a.txt"), "pdf")
    docpack.write(docpack.read(data, format="pdf", name="a.pdf"), "tei")


# --------------------------------------------------------------------------------------------------------- seeds


def own_seeds() -> list[Seed]:
    """Return the examples of the repository as docpack's own PDFs."""
    import docpack

    made = []
    for path in sorted((ROOT / "examples").rglob("*.txt"))[:8]:
        text = path.read_bytes()[:6000]
        document = docpack.read(text.decode("utf-8", "ignore").encode(), format="text", name=path.name)
        made.append(seed_of(path.name, docpack.write(document, "pdf")))
    return made


def found_seeds(folders: list[Path], max_bytes: int) -> list[Seed]:
    """Return the PDFs of folders, those that are not too large."""
    return [
        seed_of(str(path), path.read_bytes())
        for folder in folders
        for path in sorted(folder.rglob("*.pdf"))
        if path.stat().st_size <= max_bytes
    ]


def seed_of(name: str, data: bytes) -> Seed:
    """Take a file apart; what pypdf cannot read is kept as its bytes only."""
    import io

    from pypdf import PdfReader, PdfWriter

    plain = io.BytesIO()
    try:
        reader = PdfReader(io.BytesIO(data))
        if len(reader.pages) > PAGES:  # a few pages have all that a whole book has, and are read sooner
            first = PdfWriter()
            first.append(reader, pages=(1, 1 + PAGES))
            short = io.BytesIO()
            first.write(short)
            data, reader = short.getvalue(), PdfReader(short)
        PdfWriter(clone_from=reader).write(plain)
    except Exception:  # noqa: BLE001  # whatever pypdf raises of an encrypted or broken file: its bytes are mutated as they are
        return Seed(name, data, (), b"")
    objects = []
    for match in OBJECT.finditer(plain.getvalue()):
        stream = STREAM.match(match[3])
        head, content = (stream[1], stream[2]) if stream else (match[3], None)
        packed = False
        if content is not None and b"/FlateDecode" in head and b"/DecodeParms" not in head:
            with contextlib.suppress(zlib.error):
                content, packed = zlib.decompress(content), True
        objects.append(Object(int(match[1]), head.strip(), content, packed))
    trailer = plain.getvalue().rpartition(b"trailer")[2].partition(b"startxref")[0]
    return Seed(name, data, tuple(objects), trailer)


# ----------------------------------------------------------------------------------------------------- mutations


def mutated(seed: Seed, chance: random.Random) -> bytes:
    """Return a file that is a little wrong."""
    if not seed.objects or chance.random() < 0.25:
        return bytes_mutated(seed.data, chance)
    objects = list(seed.objects)
    trailer = seed.trailer
    for _ in range(chance.choice((1, 1, 1, 2, 3, 5, 10))):
        at = chance.randrange(len(objects))
        made = objects[at]
        if made.stream is not None and chance.random() < 0.5:
            made = made._replace(stream=stream_mutated(made.stream, chance))
            if chance.random() < 0.1:
                made = made._replace(packed=not made.packed)
        else:
            made = made._replace(head=head_mutated(made.head, objects, chance))
        if chance.random() < 0.05:
            made = made._replace(head=chance.choice(objects).head)
        objects[at] = made
    if chance.random() < 0.05:
        trailer = head_mutated(trailer, objects, chance)
    data = assembled(objects, trailer, chance)
    return bytes_mutated(data, chance) if chance.random() < 0.1 else data


def bytes_mutated(data: bytes, chance: random.Random) -> bytes:
    """Return bytes of which a few are others, or gone, or there twice."""
    made = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 5, 20, 100))):
        if not made:
            break
        at = chance.randrange(len(made))
        length = chance.choice((1, 2, 8, 100, 5000))
        match chance.randrange(7):
            case 0:
                made[at] = chance.randrange(256)
            case 1:
                made[at] ^= 1 << chance.randrange(8)
            case 2:
                del made[at : at + length]
            case 3:
                made[at:at] = made[at : at + length]
            case 4:
                made[at:at] = chance.choice(NUMBERS + NAMES + VALUES + OPERATORS)
            case 5 if chance.random() < 0.2:
                del made[at:]
            case _:
                tail = len(made) - min(len(made), 1500)  # the cross-reference table or stream, and the trailer
                numbers = list(NUMBER.finditer(made, tail))
                if numbers:
                    match_ = chance.choice(numbers)
                    made[match_.start() : match_.end()] = chance.choice(NUMBERS)
    return bytes(made)


def head_mutated(head: bytes, objects: list[Object], chance: random.Random) -> bytes:
    """Return a dictionary or value with one thing changed."""
    kind = chance.randrange(7)
    if kind == 0 and (found := list(NUMBER.finditer(head))):
        return replaced(head, chance.choice(found), chance.choice(NUMBERS))
    if kind == 1 and (found := list(NAME.finditer(head))):
        return replaced(head, chance.choice(found), chance.choice(NAMES))
    if kind == 2 and (found := list(REFERENCE.finditer(head))):
        return replaced(head, chance.choice(found), reference(objects, chance))
    if kind == 3 and (found := list(PAIR.finditer(head))):
        match = chance.choice(found)
        value = chance.choice((*VALUES, reference(objects, chance)))
        return head[: match.start()] + match[1] + b" " + value + head[match.end() :]
    if kind == 4 and (found := list(PAIR.finditer(head))):
        return replaced(head, chance.choice(found), b"")
    if kind == 5 and head.endswith(b">>"):
        value = chance.choice((*VALUES, *NUMBERS, reference(objects, chance)))
        return head[:-2] + b" " + chance.choice(NAMES) + b" " + value + b">>"
    return bytes_mutated(head, chance) if chance.random() < 0.3 else head


def reference(objects: list[Object], chance: random.Random) -> bytes:
    """Return a reference to some object, or to none that there is."""
    number = chance.choice(objects).number if chance.random() < 0.95 else 99_999
    return b"%d 0 R" % number


def stream_mutated(content: bytes, chance: random.Random) -> bytes:
    """Return a stream with something changed: a token of a page's content, or bytes of anything else."""
    kind = chance.randrange(6)
    window = chance.randrange(max(1, len(content)))
    if kind == 0 and (found := NUMBER.search(content, window)):
        return replaced(content, found, chance.choice(NUMBERS))
    if kind == 1 and (found := NAME.search(content, window)):
        return replaced(content, found, chance.choice(NAMES))
    if kind == 2:
        return content[:window] + b" " + chance.choice(OPERATORS) + b" " + content[window:]
    if kind == 3:
        piece = content[window : window + chance.choice((10, 200, 3000))]
        return content[:window] + piece * chance.choice((2, 10, 200)) + content[window:]
    if kind == 4:
        return content[:window]
    return bytes_mutated(content, chance)


def replaced(data: bytes, match: re.Match[bytes], value: bytes) -> bytes:
    """Return data with what was matched replaced."""
    return data[: match.start()] + value + data[match.end() :]


def assembled(objects: list[Object], trailer: bytes, chance: random.Random) -> bytes:
    """Return a file of these objects with a cross-reference table that is right, most of the time."""
    out = bytearray(b"%PDF-1.7\n")
    places = {}
    for each in objects:
        places[each.number] = len(out)
        out += b"%d 0 obj\n" % each.number
        if each.stream is None:
            out += each.head
        else:
            content = zlib.compress(each.stream, 1) if each.packed else each.stream
            head = each.head
            if chance.random() < 0.98:
                head = re.sub(rb"/Length\s+\d+", b"/Length %d" % len(content), head, count=1)
            out += head + b"\nstream\n" + content + b"\nendstream"
        out += b"\nendobj\n"
    start = len(out)
    last = max(places, default=0)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (last + 1)
    for number in range(1, last + 1):
        place = places.get(number, 0)
        if chance.random() < 0.0005:
            place += chance.choice((-20, 1, 400))
        out += b"%010d 00000 %c \n" % (max(place, 0), ord("n") if number in places else ord("f"))
    return bytes(out + b"trailer" + trailer + b"startxref\n%d\n%%%%EOF\n" % start)


if __name__ == "__main__":
    sys.exit(main())
