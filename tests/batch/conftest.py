"""Texts for batches, and a plug-in that does what no writer should."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

FAULTY = '''
import os, signal, time
from dataclasses import dataclass
from typing import ClassVar
from docpack.plugins import Format
from docpack.walk import reading_text


@dataclass(frozen=True, slots=True)
class FaultyWriter:
    """Writes plain text, unless the text tells it to crash."""

    format: ClassVar = Format("faulty", (".faulty",), "text/plain", "does what no writer should")

    def write(self, document, context):
        text = reading_text(document)
        if "DOCPACK_FAULTY_COUNTS" in os.environ:
            with open(os.environ["DOCPACK_FAULTY_COUNTS"] + "/" + str(os.getpid()), "a") as file:
                file.write("x")
        if "SEGFAULT" in text:
            os.kill(os.getpid(), signal.SIGSEGV)
        if "KILLED" in text:
            os.kill(os.getpid(), signal.SIGKILL)
        if "EXITS" in text:
            os._exit(3)
        if "SLEEPS" in text:
            time.sleep(1000)
        if "LOOPS" in text:
            while True:
                pass
        if "GREEDY" in text:
            return bytes(bytearray(8 << 30))
        if "RAISES" in text:
            raise ValueError("an error that nobody foresaw")
        if "SLOW" in text:
            time.sleep(0.3)
        return text.encode()
'''


@pytest.fixture(scope="session")
def faulty_site(tmp_path_factory):
    """Return a folder that, on the path of Python, announces the format `faulty`."""
    site = tmp_path_factory.mktemp("site")
    info = site / "docpack_faulty-1.dist-info"
    info.mkdir()
    (site / "docpack_faulty.py").write_text(FAULTY)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: docpack-faulty\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[docpack.writers]\nfaulty = docpack_faulty:FaultyWriter\n")
    return site


@pytest.fixture
def environment(faulty_site, tmp_path):
    """Return an environment with the faulty format, and a cache of its own."""
    clean = {key: value for key, value in os.environ.items() if key not in ("SOURCE_DATE_EPOCH", "GITHUB_STEP_SUMMARY")}
    return {**clean, "PYTHONPATH": str(faulty_site), "DOCPACK_CACHE_DIR": str(tmp_path / "cache")}


@pytest.fixture
def batch(environment, tmp_path):
    """Return a function that runs `docpack batch` in an empty folder and gives the finished process."""

    def run(*arguments, cwd=tmp_path, stdin=b"", **more):
        command = [sys.executable, "-m", "docpack", "batch", *map(str, arguments)]
        return subprocess.run(
            command, cwd=cwd, env={**environment, **more}, input=stdin, capture_output=True, timeout=300, check=False
        )

    return run


@pytest.fixture
def texts(tmp_path):
    """Return a function that makes texts: the folder `in`, with files by their names."""

    def make(files: dict[str, str] | int) -> Path:
        if isinstance(files, int):
            files = {
                f"t{number:04}.txt": f"   The box number {number} was gone.\n   Nobody spoke of it.\n"
                for number in range(files)
            }
        for name, text in files.items():
            path = tmp_path / "in" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        return tmp_path / "in"

    return make


@pytest.fixture
def dask(environment, tmp_path):
    """Start a scheduler and two workers on loopback; return its address, its workers and itself."""
    (tmp_path / "counts").mkdir()
    environment["DOCPACK_FAULTY_COUNTS"] = str(tmp_path / "counts")  # a letter for each document that is written
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    processes = []
    log = (tmp_path / "dask.log").open("wb")

    def start(*command):
        process = subprocess.Popen(
            command, env=environment, cwd=tmp_path, stdout=log, stderr=log, start_new_session=True
        )
        processes.append(process)
        return process

    cli = [sys.executable, "-c"]
    scheduler = "from distributed.cli.dask_scheduler import main; main()"
    worker = "from distributed.cli.dask_worker import main; main()"
    address = f"tcp://127.0.0.1:{port}"
    quiet = ["--no-dashboard"]
    server = start(*cli, scheduler, "--host", "127.0.0.1", "--port", str(port), *quiet)
    workers = [
        start(
            *cli,
            worker,
            address,
            "--nthreads",
            "1",
            "--host",
            "127.0.0.1",
            "--no-dashboard",
            "--local-directory",
            str(tmp_path / f"w{n}"),
        )
        for n in range(2)
    ]
    yield address, workers, server
    for each in processes:
        if each.poll() is None:
            os.killpg(each.pid, signal.SIGKILL)
        each.wait()
    log.close()
