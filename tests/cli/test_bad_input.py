"""Input that is missing, broken or hostile: each with its message, its exit code, and nothing left behind."""

import os
import resource
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

import docpack as library
from docpack.errors import InputError
from docpack.files import read_file
from docpack.testing import full_document, plain_document

BOOK = b"   The box was gone, and nobody in the town ever spoke of it again.\nNobody did.\n" * 40_000


@pytest.mark.parametrize(
    ("data", "words"),
    [
        pytest.param(b"", "empty", id="empty"),
        pytest.param(b" \t\r\n \x0c\n\xc2\xa0\n", "nothing but white space", id="only-blanks"),
        pytest.param(bytes(range(256)) * 40, "binary", id="binary"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(300), "PNG", id="picture"),
        pytest.param(b"PK\x03\x04" + bytes(300), "zip", id="archive"),
        pytest.param(b"a\0b\0\0c" * 400, "NUL", id="nuls"),
        pytest.param("naïve café, ".encode() * 20 + b"br\xffken\n", "byte 282", id="broken-utf-8"),
        pytest.param(b"\xff\xfea\x00b\x00\x00\xd8", "utf-16", id="broken-utf-16"),
        pytest.param(b"x" * 100_000_000, "the limit is 12000000", id="100-MB-on-one-line"),
    ],
)
def test_what_is_no_text_ends_with_3(docpack, tmp_path, data, words):
    (tmp_path / "in.txt").write_bytes(data)

    done = docpack("convert", "in.txt", "-t", "epub,json", "-d", "out")

    assert done.returncode == 3, done.stderr
    assert words in done.stderr.decode()
    assert not (tmp_path / "out").exists()


def test_a_missing_file_ends_with_3(docpack):
    done = docpack("convert", "none.txt", "-o", "x.epub")

    assert done.returncode == 3
    assert b"there is no file none.txt" in done.stderr


@pytest.mark.parametrize("name", ["folder", ".", "..", "/", ""])
def test_a_folder_ends_with_3(docpack, tmp_path, name):
    (tmp_path / "folder").mkdir()

    done = docpack("convert", name, "-o", "x.epub")

    assert done.returncode == 3
    assert b"is a folder" in done.stderr


def test_an_unreadable_file_ends_with_3(tmp_path):
    path = tmp_path / "in.txt"
    if os.geteuid() == 0:  # root may read everything but what cannot be opened at all
        with socket.socket(socket.AF_UNIX) as file:
            file.bind(str(path))
    else:
        path.write_text("text")
        path.chmod(0)

    with pytest.raises(InputError, match="cannot be read"):
        read_file(path)


def test_an_encoding_can_be_named(docpack, tmp_path):
    (tmp_path / "in.txt").write_bytes("Der Kasten war weg, schöner Mist.\n".encode("cp850"))

    done = docpack("convert", "in.txt", "-t", "json", "-o", "-", "--encoding", "cp850")

    assert "schöner" in done.stdout.decode()


@pytest.mark.parametrize(("name", "words"), [("klingon", "no text encoding"), ("ascii", "no valid ascii")])
def test_a_wrong_encoding_ends_with_3(docpack, tmp_path, name, words):
    (tmp_path / "in.txt").write_bytes("schöner".encode())

    done = docpack("convert", "in.txt", "-o", "x.json", "--encoding", name)

    assert done.returncode == 3
    assert words in done.stderr.decode()


FORBIDDEN = (
    "One \x00two \x01three \x08four \x0bfive \x1fsix \x7fseven \x84eight \ufdd0nine \ufffeten \U0001ffffeleven.\n"
)


def test_characters_that_xml_forbids_never_make_a_writer_fail(docpack, tmp_path):
    (tmp_path / "in.txt").write_bytes(FORBIDDEN.encode())

    done = docpack("convert", "in.txt", "-t", "epub,docx,tei,pdf,html,pandoc,json", "-d", "out")
    restored = docpack("restore", "out/in.tei.xml", "-o", "back.txt")

    assert done.returncode == 0, done.stderr
    assert b"R002" in done.stderr
    assert restored.returncode == 0, restored.stderr
    assert (tmp_path / "back.txt").read_bytes() == FORBIDDEN.encode()


@pytest.mark.parametrize("name", ["epub", "docx", "tei", "pdf", "html", "pandoc", "json"])
def test_lone_surrogates_through_the_library_are_left_out_and_told(name):
    document = plain_document("before \ud800 after \udfff end", title="A \udc80 title")
    context = library.Context()

    data = library.write(document, name, context=context)

    assert data
    assert [finding.code.name for finding in context.findings].count("W002") == 1


@pytest.mark.parametrize("name", ["epub", "docx", "tei", "pdf", "html", "pandoc", "json"])
def test_hostile_metadata_never_breaks_an_output(name):
    document = full_document()
    wild = replace(
        document.metadata, title="</title>&\"'<x> \x01 #set $x$ \\ ]]>", description="a\nb\t\x00c", subjects=("<&>",)
    )

    assert library.write(replace(document, metadata=wild), name)


def test_a_million_empty_lines(docpack, tmp_path):
    (tmp_path / "in.txt").write_bytes(b"The end.\n" + b"\n" * 1_000_000 + b"Not yet.\n")

    done = docpack("convert", "in.txt", "-t", "epub,docx,tei,json", "-d", "out")
    restored = docpack("restore", "out/in.tei.xml", "-o", "back.txt")

    assert done.returncode == 0, done.stderr
    assert restored.returncode == 0, restored.stderr
    assert (tmp_path / "back.txt").read_bytes() == (tmp_path / "in.txt").read_bytes()


def test_ever_deeper_indentation(docpack, tmp_path):
    lines = [" " * (level % 1_000) + "- item" if level % 2 else "\t" * (level % 50) + "text" for level in range(10_000)]
    lines += [" " * 100_000 + "deep"]
    (tmp_path / "in.txt").write_text("\n".join(lines))

    done = docpack("convert", "in.txt", "-t", "epub,docx,tei,json", "-d", "out")

    assert done.returncode == 0, done.stderr


def test_nested_input_through_json_is_refused_or_done(docpack, tmp_path):
    deep = '{"type":"block_quote","children":[' * 100_000
    (tmp_path / "in.json").write_text('{"docpack":1,"children":[' + deep)

    done = docpack("convert", "in.json", "-o", "x.epub")

    assert done.returncode == 3, done.stderr


def test_an_output_folder_that_cannot_be_written_ends_with_4(docpack, text, tmp_path):
    (tmp_path / "file").write_text("")

    done = docpack("convert", text, "-t", "epub,json", "-d", "file/out")

    assert done.returncode == 4
    assert b"cannot be written" in done.stderr


def test_an_output_that_is_a_folder_ends_with_4(docpack, text, tmp_path):
    (tmp_path / "x.json").mkdir()

    done = docpack("convert", text, "-o", "x.json")

    assert done.returncode == 4
    assert list((tmp_path / "x.json").iterdir()) == []


def test_a_pipe_is_not_replaced_by_a_file(docpack, text, tmp_path):
    os.mkfifo(tmp_path / "pipe.json")

    done = docpack("convert", text, "-o", "pipe.json")

    assert done.returncode == 4
    assert b"no file" in done.stderr
    assert (tmp_path / "pipe.json").is_fifo()


def test_lists_that_nest_without_end_are_written(docpack, tmp_path):
    (tmp_path / "in.txt").write_text("".join(" " * level + "- item\n" for level in range(1_000)))

    done = docpack("convert", "in.txt", "-t", "epub,docx,tei,pdf,json", "-d", "out")

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("closed", [">&-", ">/dev/full"])
@pytest.mark.parametrize("command", ["--version", "--help", "formats", "convert in.txt -t json -o -", "explain in.txt"])
def test_results_that_cannot_be_written_end_with_4(text, tmp_path, command, closed):
    line = f"{sys.executable} -m docpack {command} {closed}"

    done = subprocess.run(line, shell=True, cwd=tmp_path, stderr=subprocess.PIPE, check=False)

    assert done.returncode == 4, done.stderr
    assert b"Traceback" not in done.stderr


def test_a_closed_standard_input_ends_with_3(tmp_path):
    line = f"{sys.executable} -m docpack convert - -t json -o - <&-"

    done = subprocess.run(line, shell=True, cwd=tmp_path, stderr=subprocess.PIPE, check=False)

    assert done.returncode == 3, done.stderr


@pytest.mark.parametrize("option", ["--css", "--cover", "--metadata-file"])
def test_a_file_that_an_option_reads_is_never_overwritten(docpack, text, tmp_path, option):
    (tmp_path / "mine.epub").write_bytes(b"mine")

    done = docpack("convert", text, "-o", "./mine.epub", option, "mine.epub")

    assert done.returncode == 2
    assert (tmp_path / "mine.epub").read_bytes() == b"mine"


def test_a_disk_that_fills_up_leaves_the_old_output(docpack, text, tmp_path):
    (tmp_path / "x.epub").write_bytes(b"the old one")

    def fill_up():
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, 2_000))

    done = docpack("convert", text, "-o", "x.epub", preexec_fn=fill_up)

    assert done.returncode == 4, done.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.txt", "x.epub"]
    assert (tmp_path / "x.epub").read_bytes() == b"the old one"


def test_a_full_standard_output_ends_with_4(text):
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-m", "docpack", "convert", str(text), "-t", "json", "-o", "-"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)

    assert done.returncode == 4
    assert b"standard output" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_ends_with_130_and_leaves_nothing(tmp_path, number):
    (tmp_path / "in.txt").write_bytes(BOOK)
    command = [sys.executable, "-m", "docpack", "convert", "in.txt", "-t", "epub,docx,tei", "-d", "out"]

    process = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE)
    while process.poll() is None and not (tmp_path / "out" / "in.epub").exists():
        time.sleep(0.01)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)

    assert process.returncode == 130, said
    assert b"interrupted" in said
    assert not list(tmp_path.rglob("*docpack-tmp"))
