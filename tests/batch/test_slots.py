"""Workers of which each may die: what becomes of their tasks, and of everybody else's."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from docpack.batch import slot as slot_module
from docpack.batch import slots as slots_module
from docpack.batch.slots import Fate, Limits, Slots
from docpack.errors import DocpackError

sys.path.insert(0, str(Path(__file__).parent))  # workers look where this process does
from slot_acts import Small, act

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals are those of POSIX")


@pytest.fixture
def slots():
    made = Slots(act, 2, Limits(timeout_s=2, memory_bytes=2 << 30))
    yield made
    made.close()


def all_of(slots, tasks):
    """Return how every task ended, by its number."""
    waiting, ended = list(reversed(tasks)), {}
    while waiting or slots.under_way:
        while waiting and slots.room > 0:
            slots.submit(waiting.pop())
        for each in slots.wait():
            ended[each.task[0]] = each
    return ended


@pytest.mark.parametrize(
    ("what", "fate", "said", "attempts"),
    [
        ("segfault", Fate.CRASHED, "SIGSEGV", 2),
        ("killed", Fate.CRASHED, "SIGKILL", 10),
        ("exits", Fate.CRASHED, "code 3", 2),
        ("sleeps", Fate.TIMEOUT, "2 s", 2),
        ("loops", Fate.TIMEOUT, "2 s", 2),
        ("greedy", Fate.NO_MEMORY, "", 2),
        ("raises", Fate.RAISED, "ValueError: no", 1),
    ],
)
def test_a_bad_task_costs_itself_only(slots, what, fate, said, attempts):
    tasks = [(number, what if number == 5 else "good") for number in range(12)]

    ended = all_of(slots, tasks)

    assert {number: each.value for number, each in ended.items() if number != 5} == {n: n for n in range(12) if n != 5}
    assert ended[5].fate is fate
    assert said in ended[5].detail
    assert ended[5].attempts == attempts


def test_many_bad_tasks_among_good_ones_each_end_as_what_they_are(slots):
    kinds = ["good", "segfault", "good", "raises", "good", "exits", "good", "greedy"]
    wanted = {
        "good": Fate.DONE,
        "segfault": Fate.CRASHED,
        "raises": Fate.RAISED,
        "exits": Fate.CRASHED,
        "greedy": Fate.NO_MEMORY,
    }

    ended = all_of(slots, [(number, kinds[number % 8]) for number in range(80)])

    assert [ended[number].fate for number in range(80)] == [wanted[kinds[number % 8]] for number in range(80)]


def test_small_tasks_go_out_together_and_their_answers_gather(slots):
    ended, waiting, at_once = {}, [Small((number, "brief")) for number in range(400)], []
    while waiting or slots.under_way:
        while waiting and slots.room > 0:
            slots.submit(waiting.pop())
        answered = slots.wait()
        at_once.append(len(answered))
        ended |= {each.task[0]: each.value for each in answered}

    assert ended == {number: number for number in range(400)}
    assert len(at_once) < 300, "each answer was waited for by itself"


def test_large_tasks_do_not_queue_up(slots):
    submitted = 0
    while slots.room > 0:
        slots.submit((submitted, "slow"))
        submitted += 1

    assert submitted == 5, "one is done, and one waits, in each of two; and one for whichever is free first"
    assert {each.task[0] for _ in range(9) for each in slots.wait()} == set(range(5))


def test_a_bad_task_among_small_ones_costs_itself_only(slots):
    kinds = {
        40: ("segfault", Fate.CRASHED),
        90: ("exits", Fate.CRASHED),
        91: ("sleeps", Fate.TIMEOUT),
        150: ("killed", Fate.CRASHED),
    }
    tasks = [Small((number, kinds[number][0] if number in kinds else "brief")) for number in range(200)]

    ended = all_of(slots, tasks)

    assert {number: each.fate for number, each in ended.items()} == {
        number: kinds[number][1] if number in kinds else Fate.DONE for number in range(200)
    }
    assert all(each.attempts == 1 for number, each in ended.items() if number not in kinds)


@pytest.mark.skipif(
    "forkserver" not in multiprocessing.get_all_start_methods(), reason="there is no server of processes"
)
def test_where_no_worker_can_be_started_that_is_said_and_blamed_on_no_task(tmp_path):
    script = tmp_path / "unguarded.py"
    script.write_text("import docpack\nlist(docpack.convert_many(['a.txt'], to='epub', executor='processes'))\n")
    (tmp_path / "a.txt").write_text("   One.\n")

    command = [sys.executable, script]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=100)

    assert run.returncode != 0
    *_, error, hint = run.stderr.splitlines()
    assert "no worker can be started: its process ended with code 1" in error
    assert 'if __name__ == "__main__"' in hint
    assert run.stderr.count("Traceback") < 20


@pytest.fixture
def dying(monkeypatch):
    """Return a function that lets processes die before they are ready, those whose numbers it is given a rule for."""

    def let(dies):
        started, start, send = [], slot_module.Slot._start, slot_module.Slot.send

        def stop(slot):
            start(slot)
            started.append(slot)
            if dies(len(started)):
                os.kill(slot.process.pid, signal.SIGSTOP)

        def kill(slot, each):
            before = len(started)
            send(slot, each)
            if len(started) > before and dies(len(started)):
                slot.process.kill()  # it has its task by now, and did not begin it

        monkeypatch.setattr(slot_module.Slot, "_start", stop)
        monkeypatch.setattr(slot_module.Slot, "send", kill)
        return started

    return let


def test_starts_that_fail_now_and_then_stop_nobody(dying, monkeypatch):
    monkeypatch.setattr(slots_module, "_MAX_FIRST_FAILURES", 20)
    started = dying(lambda number: number % 16)
    slots = Slots(act, 1, Limits())
    try:
        ended = all_of(slots, [(number, "exits" if number == 1 else "good") for number in range(4)])
    finally:
        slots.close()

    assert len(started) > 40, "two crashes, and each time the sixteenth start is a good one"
    assert [ended[number].fate for number in range(4)] == [Fate.DONE, Fate.CRASHED, Fate.DONE, Fate.DONE]


def test_starts_that_go_on_failing_end_the_run(dying):
    started = dying(lambda number: number > 1)
    slots = Slots(act, 1, Limits())
    try:
        with pytest.raises(DocpackError, match="no worker can be started: its process died of SIGKILL"):
            all_of(slots, [(number, "exits" if number == 1 else "good") for number in range(4)])
    finally:
        slots.close()

    assert len(started) > 15


@pytest.mark.skipif(sys.platform != "linux", reason="others have other sizes")
def test_small_pipes_hold_nobody_up(monkeypatch):
    monkeypatch.setattr(slot_module, "_PIPE_BYTES", 1)  # the system makes that some kilobytes
    slots = Slots(act, 2, Limits(timeout_s=60))
    tasks = [Small((f"{number:04}" + "x" * 1000, "answers")) for number in range(60)]
    try:
        ended = all_of(slots, tasks)
    finally:
        slots.close()

    assert {each.fate for each in ended.values()} == {Fate.DONE}
    assert len(ended) == 60


def test_memory_that_others_did_not_give_back_costs_nobody():
    tasks = [(number, "hoards" if number % 2 else "large") for number in range(8)]
    slots = Slots(act, 1, Limits(timeout_s=120, memory_bytes=4 << 30))
    try:
        ended = all_of(slots, tasks)
    finally:
        slots.close()

    assert {number: each.fate for number, each in ended.items()} == dict.fromkeys(range(8), Fate.DONE)
    assert max(each.attempts for each in ended.values()) == 2


def test_a_process_that_has_become_large_retires():
    slots = Slots(act, 1, Limits(timeout_s=120, memory_bytes=1 << 30))
    try:
        ended = all_of(slots, [Small((number, "fills" if number in (3, 4, 9) else "pid")) for number in range(12)])
    finally:
        slots.close()

    processes = [ended[number].value for number in range(12)]
    assert [len({*processes[a:b]}) for a, b in ((0, 4), (4, 5), (5, 10), (10, 12))] == [1, 1, 1, 1]
    assert len({*processes}) == 4
    assert {each.attempts for each in ended.values()} == {1}


def test_a_large_task_and_a_large_answer_pass(slots):
    big = "x" * 5_000_000
    ended = all_of(slots, [(big + str(number), "good") for number in range(6)])

    assert all(each.value == each.task[0] for each in ended.values())


def test_a_worker_that_is_killed_from_outside_costs_nothing(slots):
    tasks = [(number, "slow") for number in range(10)]
    slots.submit((99, "pid"))
    (first,) = slots.wait()
    ended, waiting = {}, list(tasks)
    os.kill(first.value, signal.SIGKILL)
    while waiting or slots.under_way:
        while waiting and slots.room > 0:
            slots.submit(waiting.pop())
        for each in slots.wait(0.05):
            ended[each.task[0]] = each
        children = multiprocessing.active_children()
        if len(ended) == 4 and children:
            children[0].kill()

    assert {number: each.fate for number, each in ended.items()} == dict.fromkeys(range(10), Fate.DONE)


def test_waiting_with_a_limit_returns_in_time(slots):
    slots.submit((1, "sleeps"))
    began = time.monotonic()

    assert slots.wait(0.05) == []
    assert time.monotonic() - began < 30


def test_workers_die_with_their_parent(tmp_path):
    script = tmp_path / "parent.py"
    script.write_text(
        textwrap.dedent("""
        import os, sys, time
        from docpack.batch.slots import Limits, Slots

        def act(task):
            if task == "pid":
                return os.getpid()
            time.sleep(1000)

        if __name__ == "__main__":
            slots = Slots(act, 1, Limits())
            slots.submit("pid")
            print(slots.wait()[0].value, flush=True)
            slots.submit("sleep")
            time.sleep(1000)
        """)
    )
    parent = subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    worker = int(parent.stdout.readline())

    parent.kill()
    parent.wait()
    parent.stdout.close()

    for _ in range(200):
        try:
            os.kill(worker, 0)
        except ProcessLookupError:
            break
        time.sleep(0.05)
    else:
        pytest.fail("the worker outlives its parent")
