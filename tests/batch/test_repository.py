"""A repository of texts: its configuration, what is made anew after a change, and what `--check` says."""

from __future__ import annotations

import json
import os

import pytest

CONFIGURATION = """
inputs = ["in/**/*.txt"]
exclude = ["drafts/**"]
output = "books"
formats = ["epub", "tei"]

[metadata]
publisher = "Harbour Press"

[[rule]]
match = ["poems/**"]
formats = ["tei"]
options = { tei-form = "reading" }
metadata = { author = "Ines Almqvist" }
"""


def contents(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture
def repository(texts, tmp_path):
    texts({"a.txt": "   One.\n", "b.txt": "   Two.\n", "poems/c.txt": "   Three.\n", "drafts/d.txt": "   Four.\n"})
    (tmp_path / "docpack.toml").write_text(CONFIGURATION)
    return tmp_path


@pytest.fixture
def made(batch, tmp_path):
    """Return a function that runs a batch and gives the outputs that were built or restored, and not there already."""

    def run(*arguments, **more):
        done = batch(*arguments, "--report", "jsonl:r.jsonl", **more)
        assert done.returncode == 0, done.stderr
        lines = (tmp_path / "r.jsonl").read_text().splitlines()
        outputs = [each for line in lines for each in json.loads(line)["outputs"]]
        return {each["path"].removeprefix("books/"): each["made"] for each in outputs if each["made"] != "there"}

    return run


ALL = {"a.epub", "a.tei.xml", "b.epub", "b.tei.xml", "poems/c.tei.xml"}


def test_a_repository_says_what_becomes_of_its_texts(batch, repository):
    assert batch().returncode == 0

    found = contents(repository / "books")
    assert set(found) == ALL
    assert b"<publisher>Harbour Press" in found["a.tei.xml"]
    assert b"<lb" in found["a.tei.xml"]
    assert b"<lb" not in found["poems/c.tei.xml"]
    assert b"Almqvist" in found["poems/c.tei.xml"]
    assert b"Almqvist" not in found["a.tei.xml"]


def test_it_says_so_from_any_folder_of_the_repository(batch, repository):
    assert batch(cwd=repository / "in" / "poems").returncode == 0

    assert set(contents(repository / "books")) == ALL


def test_the_command_line_wins(batch, repository):
    done = batch("-t", "json", "-d", "other", "-M", "publisher=Mine")

    assert done.returncode == 0, done.stderr
    found = contents(repository / "other")
    assert set(found) == {"a.json", "b.json", "poems/c.json"}
    assert json.loads(found["poems/c.json"])["metadata"]["publisher"] == "Mine"


def test_pyproject_serves_as_well(batch, repository):
    text = CONFIGURATION.replace("[metadata]", "[tool.docpack.metadata]").replace("[[rule]]", "[[tool.docpack.rule]]")
    (repository / "docpack.toml").unlink()
    (repository / "pyproject.toml").write_text("[project]\nname = 'x'\n\n[tool.docpack]" + text)

    assert batch().returncode == 0

    assert set(contents(repository / "books")) == ALL


def test_a_second_run_makes_nothing(made, repository):
    assert set(made()) == ALL
    assert made() == {}


@pytest.mark.parametrize(
    ("change", "remade"),
    [
        pytest.param(lambda r: (r / "in/a.txt").write_text("   Other.\n"), {"a.epub", "a.tei.xml"}, id="text"),
        pytest.param(
            lambda r: (r / "in/b.txt.docpack.toml").write_text('[[override]]\ntext = "Two."\ndecision = "heading"\n'),
            {"b.epub", "b.tei.xml"},
            id="overrides",
        ),
        pytest.param(lambda r: edit(r, '"reading"', '"archival"'), {"poems/c.tei.xml"}, id="option-of-a-rule"),
        pytest.param(lambda r: edit(r, "Ines", "Inez"), {"poems/c.tei.xml"}, id="metadata-of-a-rule"),
        pytest.param(lambda r: edit(r, "Harbour", "Haven"), ALL, id="metadata"),
        pytest.param(
            lambda r: edit(r, '["epub", "tei"]', '["epub", "tei", "json"]'), {"a.json", "b.json"}, id="format"
        ),
        pytest.param(lambda r: (r / "in/e.txt").write_text("   Five.\n"), {"e.epub", "e.tei.xml"}, id="new-text"),
        pytest.param(lambda r: (r / "books/a.epub").unlink(), {"a.epub"}, id="lost-output"),
        pytest.param(lambda r: (r / "books/a.epub").write_bytes(b"edited"), {"a.epub"}, id="edited-output"),
        pytest.param(
            lambda r: edit(r, "[metadata]", 'options = { css = "s.css" }\n[metadata]', css="p {}"),
            {"a.epub", "b.epub"},
            id="style-sheet",
        ),
    ],
)
def test_a_change_makes_anew_what_depends_on_it_and_nothing_else(made, repository, change, remade):
    made()

    change(repository)

    assert set(made()) == remade
    assert made() == {}


def edit(repository, old, new, css=""):
    path = repository / "docpack.toml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    if css:
        (repository / "s.css").write_text(css)


def test_a_template_that_changes_makes_its_outputs_anew(made, repository):
    edit(repository, "[metadata]", 'options = { css = "s.css" }\n[metadata]', css="p { margin: 0 }")
    made()

    (repository / "s.css").write_text("p { margin: 1em }")

    assert set(made()) == {"a.epub", "b.epub"}


def test_an_output_that_was_made_before_is_restored_from_the_cache(made, repository):
    made()
    (repository / "in/a.txt").write_text("   Other.\n")
    made()
    (repository / "in/a.txt").write_text("   One.\n")

    assert made() == {"a.epub": "restored", "a.tei.xml": "restored"}


def test_a_damaged_cache_is_no_harm(made, repository, tmp_path):
    made()
    before = contents(repository / "books")
    for path in (tmp_path / "cache").rglob("*"):
        if path.is_file():
            head, _, outputs = path.read_bytes().partition(b"\n")
            path.write_bytes(head + b"\n" + b"?" * len(outputs))
    for path in (repository / "books").rglob("*.epub"):
        path.unlink()

    assert "restored" not in made().values()
    assert contents(repository / "books") == before


def test_a_cache_may_be_moved(made, repository, tmp_path):
    made()
    (tmp_path / "cache").rename(tmp_path / "moved")
    for path in (repository / "books").rglob("*.*"):
        path.unlink()

    again = made(DOCPACK_CACHE_DIR=str(tmp_path / "moved"))

    assert again == dict.fromkeys(ALL, "restored")


def test_pruning_removes_what_was_not_used_for_longest_and_says_so(batch, made, repository, tmp_path):
    made()
    kept = sorted(path for path in (tmp_path / "cache" / "v1").rglob("*") if path.is_file())
    for number, path in enumerate(kept):
        os.utime(path, (1_000_000_000 + number, 1_000_000_000 + number))
    sizes = [path.stat().st_size for path in kept]

    nothing = batch("--prune-cache", "--json")
    some = batch("--prune-cache", str(sum(sizes[1:])))
    all_of_it = batch("--prune-cache", "0", "--json")

    left = {"left": 3, "left_bytes": sum(sizes)}
    assert json.loads(nothing.stdout) == {"cache": str(tmp_path / "cache"), "removed": 0, "removed_bytes": 0, **left}
    said = f"1 document removed from {tmp_path / 'cache'}, {sizes[0]} bytes; 2 documents left, {sum(sizes[1:])} bytes\n"
    assert some.stdout.decode() == said
    assert json.loads(all_of_it.stdout)["removed"] == 2
    assert batch("--prune-cache", "--json").returncode == 0
    assert batch("in", "-d", "out", "-t", "tei", "--prune-cache", "1G").returncode == 2


def test_what_a_run_found_in_the_cache_counts_as_used(made, repository, tmp_path):
    made()
    kept = [path for path in (tmp_path / "cache" / "v1").rglob("*") if path.is_file()]
    for path in kept:
        os.utime(path, (1_000_000_000, 1_000_000_000))

    made()

    assert min(path.stat().st_mtime for path in kept) > 1_000_000_000


def test_another_version_makes_everything_anew(made, repository, monkeypatch):
    from docpack.batch.keys import Ingredients
    from docpack.jobs import Job

    job = Job("a.txt", (("epub", "a.epub"),))
    one = Ingredients(job, 0).keys("a.txt", b"")
    monkeypatch.setattr("docpack.__version__", "99")
    other = Ingredients(job, 0).keys("a.txt", b"")
    monkeypatch.undo()
    monkeypatch.setattr("docpack.batch.keys._versions", lambda name: (("ebooklib", "99"),))
    another = Ingredients(job, 0).keys("a.txt", b"")

    assert len({one.document, other.document}) == 2
    assert one.document == another.document
    assert len({each.outputs["epub"] for each in (one, other, another)}) == 3


def test_check_says_what_is_missing_stale_or_edited(batch, repository):
    batch()
    assert batch("--check").returncode == 0
    (repository / "in/a.txt").write_text("   Other.\n")
    (repository / "books/b.epub").write_bytes(b"edited")
    (repository / "books/b.tei.xml").unlink()
    edit(repository, '"reading"', '"archival"')

    done = batch("--check")

    assert done.returncode == 1
    assert done.stdout.decode().splitlines() == [
        "stale  books/a.epub  (its text was changed)",
        "stale  books/a.tei.xml  (its text was changed)",
        "edited  books/b.epub  (it is not the file that was made)",
        "missing  books/b.tei.xml",
        "stale  books/poems/c.tei.xml  (an option, its metadata or its overrides were changed)",
    ]


def test_check_names_outputs_whose_text_is_gone(batch, repository):
    batch()
    (repository / "in/a.txt").unlink()

    done = batch("--check")

    assert done.returncode == 1
    assert b"orphaned  books/a.epub" in done.stdout


def test_a_full_check_says_the_same_and_names_what_no_input_becomes(batch, repository):
    batch()
    (repository / "in/a.txt").write_text("   Other.\n")
    (repository / "books/b.epub").write_bytes(b"edited")
    (repository / "books/b.tei.xml").unlink()
    (repository / "in/poems/c.txt").unlink()
    (repository / "books/old").mkdir()
    (repository / "books/old/d.epub").write_bytes(b"of nobody knows which text")
    (repository / "books/README").write_text("no output")

    fast, full = batch("--check"), batch("--check=full")

    by_lock = [
        "stale  books/a.epub  (its text was changed)",
        "stale  books/a.tei.xml  (its text was changed)",
        "edited  books/b.epub  (it is not the file that was made)",
        "missing  books/b.tei.xml",
        "orphaned  books/poems/c.tei.xml  (its text is gone)",
    ]
    assert fast.stdout.decode().splitlines() == by_lock
    assert full.stdout.decode().splitlines() == [
        *(line.replace("its text was changed", "made anew, it comes out differently") for line in by_lock),
        "orphaned  books/old/d.epub  (no input becomes it)",
    ]


def test_outputs_of_a_format_that_is_not_made_any_more_are_orphaned(batch, repository):
    batch()
    edit(repository, '["epub", "tei"]', '["tei"]')

    for how in ("--check", "--check=full"):
        assert batch(how).stdout.decode().splitlines() == [
            f"orphaned  books/{name}.epub  (its format is not made any more)" for name in "ab"
        ]


@pytest.mark.parametrize("part", [["in/a.txt"], ["--shard", "1/2"], ["--exclude", "a.txt"], ["--base", "."]])
@pytest.mark.parametrize("how", ["--check", "--check=full"])
def test_a_check_of_a_part_takes_nothing_for_orphaned(batch, repository, part, how):
    batch()

    assert b"orphaned" not in batch(how, *part).stdout


def test_without_a_configuration_folders_are_checked_whole_and_files_are_not(batch, texts, tmp_path):
    texts({"a.txt": "   One.\n", "b.txt": "   Two.\n"})
    batch("in", "-d", "out", "-t", "json")
    (tmp_path / "in" / "b.txt").unlink()

    of_folder = batch("in", "-d", "out", "-t", "json", "--check=full")
    of_file = batch("in/a.txt", "-d", "out", "-t", "json", "--check=full")

    assert of_folder.stdout == b"orphaned  out/b.json  (no input becomes it)\n"
    assert of_folder.returncode == 1
    assert of_file.returncode == 0


def test_check_writes_nothing(batch, repository, tmp_path):
    batch()
    (repository / "in/a.txt").write_text("   Other.\n")
    before = contents(tmp_path)

    batch("--check")
    batch("--check=full")

    assert contents(tmp_path) == before


def test_full_check_makes_everything_anew_and_needs_no_lock(batch, repository):
    batch()
    (repository / "docpack.lock").unlink()
    assert batch("--check=full").returncode == 0

    (repository / "books/a.tei.xml").write_bytes(b"edited")
    done = batch("--check=full", "--json")

    assert done.returncode == 1
    assert [(each["kind"], each["path"]) for each in json.loads(done.stdout)["outputs"]] == [
        ("stale", "books/a.tei.xml")
    ]


def test_the_lock_says_the_same_on_every_machine(batch, repository):
    batch()
    lock = (repository / "docpack.lock").read_bytes()
    (repository / "docpack.lock").unlink()

    batch("--no-cache", "-j", "1", TZ="Asia/Tokyo", LANG="C", PYTHONHASHSEED="7")

    assert (repository / "docpack.lock").read_bytes() == lock


def test_a_damaged_lock_is_told_of_before_anything_is_done(batch, repository):
    (repository / "docpack.lock").write_text('{"docpack.lock": 1, "versions": {}}\n<<<<<<< ours\n')

    done = batch("--report", "jsonl:r")

    assert done.returncode == 2
    assert b"docpack.lock is damaged" in done.stderr
    assert not (repository / "books").exists()
    assert not (repository / "r").exists()
    assert batch("-d", "preview").returncode == 0, "a run that is not as configured has no business with the lock"


def test_a_part_of_the_inputs_leaves_the_rest_of_the_lock(batch, repository):
    batch()
    lock = (repository / "docpack.lock").read_bytes()

    batch("in/a.txt")
    batch("c.txt", cwd=repository / "in" / "poems")

    assert set(contents(repository / "books")) == ALL
    assert (repository / "docpack.lock").read_bytes() == lock


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[metadata]", "[metdata]", "docpack.toml:7: metdata: there is no such key"),
        ('output = "books"', "output = 3", "docpack.toml:4: output: it cannot be 3"),
        ('formats = ["tei"]', 'formats = ["tie"]', "docpack.toml:12: rule.formats: "),
        ("publisher", "publishr", "docpack.toml:8: metadata.publishr: "),
        ("tei-form", "tei-frm", "docpack.toml:13: rule.options.tei-frm: no option is called tei-frm"),
        ('"reading"', '"redding"', "docpack.toml:13: rule.options.tei-form: it cannot be 'redding'"),
        ('match = ["poems/**"]', "", "rule: a rule matches nothing"),
        ('inputs = ["in/**/*.txt"]', 'inputs = ["in', "docpack.toml is no valid TOML"),
    ],
)
def test_what_a_configuration_says_wrong_is_told_with_its_place(batch, repository, old, new, said):
    edit(repository, old, new)

    done = batch()

    assert done.returncode == 2
    assert said in done.stderr.decode()


def test_print_config_prints_what_holds(batch, repository):
    done = batch("--print-config", "-j", "1")

    held = json.loads(done.stdout)
    assert held["configuration"] == "docpack.toml"
    assert held["formats"] == ["epub", "tei"]
    assert held["metadata"] == {"publisher": "Harbour Press"}
    assert held["rules"][0]["match"] == ["poems/**"]
    assert not (repository / "books").exists()


def test_print_config_prints_what_there_is_where_that_is_not_enough_for_a_run(batch, texts, tmp_path):
    texts(1)
    (tmp_path / "docpack.toml").write_text('inputs = ["in"]\n')

    of_file = json.loads(batch("--print-config").stdout)
    of_nothing = json.loads(batch("--print-config", "--no-config").stdout)

    assert (of_file["inputs"], of_file["output"], of_file["formats"]) == (["in"], None, [])
    assert (of_nothing["configuration"], of_nothing["inputs"], of_nothing["output"]) == (None, [], None)


@pytest.mark.parametrize(
    "arguments",
    [["-d", "preview", "-t", "html"], ["-M", "publisher=Other"], ["--files-from", "-"], ["--tei-form", "reading"]],
)
def test_a_run_that_is_not_as_configured_leaves_the_lock_alone(batch, repository, arguments):
    batch()
    lock = (repository / "docpack.lock").read_bytes()

    done = batch(*arguments, stdin=b"in/a.txt\n")

    assert done.returncode == 0, done.stderr
    assert b"docpack.lock was left as it is" in done.stderr
    assert (repository / "docpack.lock").read_bytes() == lock


def test_another_configuration_has_another_lock(batch, repository):
    batch()
    lock = (repository / "docpack.lock").read_bytes()
    (repository / "b.toml").write_text('inputs = ["in"]\noutput = "other"\nformats = ["json"]\n')

    batch("--config", "b.toml")

    assert (repository / "docpack.lock").read_bytes() == lock
    assert batch("--config", "b.toml", "--check").returncode == 0


def test_what_is_left_of_a_text_that_is_gone_is_told(batch, repository):
    batch()
    (repository / "in" / "b.txt").unlink()

    done = batch()

    assert b"books/b.epub is left of a text or a format that is gone" in done.stderr


@pytest.mark.parametrize(
    "damage",
    [
        lambda line: line.replace(b'"size_bytes": ', b'"size_bytes": "x", "y": '),
        lambda line: line.replace(b'"confidences": [', b'"confidences": ["x", '),
        lambda line: b"{}\n",
        lambda line: b"\n",
    ],
)
def test_a_damaged_line_of_the_cache_is_as_none(made, repository, tmp_path, damage):
    made()
    before = contents(repository / "books")
    for path in (tmp_path / "cache" / "v1").rglob("*"):
        if path.is_file():
            head, _, outputs = path.read_bytes().partition(b"\n")
            path.write_bytes(damage(head + b"\n") + outputs)

    assert set(made().values()) <= {"built"}
    assert contents(repository / "books") == before


@pytest.mark.skipif(os.name == "nt", reason="a folder there is no file that cannot be read")
def test_overrides_that_cannot_be_read_are_told_although_the_outputs_are_there(batch, repository):
    batch()
    (repository / "in" / "a.txt.docpack.toml").mkdir()

    done = batch()

    assert done.returncode == 1
    assert b"a.txt.docpack.toml" in done.stderr


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("jobs = inf", "docpack.toml:1: jobs"),
        ("jobs = nan", "docpack.toml:1: jobs"),
        ("jobs = 0", "docpack.toml:1: jobs"),
        ("jobs = 100000000000000000000", "docpack.toml:1: jobs"),
        ("timeout = " + "9" * 400, "docpack.toml:1: timeout"),
        ("x = " + "[" * 20_000, "nested too deeply"),
        ('exclude = ["[z-a].txt"]', "is no pattern"),
        ('output = "o\\u0000b"', "cannot be written"),
    ],
)
def test_what_makes_no_sense_in_a_configuration_is_told(batch, repository, line, said):
    path = repository / "docpack.toml"
    rest = path.read_text()
    for name in ("output", "exclude"):
        if line.startswith(name):
            rest = "\n".join(each for each in rest.splitlines() if not each.startswith(name))
    path.write_text(f"{line}\n{rest}")

    done = batch()

    assert done.returncode in (2, 4), done.stderr
    assert said in done.stderr.decode()


def test_a_table_of_another_program_is_none_of_ours(batch, repository):
    (repository / "in" / "pyproject.toml").write_text("[tool.docpack-gemtext]\nx = 1\n")

    assert batch("--print-config", cwd=repository / "in").stdout.count(b"docpack.toml") == 1


def test_a_password_is_in_no_key_and_the_library_that_reads_a_pdf_is(monkeypatch):
    from docpack.batch import keys
    from docpack.jobs import Job
    from docpack.plugins import NamedBytes

    def key_of(data, **options):
        return keys.Ingredients(Job("a", (("tei", "a.xml"),), reader_options=options), 0).keys("a", data).document

    pdf, text = key_of(b"%PDF-1.7"), key_of(b"a text")

    assert key_of(b"%PDF-1.7", password=NamedBytes(b"a dark horse", "p.txt")) == pdf
    monkeypatch.setattr(keys, "reading_versions", lambda reader: {"pypdf": "0"})
    assert key_of(b"%PDF-1.7") != pdf
    assert key_of(b"a text") == text
