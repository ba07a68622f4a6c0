"""Adds to stores in child processes that die, or whose disk fails, and prints as JSON what became of the stores.

    python dying_writers.py die|fail|fail-once FOLDER [VERSIONS,...]
    python dying_writers.py random FOLDER COUNT SEED
    python dying_writers.py together FOLDER COUNT

Each child is forked, so that hundreds of them take seconds. A step is an operation that Python's audit hooks report:
opening, renaming, making, removing, listing.
"""

import errno
import json
import os
import random
import shutil
import signal
import sys
import time
from functools import partial
from pathlib import Path

from docpack.archive.content import BytesContent
from docpack.archive.ocfl import OcflStore
from docpack.errors import DocpackError

WORK, OTHER = "ark:/12345/one", "ark:/12345/two"
STEPS = {"open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.scandir", "os.listdir"}
WRITES = {"open", "os.rename", "os.mkdir"}
NOT_REACHED = 77  # how a child ends that needed fewer steps


def tree(number):
    files = {
        "METS.xml": f"mets {number}",
        "representations/source/data/a.txt": "the same in all versions",
        "representations/epub/data/a.epub": f"epub {number}" * 5000,
        "representations/tei/data/a.xml": f"tei {number // 2}",
    }
    return {path: BytesContent(text.encode()) for path, text in files.items()}


def add(root, number, work=WORK):
    store = OcflStore(root)
    return store.add(work, tree(number), message=f"state {number}", user=None, created="2026-01-01T00:00:00Z")


def stored(root, version, work=WORK):
    found = {}
    for path, content in OcflStore(root).get(work, version).items():
        with content.open() as file:
            found[path] = file.read()
    return found


def is_state(root, version, number):
    return stored(root, version) == {path: content.data for path, content in tree(number).items()}


def in_child(act):
    """Run a function in a child process, and return how that ended: 0, 1 for an error of docpack, or minus a signal."""
    child = os.fork()
    if child == 0:
        try:
            act()
            os._exit(0)
        except DocpackError:
            os._exit(1)
        except BaseException:  # noqa: BLE001  # whatever it is, the parent reports it
            import traceback

            traceback.print_exc()
            os._exit(99)
    return child


def ended(child):
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def errors_of(root):
    return sorted({each.code for each in OcflStore(root).validate() if each.is_error})


def head_of(root):
    heads = [each.head for each in OcflStore(root).objects() if each.id == WORK]
    return int(heads[0][1:]) if heads else 0


def judge(root, before, ending):
    """Recover a store, and tell all that matters of it; its object had the states 1 to `before`, and one was added."""
    raw = errors_of(root)
    done = OcflStore(root).recover()
    head = head_of(root)
    told = {
        "ending": ending,
        "raw": raw,
        "recovered": done,
        "errors": errors_of(root),
        "head": head - before,
        "whole": all(is_state(root, f"v{number}", number) for number in range(1, head + 1)),
        "left": (root / "extensions" / "docpack-staging").exists(),
        "again": OcflStore(root).recover(),
    }
    add(root, before + 1)
    told["next"] = head_of(root) - before
    told["errors"] += errors_of(root)
    return told


def at_each_step(folder, versions, trouble):
    """Yield what became of stores with so many versions, when there is trouble at each step of adding one more."""
    for before in map(int, versions.split(",")):
        base, root = folder / f"base{before}", folder / "store"
        OcflStore.create(base)
        for number in range(1, before + 1):
            add(base, number)
        step, ending = 0, None
        while ending != NOT_REACHED:
            step += 1
            shutil.rmtree(root, ignore_errors=True)
            shutil.copytree(base, root)

            def act(step=step, root=root, before=before):
                counted = [0]
                sys.addaudithook(lambda *event: trouble(counted, step, *event))
                add(root, before + 1)
                if counted[0] < step:
                    os._exit(NOT_REACHED)

            ending = ended(in_child(act))
            yield {"step": step, "before": before, **judge(root, before, ending)}


def die(counted, step, event, _):
    if event in STEPS:
        counted[0] += 1
        if counted[0] == step:
            os.kill(os.getpid(), signal.SIGKILL)


def fail(counted, step, event, arguments, *, once=False):
    if event in WRITES and (event != "open" or (arguments[2] or 0) & (os.O_WRONLY | os.O_CREAT)):
        counted[0] += 1
        if counted[0] == step or (counted[0] > step and not once):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), arguments[0])


def at_random_moments(folder, count, seed):
    chance = random.Random(seed)  # noqa: S311  # moments to be killed at, no secret
    for number in range(count):
        root = folder / f"store{number // 10}"
        if number % 10 == 0:  # judging a store looks at all its versions, so that many of them would take long
            OcflStore.create(root)
        before = head_of(root)

        def act(root=root, before=before):
            add(root, before + 1)

        child = in_child(act)
        time.sleep(chance.random() * 0.03)  # adding takes some 15 ms
        os.kill(child, signal.SIGKILL)
        yield {"before": before, **judge(root, before, ended(child))}


def together(folder, count):
    """Let several processes add to one object and to another at the same time."""
    root = folder / "store"
    OcflStore.create(root)

    def act(writer):
        for number in range(count):
            add(root, 1000 * writer + number)
            add(root, 1000 * writer + number, OTHER)

    endings = [ended(child) for child in [in_child(lambda writer=writer: act(writer)) for writer in range(1, 4)]]
    heads = {each.id: each.head for each in OcflStore(root).objects()}
    yield {"endings": endings, "errors": errors_of(root), "heads": heads}


def main(mode, folder, first="0", second="1"):
    modes = {
        "die": lambda: at_each_step(folder, first, die),
        "fail": lambda: at_each_step(folder, first, fail),
        "fail-once": lambda: at_each_step(folder, first, partial(fail, once=True)),
        "random": lambda: at_random_moments(folder, int(first), int(second)),
        "together": lambda: together(folder, int(first)),
    }
    json.dump(list(modes[mode]()), sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])
