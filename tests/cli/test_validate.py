"""`docpack validate`: what it prints, and with which code it ends. The tools are pretended."""

import json
import os

import pytest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="shell scripts")


@pytest.fixture
def tools(tmp_path):
    """A folder with a qpdf that passes files with `good` in their names, fails those with `bad`, and crashes else."""
    folder = tmp_path / "tools"
    (folder / "bin").mkdir(parents=True)
    script = folder / "bin" / "qpdf"
    script.write_text(
        "#!/bin/sh\n"
        'case "$*" in\n'
        "*--version*) echo qpdf version 11.0.0;;\n"
        "*good*) echo 'No syntax or stream encoding errors found; the file may still contain'; exit 0;;\n"
        '*bad*) echo "WARNING: $2: file is damaged" >&2; exit 2;;\n'
        "*) kill -SEGV $$;;\n"
        "esac\n"
    )
    script.chmod(0o755)
    for name in ("good", "bad", "crash"):
        (tmp_path / f"{name}.pdf").write_bytes(b"%PDF-1.7\n")
    return folder


def validate(docpack, tools, *files, json_too=False):
    extra = ["--json"] if json_too else []
    return docpack("validate", *files, "--only", "qpdf", "--tools", tools, *extra)


@pytest.mark.parametrize(
    ("files", "code"),
    [
        pytest.param(["good.pdf"], 0, id="passed"),
        pytest.param(["bad.pdf"], 5, id="failed"),
        pytest.param(["crash.pdf"], 8, id="no-verdict"),
        pytest.param(["nothing.pdf"], 3, id="missing"),
        pytest.param(["good.pdf", "bad.pdf", "crash.pdf", "nothing.pdf"], 5, id="one-failed"),
        pytest.param(["good.pdf", "nothing.pdf", "crash.pdf"], 3, id="one-unreadable"),
        pytest.param(["good.pdf", "crash.pdf"], 8, id="one-without-verdict"),
    ],
)
def test_the_exit_code_is_that_of_the_worst(docpack, tools, files, code):
    assert validate(docpack, tools, *files).returncode == code


def test_a_line_a_file_and_validator_is_printed_with_the_messages_beneath(docpack, tools):
    done = validate(docpack, tools, "good.pdf", "bad.pdf", "crash.pdf")

    assert done.stdout.decode() == (
        "PASS     qpdf 11.0.0  good.pdf\n"
        "FAIL     qpdf 11.0.0  bad.pdf\n"
        "    error: WARNING: bad.pdf: file is damaged\n"
        "NOT RUN  qpdf 11.0.0  crash.pdf: it was ended by signal 11\n"
    )
    assert done.stderr == b""


def test_a_name_cannot_forge_a_line(docpack, tools, tmp_path):
    name = "bad\nPASS     qpdf 11.0.0  x.pdf"
    (tmp_path / name).write_bytes(b"%PDF-1.7\n")

    done = validate(docpack, tools, name)

    assert [line[:4] for line in done.stdout.decode().splitlines()] == ["NOT "]  # the pretended tool sees `file.pdf`
    assert b"bad\\nPASS" in done.stdout


def test_a_name_that_is_no_text_is_printed_and_kept_from_the_tools(docpack, tools, tmp_path):
    path = os.fsencode(tmp_path) + b"/good\xff.pdf"
    with open(path, "wb") as file:  # noqa: PTH123  # a Path takes no bytes
        file.write(b"%PDF-1.7\n")

    done = docpack("validate", os.fsdecode(b"good\xff.pdf"), "--only", "qpdf", "--tools", tools)

    assert b"good\\udcff.pdf" in done.stdout
    assert done.returncode == 8


def test_json_holds_the_same(docpack, tools):
    done = validate(docpack, tools, "bad.pdf", "nothing.pdf", json_too=True)

    first, second = json.loads(done.stdout)["files"]
    assert first["file"] == "bad.pdf"
    assert [each["outcome"] for each in first["verdicts"]] == ["failed"]
    assert first["verdicts"][0]["messages"][0]["text"] == "WARNING: bad.pdf: file is damaged"
    assert second["error"]["message"] == "there is no file nothing.pdf"
    assert done.returncode == 5


def test_what_is_not_there_is_told_once_with_the_way_to_get_it(docpack, tools, tmp_path):
    (tmp_path / "empty").mkdir()

    done = docpack("validate", "good.pdf", "bad.pdf", "--only", "qpdf", env={"PATH": str(tmp_path / "empty")})

    assert done.returncode == 8
    assert done.stdout.decode().splitlines() == [
        "NOT RUN  qpdf  good.pdf: there is no qpdf",
        "NOT RUN  qpdf  bad.pdf: there is no qpdf",
    ]
    assert done.stderr.decode() == "docpack: not there: qpdf: there is no qpdf; get it: apt install qpdf\n"


def test_a_validator_that_is_not_there_leaves_the_others_their_say(docpack, tools):
    done = docpack("validate", "good.pdf", "--only", "qpdf,page-validation", "--tools", tools)

    assert b"PASS     qpdf" in done.stdout
    if b"NOT RUN  page-validation" in done.stdout:  # it may be installed beside docpack
        assert done.returncode == 0


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param([], id="no-file"),
        pytest.param(["good.pdf", "--only", "nobody"], id="unknown-validator"),
        pytest.param(["good.pdf", "--timeout", "0"], id="no-time"),
        pytest.param(["good.pdf", "--timeout", "nan"], id="no-number"),
        pytest.param(["good.pdf", "--tools", "nowhere"], id="no-folder-of-tools"),
        pytest.param(["good.pdf", "--schemas", "nowhere"], id="no-folder-of-schemas"),
    ],
)
def test_a_wrong_call_is_told(docpack, tools, arguments):
    done = docpack("validate", *arguments)

    assert done.returncode == 2
    assert done.stdout == b""
    assert done.stderr.startswith(b"docpack: error: ")


def test_a_package_in_a_hostile_archive_is_refused(docpack, tmp_path):
    import io
    import tarfile

    with tarfile.open(tmp_path / "evil.tar", "w") as archive:
        info = tarfile.TarInfo("../evil")
        info.size = 1
        archive.addfile(info, io.BytesIO(b"x"))

    done = docpack("validate", "evil.tar")

    assert done.returncode == 3
    assert b"Traceback" not in done.stderr
    assert not (tmp_path.parent / "evil").exists()
