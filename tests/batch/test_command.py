"""`docpack batch` as its users run it."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time

import pytest


def contents(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def records(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_outputs_mirror_the_inputs(batch, texts, tmp_path):
    texts({"a.txt": "   One.\n", "poems/b.txt": "   Two.\n", "poems/old/c.txt": "   Three.\n", "notes.md": "no text\n"})

    done = batch("in", "-d", "out", "-t", "tei,json")

    assert done.returncode == 0, done.stderr
    stems = ("a", "poems/b", "poems/old/c")
    assert set(contents(tmp_path / "out")) == {f"{stem}{ending}" for stem in stems for ending in (".tei.xml", ".json")}


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["in/*.txt"], {"a"}),
        (["in/**/*.txt"], {"a", "poems/b", "poems/old/c"}),
        (["in/poems"], {"b", "old/c"}),
        (["in/poems/b.txt", "in/poems/old/c.txt"], {"b", "old/c"}),
        (["in/poems/old/c.txt"], {"c"}),
        (["in/poems/old/c.txt", "--base", "in"], {"poems/old/c"}),
        (["in", "--exclude", "poems/**"], {"a"}),
        (["in", "--exclude", "*.txt"], {"poems/b", "poems/old/c"}),
        (["in", "in/a.txt"], {"a", "poems/b", "poems/old/c"}),
        (["--files-from", "-"], {"in/a", "in/poems/b"}),
        (["--files-from", "-", "--base", "in"], {"a", "poems/b"}),
    ],
)
def test_which_files_are_taken_and_what_they_become(batch, texts, tmp_path, arguments, names):
    texts({"a.txt": "   One.\n", "poems/b.txt": "   Two.\n", "poems/old/c.txt": "   Three.\n"})

    done = batch(*arguments, "-d", "out", "-t", "json", stdin=b"in/a.txt\nin/poems/b.txt\n")

    assert done.returncode == 0, done.stderr
    assert set(contents(tmp_path / "out")) == {f"{name}.json" for name in names}


def test_names_in_a_list_may_end_with_nul(batch, texts, tmp_path):
    texts({"a\nb.txt": "   One.\n", "c.txt": "   Two.\n"})

    done = batch("--files-from", "-", "-0", "-d", "out", "-t", "json", stdin=b"in/a\nb.txt\0in/c.txt\0")

    assert done.returncode == 0, done.stderr
    assert set(contents(tmp_path / "out")) == {"in/a\nb.json", "in/c.json"}


def test_what_convert_would_write_is_what_batch_writes(batch, texts, tmp_path, environment):
    texts(3)

    batch("in", "-d", "out", "-t", "epub,docx,tei,pdf", "-M", "title=All")
    convert = [sys.executable, "-m", "docpack", "convert", "-d", "single", "-t", "epub,docx,tei,pdf", "-M", "title=All"]
    subprocess.run([*convert, *sorted((tmp_path / "in").iterdir())], cwd=tmp_path, env=environment, check=True)

    assert contents(tmp_path / "out") == contents(tmp_path / "single")


def test_nothing_but_outputs_stands_in_the_output_folder(batch, texts, tmp_path):
    texts({"a.txt": "   SEGFAULT\n", "b.txt": "   Two.\n"})

    batch("in", "-d", "out", "-t", "faulty")

    assert set(contents(tmp_path / "out")) == {"b.faulty"}


def test_records_come_in_the_order_of_the_inputs(batch, texts, tmp_path):
    texts({f"t{number:02}.txt": f"   {'SLOW' if number % 7 == 0 else 'Quick'} {number}.\n" for number in range(30)})

    batch("in", "-d", "out", "-t", "faulty", "--report", "jsonl:r.jsonl")

    assert [each["name"] for each in records(tmp_path / "r.jsonl")] == [f"t{number:02}.txt" for number in range(30)]


def test_bad_documents_are_reported_for_what_they_are_and_cost_nobody_else(batch, texts, tmp_path):
    kinds = {"SEGFAULT": "crashed", "KILLED": "crashed", "EXITS": "crashed", "SLEEPS": "timeout", "LOOPS": "timeout"}
    kinds |= {"GREEDY": "out-of-memory", "RAISES": "failed"}
    files = {f"{word.lower()}.txt": f"   {word}\n" for word in kinds}
    texts({**files, **{f"good{number}.txt": f"   Good {number}.\n" for number in range(20)}})

    done = batch("in", "-d", "out", "-t", "faulty", "--timeout", "10", "--memory", "2G", "--report", "jsonl:r.jsonl")

    found = {each["name"]: each for each in records(tmp_path / "r.jsonl")}
    assert done.returncode == 1
    assert {name: found[name]["status"] for name in files} == {f"{word.lower()}.txt": kinds[word] for word in kinds}
    assert len(contents(tmp_path / "out")) == 20
    assert found["raises.txt"]["troubles"][0]["exit_code"] == 70
    quarantined = list((tmp_path / "cache" / "quarantine").rglob("*.txt"))
    assert len(quarantined) == 6
    assert b"segfault.txt: crashed: its process died of SIGSEGV" in done.stderr


def test_an_input_that_cannot_be_read_fails_and_the_others_do_not(batch, texts, tmp_path):
    texts({"a.txt": "   One.\n", "b.txt": "\0\0\0\0", "c.txt": "   Three.\n"})

    done = batch("in", "in/missing.txt", "-d", "out", "-t", "json", "--report", "jsonl:r.jsonl")

    assert done.returncode == 1
    statuses = {each["name"]: each["status"] for each in records(tmp_path / "r.jsonl")}
    assert statuses == {"a.txt": "built", "b.txt": "failed", "c.txt": "built", "missing.txt": "failed"}


def test_fail_fast_begins_no_other_document(batch, texts, tmp_path):
    texts({"a.txt": "\0\0\0\0", **{f"b{number:03}.txt": "   SLOW\n" for number in range(60)}})

    done = batch("in", "-d", "out", "-t", "faulty", "--fail-fast", "-j", "2", "--report", "jsonl:r.jsonl")

    statuses = [each["status"] for each in records(tmp_path / "r.jsonl")]
    assert done.returncode == 1
    assert statuses[0] == "failed"
    assert len(statuses) == 61
    assert statuses.count("not-run") >= 58


def test_no_match_has_a_code_of_its_own(batch, tmp_path):
    done = batch("in/*.txt", "-d", "out", "-t", "tei")

    assert done.returncode == 7
    assert b"no input matches in/*.txt" in done.stderr
    assert b"--allow-empty" in done.stderr
    assert batch("in/*.txt", "-d", "out", "-t", "tei", "--allow-empty").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-d", "out", "-t", "tei"], b"no input is named"),
        (["in", "-t", "tei"], b"no folder is named"),
        (["in", "-d", "out"], b"no output format is named"),
        (["in", "-d", "out", "-t", "tie"], b"tie"),
        (["in", "-d", "out", "-t", "tei", "--files-from", "-"], b"named twice"),
        (["in", "-d", "out", "-t", "tei", "-0"], b"--files-from"),
        (["in", "-d", "out", "-t", "tei", "--memory", "much"], b"no size"),
        (["in", "-d", "out", "-t", "tei", "--timeout=-3"], b"no number of seconds"),
        (["in", "-d", "out", "-t", "tei", "-j", "0"], b"from 1 to"),
        (["in", "-d", "out", "-t", "tei", "--shard", "4/3"], b"3/64"),
        (["in", "-d", "out", "-t", "tei", "--report", "xml:f"], b"is no report"),
        (["in", "-d", "out", "-t", "tei", "--report", "jsonl:f", "--report", "junit:f"], b"one file"),
        (["in", "-d", "out", "-t", "tei", "--report", "github", "--json"], b"both write to standard output"),
        (["merge", "r", "--report", "github:f", "--json"], b"both write to standard output"),
        (["in", "-d", "out", "-t", "tei", "--executor", "ray:x"], b"is no executor"),
        (["in", "-d", "out", "-t", "tei", "--check", "--resume"], b"converts nothing"),
        (["in", "-d", "out", "-t", "tei", "--config", "none.toml"], b"none.toml"),
        (["merge"], b"no journal"),
    ],
)
def test_wrong_usage_is_told_and_writes_nothing(batch, texts, tmp_path, arguments, said):
    texts(1)

    done = batch(*arguments)

    assert done.returncode == 2
    assert said in done.stderr
    assert not (tmp_path / "out").exists()


def test_strict_counts_warnings_and_doubts(batch, texts):
    texts({"a.txt": "   One \x01 two.\n"})

    assert batch("in", "-d", "out", "-t", "tei").returncode == 0
    assert batch("in", "-d", "out", "-t", "tei", "--strict").returncode == 6


def test_shards_part_the_work_and_merge_into_one_report(batch, texts, tmp_path):
    texts(40)

    for number in (1, 2, 3):
        batch("in", "-d", f"out{number}", "-t", "json", "--shard", f"{number}/3", "--report", f"jsonl:{number}.jsonl")
    merged = batch("merge", "1.jsonl", "2.jsonl", "3.jsonl", "--report", "jsonl:all.jsonl", "--json")

    parts = [contents(tmp_path / f"out{number}") for number in (1, 2, 3)]
    assert all(parts)
    assert sum(map(len, parts)) == 40 == len({name for part in parts for name in part})
    assert merged.returncode == 0
    assert json.loads(merged.stdout)["documents"] == 40
    assert len(records(tmp_path / "all.jsonl")) == 40


@pytest.fixture
def started():
    """Return a function that starts `docpack batch` in a session of its own; what is left of it ends with the test."""
    processes = []

    def start(environment, folder, *arguments, stdin=None):
        command = [sys.executable, "-m", "docpack", "batch", *arguments]
        pipes = {"stdin": stdin, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        processes.append(subprocess.Popen(command, cwd=folder, env=environment, start_new_session=True, **pipes))
        return processes[-1]

    yield start
    for each in processes:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(each.pid, signal.SIGKILL)
        with each:
            pass


NAMED = ("--files-from", "-", "--base", "in", "-d", "out", "-t", "faulty")


def wait_for_outputs(folder, count):
    for _ in range(600):
        if len(list(folder.glob("*.faulty"))) >= count:
            return
        time.sleep(0.05)
    pytest.fail("no output came")


def all_gone(session):
    """Tell whether all processes of a session end within seconds."""
    for _ in range(100):
        found = subprocess.run(["ps", "-s", str(session), "-o", "pid="], capture_output=True, text=True, check=False)
        if not found.stdout.split():
            return True
        time.sleep(0.05)
    return False


def test_outputs_come_while_names_do(started, texts, environment, tmp_path):
    texts({f"t{number}.txt": f"   Text {number}.\n" for number in range(4)})
    process = started(environment, tmp_path, *NAMED, stdin=subprocess.PIPE)

    process.stdin.write(b"in/t0.txt\nin/t1.txt\n")
    process.stdin.flush()
    wait_for_outputs(tmp_path / "out", 2)
    process.stdin.write(b"in/t2.txt\n")
    process.stdin.flush()
    wait_for_outputs(tmp_path / "out", 3)
    _, said = process.communicate(b"in/t3.txt", timeout=60)

    assert process.returncode == 0, said
    assert len(contents(tmp_path / "out")) == 4


@pytest.mark.skipif(os.name == "nt", reason="signals are those of POSIX")
def test_ctrl_c_ends_a_run_whose_names_do_not_come(started, texts, environment, tmp_path):
    texts({"t0.txt": "   Text.\n"})
    process = started(environment, tmp_path, *NAMED, stdin=subprocess.PIPE)
    process.stdin.write(b"in/t0.txt\n")
    process.stdin.flush()
    wait_for_outputs(tmp_path / "out", 1)

    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(60) == 130
    said = process.stderr.read()
    process.communicate()

    assert b"--resume" in said
    assert b"rror" not in said
    assert all_gone(process.pid)


@pytest.mark.skipif(
    "forkserver" not in multiprocessing.get_all_start_methods(), reason="there is no server of processes"
)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_workers_are_being_loaded_leaves_nothing(started, texts, environment, tmp_path, number):
    texts({f"t{each}.txt": "   SLOW\n" for each in range(20)})
    (tmp_path / "temporary").mkdir()
    there = {**environment, "TMPDIR": str(tmp_path / "temporary")}
    process = started(there, tmp_path, "in", "-d", "out", "-t", "faulty")
    while process.poll() is None and not list((tmp_path / "temporary").glob("pymp-*")):
        time.sleep(0.001)

    os.killpg(process.pid, number) if number == signal.SIGINT else process.send_signal(number)
    _, said = process.communicate(timeout=60)

    # Python ends by SIGINT itself where that came while it ran `exec`, as dataclasses do; to a shell that is 130, too.
    assert process.returncode in {130, -signal.SIGINT}, said
    assert b"Traceback" not in said
    assert all_gone(process.pid)
    assert not list((tmp_path / "temporary").glob("pymp-*"))


@pytest.mark.skipif(
    "forkserver" not in multiprocessing.get_all_start_methods(), reason="there is no server of processes"
)
def test_workers_that_cannot_be_started_are_told_of(batch, texts, tmp_path):
    texts({"t.txt": "   Text.\n"})
    folder = tmp_path / ("x" * 120)  # a socket in there has a name that is too long
    folder.mkdir()

    done = batch("in", "-d", "out", "-t", "tei", TMPDIR=str(folder))

    assert done.returncode == 1
    assert b"error: no worker can be started: " in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="signals are those of POSIX")
def test_ctrl_c_ends_in_seconds_and_resume_goes_on(started, batch, texts, environment, tmp_path):
    texts({f"t{number:03}.txt": f"   SLOW {number}\n" for number in range(40)})
    process = started(environment, tmp_path, "in", "-d", "out", "-t", "faulty", "-j", "2")
    wait_for_outputs(tmp_path / "out", 2)

    os.killpg(process.pid, signal.SIGINT)
    began = time.monotonic()
    _, said = process.communicate(timeout=60)

    assert process.returncode == 130, said
    assert time.monotonic() - began < 30
    assert b"--resume" in said
    assert all_gone(process.pid)
    assert not list((tmp_path / "out").glob(".*"))
    assert len(contents(tmp_path / "out")) < 40
    done = batch("in", "-d", "out", "-t", "faulty", "--resume", "--no-cache", "--report", "jsonl:r.jsonl")
    assert done.returncode == 0
    assert len(contents(tmp_path / "out")) == 40
    assert len(records(tmp_path / "r.jsonl")) == 40


@pytest.mark.skipif(os.name == "nt", reason="signals are those of POSIX")
def test_a_killed_run_leaves_no_orphans_and_is_resumed(started, batch, texts, environment, tmp_path):
    texts({f"t{number:03}.txt": f"   {'SEGFAULT' if number == 3 else 'SLOW'} {number}\n" for number in range(24)})
    process = started(environment, tmp_path, "in", "-d", "out", "-t", "faulty", "--no-cache")
    wait_for_outputs(tmp_path / "out", 4)

    process.kill()
    process.communicate()

    assert all_gone(process.pid)
    made_before = contents(tmp_path / "out")
    done = batch("in", "-d", "out", "-t", "faulty", "--resume", "--no-cache", "--report", "jsonl:r.jsonl")
    assert done.returncode == 1
    found = records(tmp_path / "r.jsonl")
    assert [each["status"] for each in found] == ["crashed" if each == 3 else "built" for each in range(24)]
    assert len(contents(tmp_path / "out")) == 23
    assert not list((tmp_path / "out").glob(".*"))
    assert len(made_before) > 0


def test_resume_with_nothing_to_resume_starts_afresh(batch, texts, tmp_path):
    texts(3)

    done = batch("in", "-d", "out", "-t", "json", "--resume")

    assert done.returncode == 0
    assert len(contents(tmp_path / "out")) == 3


def test_each_document_becomes_a_package(batch, texts, tmp_path, environment):
    folder = texts({"a.txt": "   One.\n", "sub/b.txt": "   Two.\n", "c.txt": "\0\0\0\0"})
    (folder / "a.txt.docpack.toml").write_text('[[override]]\ntext = "One."\ndecision = "heading"\n')

    done = batch("in", "-d", "out", "-t", "tei,epub", "--pack", "--report", "jsonl:r")
    again = batch("in", "-d", "out", "-t", "tei,epub", "--pack", "--report", "jsonl:again")

    assert done.returncode == again.returncode == 1
    assert set(contents(tmp_path / "out")) == {"a.tar", "sub/b.tar"}
    assert {each["name"]: each["status"] for each in records(tmp_path / "again")} == {
        "a.txt": "fresh",
        "c.txt": "failed",
        "sub/b.txt": "fresh",
    }
    program = [sys.executable, "-m", "docpack"]
    for name in ("a", "sub/b"):
        package = tmp_path / "out" / f"{name}.tar"
        subprocess.run([*program, "verify", package, "--level", "canonical"], env=environment, check=True)
        subprocess.run([*program, "reproduce", package], env=environment, check=True)
        restored = subprocess.run(
            [*program, "restore", package, "-o", "-"], env=environment, check=True, capture_output=True
        )
        assert restored.stdout == (folder / f"{name}.txt").read_bytes()


def test_what_depends_on_a_format_in_the_package_makes_it_anew(batch, texts, tmp_path):
    texts(1)
    how = [["-t", "tei"], ["-t", "tei"], ["-t", "tei", "--tei-form", "reading"], ["-t", "tei,json"]]

    made = []
    for number, options in enumerate(how):
        batch("in", "-d", "out", "--pack", *options, "--report", f"jsonl:{number}")
        made += [each["status"] for each in records(tmp_path / str(number))]

    assert made == ["built", "fresh", "built", "built"]


def test_a_folder_is_excluded_with_all_that_is_in_it(batch, texts, tmp_path):
    texts({"a.txt": "   One.\n", "drafts/b.txt": "   Two.\n", "drafts/old/c.txt": "   Three.\n"})

    batch("in", "-d", "out", "-t", "json", "--exclude", "drafts/")

    assert set(contents(tmp_path / "out")) == {"a.json"}


@pytest.mark.skipif(os.name == "nt", reason="links need privileges there")
def test_a_link_that_leads_nowhere_fails_by_itself(batch, texts, tmp_path):
    folder = texts({"a.txt": "   One.\n"})
    (folder / "loop.txt").symlink_to("loop.txt")

    done = batch("in", "-d", "out", "-t", "json")

    assert done.returncode == 1
    assert b"loop.txt" in done.stderr
    assert set(contents(tmp_path / "out")) == {"a.json"}


@pytest.mark.skipif(os.name == "nt", reason="there are no such files")
def test_a_report_does_not_take_the_place_of_a_pipe(batch, texts, tmp_path):
    texts(1)
    os.mkfifo(tmp_path / "pipe")

    assert batch("in", "-d", "out", "-t", "json", "--report", "jsonl:pipe").returncode == 4
    assert not (tmp_path / "pipe").is_file()


@pytest.mark.skipif(os.name == "nt", reason="signals are those of POSIX")
def test_ctrl_c_ends_a_batch_that_waits_for_names(texts, environment, tmp_path):
    texts(1)
    command = [sys.executable, "-m", "docpack", "batch", "--files-from", "-", "-d", "out", "-t", "json", "--base", "in"]
    process = subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdin=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    assert process.stdin is not None
    assert process.stderr is not None
    process.stdin.write(b"in/t0000.txt\n")
    process.stdin.flush()
    time.sleep(2)

    os.killpg(process.pid, signal.SIGINT)

    assert process.wait(30) == 130
    process.stdin.close()
    process.stderr.close()
    assert all_gone(process.pid)


def test_merging_counts_what_was_not_run_and_refuses_what_is_cut_short(batch, texts, tmp_path):
    texts({"a.txt": "\0\0\0\0", "b.txt": "   Two.\n"})
    batch("in", "-d", "out", "-t", "json", "--report", "jsonl:r", "--fail-fast")
    lines = (tmp_path / "r").read_bytes().splitlines(keepends=True)
    (tmp_path / "not-run").write_bytes(lines[0].replace(b'"status": "failed"', b'"status": "not-run"'))
    (tmp_path / "cut").write_bytes(lines[0][:-40])
    (tmp_path / "odd").write_bytes(lines[0].replace(b'"findings": []', b'"findings": [{}]'))

    assert batch("merge", "not-run").returncode == 1
    assert batch("merge", "not-run", "r").returncode == batch("merge", "r", "not-run").returncode == 1
    assert batch("merge", "cut").returncode == 3
    assert batch("merge", "odd").returncode == 3


def test_a_cache_that_cannot_be_written_is_no_harm(batch, texts, tmp_path):
    texts(2)
    (tmp_path / "file").write_text("no folder")

    done = batch("in", "-d", "out", "-t", "json", DOCPACK_CACHE_DIR=str(tmp_path / "file"))

    assert done.returncode == 0, done.stderr
    assert len(contents(tmp_path / "out")) == 2


@pytest.mark.skipif(os.name == "nt", reason="the limit is one of POSIX")
@pytest.mark.parametrize(("more", "ending"), [((), "tei.xml"), (("--no-cache",), "tei.xml"), (("--pack",), "tar")])
def test_a_disk_that_takes_no_more_costs_those_documents_only(batch, texts, environment, tmp_path, more, ending):
    texts({"big.txt": "   A line of the text.\n" * 5000, "small.txt": "   One.\n"})
    if not more:
        batch("in", "-d", "before", "-t", "tei")  # what is in the cache has to be written, too
    script = 'ulimit -f 200; exec "$0" -m docpack batch "$@"'  # of 512 octets
    command = ["sh", "-c", script, sys.executable, "in", "-d", "out", "-t", "tei", "--report", "jsonl:r", *more]

    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, timeout=300, check=False)

    big, small = records(tmp_path / "r")
    assert done.returncode == 1, done.stderr
    assert big["status"] == "failed"
    assert f"out/big.{ending} cannot be written: " in big["troubles"][0]["message"]
    assert small["status"] == ("failed" if "--pack" in more else "built")
