"""The calls that `import docpack` offers."""

import io
import multiprocessing
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

import docpack
from docpack.errors import ExitCode, InputError, UsageError
from docpack.metadata import parse_assignments
from docpack.model import Document, Paragraph, Text

TEXT = "   The box was gone, and nobody spoke of it.\n   Nobody ever did.\n"


@pytest.fixture
def folder(tmp_path):
    """Return a folder with two texts."""
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(TEXT + name)
    return tmp_path


def test_the_names_are_functions_whatever_was_imported_before():
    import docpack.conversion
    import docpack.jobs

    assert callable(docpack.convert)
    assert callable(docpack.read)


def test_a_path_its_bytes_and_an_open_file_give_one_document(folder):
    path = folder / "a.txt"

    with path.open("rb") as file:
        documents = [
            docpack.read(path),
            docpack.read(str(path)),
            docpack.read(path.read_bytes(), name="a.txt"),
            docpack.read(file),
        ]

    assert all(document == documents[0] for document in documents)


def test_a_file_that_is_open_as_text_is_refused():
    with pytest.raises(UsageError, match="open as text"):
        docpack.read(io.StringIO("abc"))


def test_what_is_written_by_the_library_and_by_a_conversion_is_the_same(folder):
    result = docpack.convert(
        folder / "a.txt", to=["epub", "docx", "tei", "json", "html", "pandoc"], output_dir=folder / "out"
    )

    document = docpack.read(folder / "a.txt")
    for name, target in result.outputs.items():
        assert docpack.write(document, name) == Path(target).read_bytes(), name


def test_one_format_may_be_a_string(folder):
    assert list(docpack.convert(folder / "a.txt", to="json").outputs) == ["json"]


def test_a_conversion_that_fails_raises(folder):
    with pytest.raises(InputError, match="there is no file"):
        docpack.convert(folder / "none.txt", folder / "x.epub")


def test_many_files_come_in_their_order_with_their_failures(folder):
    sources = [folder / "b.txt", folder / "none.txt", folder / "a.txt"]

    results = list(docpack.convert_many(sources, to=["json"], output_dir=folder / "out"))

    assert [result.source for result in results] == [str(path) for path in sources]
    assert [result.exit_code for result in results] == [ExitCode.OK, ExitCode.INPUT, ExitCode.OK]


def test_many_files_are_converted_lazily(folder):
    results = docpack.convert_many(iter([folder / "a.txt", folder / "b.txt"]), to="json", output_dir=folder / "out")

    next(results)

    assert [path.name for path in (folder / "out").iterdir()] == ["a.json"]


def test_an_executor_does_the_same(folder):
    sources = [folder / "a.txt", folder / "none.txt", folder / "b.txt"]
    changes = parse_assignments(["title=T"])

    with ProcessPoolExecutor(2) as executor:
        results = list(
            docpack.convert_many(sources, to=["json"], output_dir=folder / "out", changes=changes, executor=executor)
        )

    assert [result.ok for result in results] == [True, False, True]
    assert "there is no file" in results[1].errors[""].message


def test_two_inputs_never_become_one_output(folder):
    (folder / "sub").mkdir()
    (folder / "sub/a.txt").write_text(TEXT)

    results = list(docpack.convert_many([folder / "a.txt", folder / "sub/a.txt"], to="json", output_dir=folder / "out"))

    assert [result.ok for result in results] == [True, False]
    assert "would both become" in results[1].errors[""].message


@pytest.mark.parametrize("target", ["a.txt", "sub/../a.txt"])
def test_an_input_is_never_overwritten(folder, target):
    (folder / "sub").mkdir()

    with pytest.raises(UsageError, match="would be overwritten"):
        docpack.convert(folder / "a.txt", folder / target, to=["json"])


@pytest.mark.parametrize(
    ("name", "options"),
    [("epub", {"css": "x.css"}), ("pdf", {"toc": "yes"}), ("tei", {"form": "short"}), ("epub", {"colour": 1})],
)
def test_a_wrong_option_is_an_error_of_ours(name, options):
    with pytest.raises(UsageError):
        docpack.write(Document(()), name, options=options)


def test_guesses_that_the_user_replaces_are_not_told():
    context = docpack.Context()

    docpack.read(TEXT.encode(), changes=parse_assignments(["title=T", "language=de"]), context=context)

    assert {finding.code.name for finding in context.findings}.isdisjoint({"M001", "M002", "M003", "M004"})


def test_a_document_of_a_program_has_one_identifier_in_all_formats():
    document = Document((Paragraph((Text("One paragraph."),)),))

    tei, html = (docpack.write(document, name).decode() for name in ("tei", "json"))

    identifier = html.partition('"identifier":{"value":"')[2][:36]
    assert len(identifier) == 36
    assert identifier in tei


def test_a_finding_is_told_once_however_many_formats_are_written(folder):
    (folder / "c.json").write_text(
        '{"docpack":1,"metadata":{"title":"T","language":"en"},"children":[{"type":"paragraph","children":'
        '[{"type":"text","text":"a"},{"type":"note_ref","note":"n9"}]}]}'
    )

    result = docpack.convert(folder / "c.json", to=["epub", "docx", "html"])

    assert [finding.code.name for finding in result.findings].count("W003") == 1


def test_many_files_are_converted_by_processes_in_their_order(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(30):
        text = "\0\0\0\0" if number == 7 else f"   The box number {number} was gone.\n"
        (folder / f"{number:02}.txt").write_text(text)

    results = list(docpack.convert_many(sorted(folder.iterdir()), to="json", output_dir=tmp_path, executor="processes"))

    assert [each.source[-6:-4] for each in results] == [f"{number:02}" for number in range(30)]
    assert [number for number, each in enumerate(results) if not each.ok] == [7]
    assert len(list(tmp_path.glob("*.json"))) == 29


@pytest.mark.parametrize("kind", [None, "processes", "threads"])
def test_an_error_of_whoever_gives_the_files_comes_after_their_results(tmp_path, kind):
    from concurrent.futures import ThreadPoolExecutor

    def files():
        for number in range(5):
            path = tmp_path / f"{number}.txt"
            path.write_text("   One.\n")
            yield path
        raise LookupError("no more")

    results = []
    with ThreadPoolExecutor(2) as threads:
        made = docpack.convert_many(files(), to="json", executor=threads if kind == "threads" else kind)
        with pytest.raises(LookupError, match="no more"):
            results.extend(made)

    assert [Path(each.source).name for each in results] == [f"{number}.txt" for number in range(5)]
    assert all(each.ok for each in results)


@pytest.mark.skipif(
    "forkserver" not in multiprocessing.get_all_start_methods(), reason="there is no server of processes"
)
def test_processes_that_a_program_starts_afterwards_hear_of_ctrl_c(tmp_path):
    script = tmp_path / "program.py"
    script.write_text("""
import docpack, multiprocessing, signal

def mask():
    print(signal.pthread_sigmask(signal.SIG_BLOCK, []), signal.getsignal(signal.SIGINT), flush=True)

if __name__ == "__main__":
    list(docpack.convert_many(["a.txt"], to="json", executor="processes"))
    process = multiprocessing.get_context("forkserver").Process(target=mask)
    process.start()
    process.join()
""")
    (tmp_path / "a.txt").write_text("   One.\n")

    done = subprocess.run([sys.executable, script], cwd=tmp_path, capture_output=True, text=True, check=True)

    assert done.stdout == "set() <built-in function default_int_handler>\n"


def test_an_executor_that_takes_no_more_is_told_for_each_file(tmp_path):
    from concurrent.futures import ThreadPoolExecutor

    (tmp_path / "a.txt").write_text("   One.\n")
    executor = ThreadPoolExecutor(1)
    executor.shutdown()

    (result,) = docpack.convert_many([tmp_path / "a.txt"], to="json", executor=executor)

    assert "takes no more" in result.errors[""].message
