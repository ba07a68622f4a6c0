"""Batches among faults: crashing, hanging and greedy documents, workers that are killed, runs that are killed."""

from __future__ import annotations

import importlib.util
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = [pytest.mark.endurance, pytest.mark.skipif(os.name == "nt", reason="signals are those of POSIX")]

FAULTS = {
    "SEGFAULT": "crashed",
    "KILLED": "crashed",
    "SLEEPS": "timeout",
    "LOOPS": "timeout",
    "GREEDY": "out-of-memory",
}


def contents(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def faulty_texts(count):
    """Return texts of which 7 % crash their worker, 3 % hang and 2 % eat memory, and what becomes of each."""
    chance, files, wanted = random.Random(5), {}, {}  # noqa: S311  # any texts will do
    for number in range(count):
        roll, word = chance.random(), ""
        if roll < 0.07:
            word = "SEGFAULT" if roll < 0.035 else "KILLED"
        elif roll < 0.10:
            word = "SLEEPS" if roll < 0.085 else "LOOPS"
        elif roll < 0.12:
            word = "GREEDY"
        name = f"t{number:04}.txt"
        files[name] = f"   The box number {number} {word} was gone.\n   Nobody spoke of it.\n"
        wanted[name] = FAULTS.get(word, "built")
    return files, wanted


def workers_of(process):
    """Return the processes of a run that are neither it nor the server that starts the others."""
    found = subprocess.run(
        ["ps", "-s", str(process.pid), "-o", "pid=,ppid="], capture_output=True, text=True, check=False
    )
    rows = [tuple(map(int, line.split())) for line in found.stdout.splitlines()]
    servers = {pid for pid, parent in rows if parent == process.pid}
    return [pid for pid, parent in rows if parent in servers]


def test_every_document_ends_as_what_it_is_while_workers_are_killed(texts, environment, tmp_path):
    files, wanted = faulty_texts(1500)
    texts(files)
    command = [sys.executable, "-m", "docpack", "batch", "in", "-d", "out", "-t", "faulty", "--no-cache", "-q"]
    command += ["-j", "2", "--timeout", "2", "--memory", "1G", "--report", "jsonl:r"]
    process = subprocess.Popen(
        command, cwd=tmp_path, env=environment, stderr=subprocess.DEVNULL, start_new_session=True
    )
    kills, chance = 0, random.Random(6)  # noqa: S311  # any moment will do
    while process.poll() is None and kills < 100:
        time.sleep(chance.uniform(0.15, 0.45))
        workers = workers_of(process)
        if workers:
            try:
                os.kill(chance.choice(workers), signal.SIGKILL)
                kills += 1
            except ProcessLookupError:
                pass

    assert process.wait(600) == 1
    assert kills == 100, "the run was over before enough workers were killed"
    records = [json.loads(line) for line in (tmp_path / "r").read_text().splitlines()]
    assert {each["name"]: each["status"] for each in records} == wanted
    good = {name.replace(".txt", ".faulty") for name, status in wanted.items() if status == "built"}
    made = contents(tmp_path / "out")
    assert set(made) == good
    assert all(f"number {int(name[1:5])} " in data.decode() for name, data in made.items())


def test_a_run_that_is_killed_twenty_times_ends_like_one_that_was_not(texts, environment, tmp_path):
    texts(
        {
            f"t{number:04}.txt": f"   The box number {number} was gone.\n\n   Nobody spoke of it.\n"
            for number in range(600)
        }
    )
    base = [sys.executable, "-m", "docpack", "batch", "in", "-t", "epub,tei", "-q"]
    began = time.monotonic()
    subprocess.run([*base, "-d", "clean", "--no-cache"], cwd=tmp_path, env=environment, check=True)
    lasts_s, chance, cut_short = time.monotonic() - began, random.Random(7), 0  # noqa: S311

    for _ in range(20):
        command = [*base, "-d", "out", "--resume", "--no-cache"]
        process = subprocess.Popen(command, cwd=tmp_path, env=environment, start_new_session=True)
        time.sleep(chance.uniform(0.1, 0.6) * lasts_s)
        cut_short += process.poll() is None
        process.kill()
        process.wait()
    done = subprocess.run([*base, "-d", "out", "--resume", "--no-cache"], cwd=tmp_path, env=environment, check=False)

    assert done.returncode == 0
    assert cut_short > 0
    assert contents(tmp_path / "out") == contents(tmp_path / "clean")


@pytest.mark.skipif(importlib.util.find_spec("distributed") is None, reason="docpack[dask] is not installed")
def test_dask_does_twenty_thousand_documents_though_a_worker_is_killed(dask, texts, environment, tmp_path):
    address, workers, scheduler = dask
    counts = Path(environment["DOCPACK_FAULTY_COUNTS"])
    texts(
        {f"{number % 100:02}/t{number:05}.txt": f"   The box number {number} was gone.\n" for number in range(20_000)}
    )
    base = [sys.executable, "-m", "docpack", "batch", "in", "-t", "faulty", "-q", "--no-cache"]
    process = subprocess.Popen(
        [*base, "-d", "out", "--executor", f"dask:{address}", "--report", "jsonl:r"],
        cwd=tmp_path,
        env=environment,
    )
    peaks, killed = [], False
    while process.poll() is None:
        time.sleep(0.5)
        peaks.append(memory_mb(scheduler.pid))
        count = sum(1 for _ in (tmp_path / "out").rglob("*.faulty")) if len(peaks) % 4 == 0 and not killed else 0
        if count > 6000:
            os.killpg(workers[0].pid, signal.SIGKILL)
            killed = True
    executions = sum(path.stat().st_size for path in counts.iterdir())
    subprocess.run([*base, "-d", "local"], cwd=tmp_path, env=environment, check=True)

    assert process.returncode == 0
    assert killed
    records = [json.loads(line) for line in (tmp_path / "r").read_text().splitlines()]
    assert len(records) == 20_000
    assert {each["status"] for each in records} == {"built"}
    assert contents(tmp_path / "out") == contents(tmp_path / "local")
    assert 20_000 <= executions <= 20_200, executions
    assert max(peaks) < 1.5 * peaks[len(peaks) // 4], peaks


def memory_mb(pid):
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
