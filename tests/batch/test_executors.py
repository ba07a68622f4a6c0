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


class Unlucky(concurrent.futures.Executor):
    """Does its work here, and breaks at every chunk with a certain document."""

    def __init__(self, name):
        self._name, self.chunks = name, []

    def submit(self, function, chunk, *rest):
        future = concurrent.futures.Future()
        self.chunks.append([each.task.name for each in chunk])
        if self._name in self.chunks[-1]:
            future.set_exception(RuntimeError("a worker broke"))
        else:
            future.set_result(function(chunk, *rest))
        return future


def test_only_the_document_with_which_an_executor_breaks_is_blamed(texts, tmp_path):
    executor = Unlucky("t0005.txt")

    records = converted(executor, texts(10), tmp_path, "out")

    assert {each.name: str(each.status) for each in records if each.status != "built"} == {"t0005.txt": "crashed"}
    assert records[5].volatile["attempts"] == 2
    assert set(contents(tmp_path / "out")) >= {"t0004.tei.xml", "t0006.tei.xml"}
    assert ["t0005.txt"] in executor.chunks
    assert all(executor.chunks.count(each) == 1 for each in executor.chunks), "nothing is done a third time"


def test_an_executor_that_takes_no_more_costs_the_documents_that_it_had(texts, tmp_path):
    class Closing(Unlucky):
        def submit(self, *arguments):
            if self.chunks:
                raise RuntimeError("it was shut down")
            return super().submit(*arguments)

    records = converted(Closing("t0001.txt"), texts(3), tmp_path, "out")

    assert [str(each.status) for each in records] == ["crashed"] * 3
    assert "it was shut down" in records[0].troubles[0].message


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
