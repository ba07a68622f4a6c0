"""Others do the work: any executor of `concurrent.futures`, and Dask with a scheduler and workers of its own."""

from __future__ import annotations

import concurrent.futures
import importlib.util
import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest

from docpack.batch.cache import Cache
from docpack.batch.executors import Chunks
from docpack.batch.journal import Journal
from docpack.batch.planning import Plan, plan
from docpack.batch.publishing import Staging
from docpack.batch.running import Run
from docpack.batch.selection import select
from docpack.batch.slots import Limits
from docpack.jobs import Job


def contents(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def converted(executor, folder, tmp_path, name):
    """Convert the texts in a folder by an executor; return the records."""
    chunks = Chunks(executor, Limits(timeout_s=60), 2)
    wanted = Plan(str(tmp_path / name), ("tei", "json"), Job("", ()))
    with Staging(tmp_path / name) as staging:
        journal = Journal(tmp_path / f"{name}.journal", resume=False)
        run = Run(chunks, staging, Cache(None), journal)
        found = list(run.records(plan(select([str(folder)], (".txt",)), wanted)))
        journal.close(done=True)
    return found


@pytest.mark.parametrize("kind", [concurrent.futures.ThreadPoolExecutor, concurrent.futures.ProcessPoolExecutor])
def test_any_executor_gives_what_local_workers_give(kind, batch, texts, tmp_path):
    folder = texts(60)
    batch("in", "-d", "local", "-t", "tei,json")
    options = {} if kind is concurrent.futures.ThreadPoolExecutor else {"mp_context": context()}

    with kind(max_workers=2, **options) as executor:
        records = converted(executor, folder, tmp_path, "others")

    assert [each.number for each in records] == list(range(60))
    assert contents(tmp_path / "others") == contents(tmp_path / "local")


def context():
    import multiprocessing

    return multiprocessing.get_context("forkserver" if os.name != "nt" else "spawn")


def test_an_executor_that_breaks_costs_its_documents_and_says_so(texts, tmp_path):
    class Broken(concurrent.futures.Executor):
        def submit(self, *_args, **_more):
            future = concurrent.futures.Future()
            future.set_exception(RuntimeError("the workers are gone"))
            return future

    records = converted(Broken(), texts(10), tmp_path, "out")

    assert len(records) == 10
    assert {str(each.status) for each in records} == {"crashed"}
    assert "the workers are gone" in records[0].troubles[0].message


needs_dask = pytest.mark.skipif(
    importlib.util.find_spec("distributed") is None, reason="docpack[dask] is not installed"
)


@needs_dask
def test_dask_gives_what_local_workers_give_though_a_worker_is_killed(dask, batch, texts, environment, tmp_path):
    address, workers, _ = dask
    files = {f"t{number:04}.txt": f"   The box number {number} was gone.\n" for number in range(400)}
    texts({**files, "bad.txt": "   SEGFAULT\n"})
    batch("in", "-d", "local", "-t", "faulty", "--no-cache")
    command = [sys.executable, "-m", "docpack", "batch", "in", "-d", "out", "-t", "faulty", "--no-cache"]
    command += ["--executor", f"dask:{address}", "--report", "jsonl:r"]
    process = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    for _ in range(600):
        if len(list((tmp_path / "out").rglob("*"))) > 20 or process.poll() is not None:
            break
        time.sleep(0.05)
    os.killpg(workers[0].pid, signal.SIGKILL)
    _, said = process.communicate(timeout=240)

    assert process.returncode == 1, said
    assert contents(tmp_path / "out") == contents(tmp_path / "local")
    lines = [json.loads(line) for line in (tmp_path / "r").read_text().splitlines()]
    assert {each["name"]: each["status"] for each in lines if each["status"] != "built"} == {"bad.txt": "crashed"}


@needs_dask
def test_a_scheduler_that_is_not_there_is_told(batch, texts, tmp_path):
    texts(1)

    done = batch("in", "-d", "out", "-t", "json", "--executor", "dask:tcp://127.0.0.1:9")

    assert done.returncode == 8
    assert re.search(rb"no Dask scheduler at tcp://127.0.0.1:9", done.stderr)
    assert not (tmp_path / "out").exists()
