"""Measure `docpack batch`: throughput beside perfect workers, pandoc and calibre, the second run, memory.

    python bench/batch.py                      1,000 generated texts of 10 KB
    python bench/batch.py --documents 200 --repeat 1

A perfect worker is a process that converts document after document, in a loop, writes its outputs and makes them
durable a hundred documents at a time: no selecting, no keys, no cache, no journal, nobody to talk to. As many of them as
there are cores run at once, on shares of the same documents, and have loaded everything before the clock starts. The
time of `docpack batch` is that from its start to its end. All ratios are of figures of one run of this script; the
rounds alternate.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import measure  # noqa: F401  # lets programs keep what they compile

FORMATS = ("epub", "docx", "tei")
WORDS = (
    "the of and a to in he was that his it had with as for her she at on not be but by which him from they this".split()
)
PERFECT = """
import ctypes, os, sys
from pathlib import Path
from docpack.jobs import Job, run
share, folder, formats = sys.argv[1].split("\\n"), Path(sys.argv[2]), sys.argv[3].split(",")
run(Job(share[0], tuple((name, "-") for name in formats)))  # what is loaded once is loaded
print("ready", flush=True)
sys.stdin.readline()
libc, descriptor = ctypes.CDLL(None), os.open(folder, os.O_RDONLY)
for number, source in enumerate(share, 1):
    for name, data in run(Job(source, tuple((name, "-") for name in formats))).data.items():
        (folder / f"{Path(source).stem}.{name}").write_bytes(data)
    if number % 100 == 0 or number == len(share):
        libc.syncfs(descriptor)
print("done", flush=True)
"""


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=1000)
    parser.add_argument("--size", type=int, default=10_000, help="of a text, in characters")
    parser.add_argument("--repeat", type=int, default=3)
    parsed = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as name:
        folder = Path(name)
        texts = write_texts(folder / "texts", parsed.documents, parsed.size)
        cores = len(os.sched_getaffinity(0))
        print(f"{parsed.documents} texts of {parsed.size} characters, {cores} cores, best of {parsed.repeat}\n")
        print("| formats | perfect workers, documents/s | batch, documents/s | share | second run, s | times faster |")
        print("|---|---|---|---|---|---|")
        for formats in (FORMATS, *((each,) for each in (*FORMATS, "pdf"))):
            some = texts if formats == FORMATS else texts[: max(50, len(texts) // 5)]
            print(row(folder, some, formats, cores, parsed.repeat), flush=True)
        print()
        others(folder, texts[: max(20, len(texts) // 20)])
        memory(folder, texts)


def write_texts(folder: Path, count: int, size: int) -> list[Path]:
    """Generate texts such as come out of a PDF: indented paragraphs, printed lines, a chapter head."""
    folder.mkdir()
    chance = random.Random(7)  # noqa: S311  # texts, no secrets
    made = [
        "".join(chance.choice("bcdfglmnprst") + chance.choice("aeiou") for _ in range(chance.randint(2, 4)))
        for _ in range(900)
    ]
    paths = []
    for number in range(count):
        lines, total = [f"CHAPTER {number % 40 + 1}", ""], 0
        while total < size:
            words = [chance.choice(WORDS if chance.random() < 0.5 else made) for _ in range(chance.randint(20, 120))]
            line = "   " + words[0].capitalize()
            for word in words[1:]:
                if len(line) + len(word) > 63:
                    lines.append(line)
                    total += len(line)
                    line = word
                else:
                    line += f" {word}"
            lines.append(f"{line}.")
            total += len(line)
        path = folder / f"t{number:05}.txt"
        path.write_text("\n".join(lines) + "\n", "utf-8")
        paths.append(path)
    return paths


def row(folder: Path, texts: list[Path], formats: tuple[str, ...], cores: int, repeat: int) -> str:
    """Measure one combination of formats; return its row of the table."""
    perfect = batch = again = float("inf")
    for _ in range(repeat):
        perfect = min(perfect, perfect_workers(new_folder(folder), texts, formats, cores))
        target = new_folder(folder)
        batch = min(batch, run_batch(target, texts, formats))
        again = min(again, run_batch(target, texts, formats))
    count = len(texts)
    return (
        f"| {', '.join(formats)} | {count / perfect:.0f} | {count / batch:.0f} | {perfect / batch:.0%} "
        f"| {again:.2f} | {batch / again:.0f} |"
    )


def new_folder(folder: Path) -> Path:
    """Make a folder. None is removed while times are taken: ext4 looks long for inodes that were not deleted just now."""
    return Path(tempfile.mkdtemp(dir=folder))


def perfect_workers(target: Path, texts: list[Path], formats: tuple[str, ...], cores: int) -> float:
    """Return the wall time of perfect workers."""
    workers = []
    for core in range(cores):
        share = "\n".join(map(str, texts[core::cores]))
        command = [sys.executable, "-c", PERFECT, share, str(target), ",".join(formats)]
        workers.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
    for each in workers:
        each.stdout.readline()
    began = time.perf_counter()
    for each in workers:
        each.stdin.write("\n")
        each.stdin.flush()
    for each in workers:
        each.stdout.readline()
    elapsed = time.perf_counter() - began
    for each in workers:
        each.communicate()
    return elapsed


def run_batch(folder: Path, texts: list[Path], formats: tuple[str, ...], *options: str) -> float:
    """Return the wall time of `docpack batch`, from its start to its end; its outputs and its cache lie in `folder`."""
    command = [sys.executable, "-m", "docpack", "batch", "--files-from", "-", "--base", str(texts[0].parent)]
    command += ["-d", str(folder / "out"), "-t", ",".join(formats), "-q", "--no-config", *options]
    began = time.perf_counter()
    names = "\n".join(map(str, texts)).encode()
    subprocess.run(command, input=names, check=True, env={**os.environ, "DOCPACK_CACHE_DIR": str(folder / "cache")})
    return time.perf_counter() - began


def others(folder: Path, texts: list[Path]) -> None:
    """Print what a process a document costs, of pandoc and of calibre, where they are installed."""
    print("| program, a process for each document | format | documents/s on one core |")
    print("|---|---|---|")
    target = folder / "other"
    for name, program, formats in (
        ("pandoc", pandoc(), {"epub": "epub", "docx": "docx", "tei": "tei.xml"}),
        ("calibre", shutil.which("ebook-convert"), {"epub": "epub", "docx": "docx"}),
    ):
        for format_, ending in formats.items():
            if not program:
                print(f"| {name} | {format_} | not installed |")
                continue
            began = resource_s()
            for each in texts:
                output = f"{target}.{ending}"
                extra = ["-f", "markdown", "-t", format_, "-o", output] if name == "pandoc" else [output]
                command = [program, str(each), *extra]
                subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            print(f"| {name} | {format_} | {len(texts) / (resource_s() - began):.1f} |", flush=True)
    print()


def pandoc() -> str | None:
    """Return pandoc: the one of the system, or that of the package pypandoc_binary."""
    if found := shutil.which("pandoc"):
        return found
    try:
        import pypandoc
    except ImportError:
        return None
    return str(pypandoc.get_pandoc_path())


def resource_s() -> float:
    """Return the CPU time of all programs that have ended."""
    import resource

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def memory(folder: Path, texts: list[Path]) -> None:
    """Print the memory of workers at the start of a run and at its end."""
    run_batch(new_folder(folder), texts, FORMATS, "--no-cache", "--report", f"jsonl:{folder / 'report'}")
    peaks = [json.loads(line)["volatile"]["max_rss_mb"] for line in (folder / "report").read_text("utf-8").splitlines()]
    early = min(100, len(peaks) // 10)
    print(f"memory of a worker: {peaks[early]:.0f} MB after {early} documents, {peaks[-1]:.0f} MB after {len(peaks)}")


if __name__ == "__main__":
    main()
