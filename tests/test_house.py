"""What holds for the package as a whole: its version, its public names, and what it costs to import."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import tomllib
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import pytest

import docpack

SOURCE = Path(docpack.__file__).parent
# Every module of the package, by its full name.
MODULES = sorted(
    ".".join(("docpack", *path.relative_to(SOURCE).with_suffix("").parts)).removesuffix(".__init__")
    for path in SOURCE.rglob("*.py")
    if path.name != "__main__.py"
)
# Each of these costs more than all of docpack's own modules together. numpy and scipy train the engine's weights only.
HEAVY = {"distributed", "docx", "ebooklib", "hypothesis", "lxml", "numpy", "pypdf", "rich", "scipy", "typst", "zipfile"}


def loaded_by(statement: str) -> set[str]:
    """Return the top-level modules that a fresh interpreter holds after a statement."""
    script = f"import sys, json\n{statement}\nsys.stderr.write(json.dumps(sorted(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in json.loads(run.stderr)}


def cpu_s(*command: str) -> float:
    """Return the CPU time of a program."""
    import resource  # there is none on Windows

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def times_bare_python(*command: str) -> float:
    """Return how many times the CPU time of `python -c pass` a program takes: the best of many runs, side by side."""
    bare, program = [], []
    for _ in range(20):
        bare.append(cpu_s(sys.executable, "-c", "pass"))
        program.append(cpu_s(*command))
    return min(program) / min(bare)


def test_versions_agree(repository: Path):
    project = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))["project"]

    assert docpack.__version__ == project["version"] == version("docpack")


def test_changelog_begins_with_this_version(repository: Path):
    headings = [
        line for line in (repository / "CHANGELOG.md").read_text("utf-8").splitlines() if line.startswith("## ")
    ]

    assert headings[0].startswith(f"## {docpack.__version__} ")


def test_every_public_name_of_the_package_can_be_had():
    for name in docpack.__all__:
        assert getattr(docpack, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        docpack.nothing  # noqa: B018  # the access is the act


def test_dir_lists_the_public_names():
    assert set(dir(docpack)) >= set(docpack.__all__)


@pytest.mark.parametrize("name", [name for name in MODULES if hasattr(import_module(name), "__all__")])
def test_all_names_exactly_what_is_public(name: str):
    module = import_module(name)
    declared = module.__all__

    assert len(set(declared)) == len(declared)
    for each in declared:
        assert hasattr(module, each), f"{each} is in __all__ and not in the module"


@pytest.mark.parametrize("name", MODULES)
def test_every_module_says_what_it_is(name: str):
    assert (import_module(name).__doc__ or "").strip()


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("import docpack", id="package"),
        pytest.param("import docpack.model, docpack.walk, docpack.ledger", id="model"),
        pytest.param("import docpack.plugins", id="plugins"),
        pytest.param("import docpack.conversion", id="conversion"),
        pytest.param("import docpack.reflow, docpack.readers.text", id="engine"),
        pytest.param(
            "from docpack.plugins import plugins\nfor each in plugins():\n    if each.distribution == 'docpack': each.load()",
            id="all-formats",
        ),
        pytest.param("from docpack.cli import main\ntry: main(['--version'])\nexcept SystemExit: pass", id="version"),
        pytest.param(
            "from docpack.cli import main\ntry: main(['convert', '--help'])\nexcept SystemExit: pass", id="help"
        ),
    ],
)
def test_nothing_heavy_is_imported_before_it_is_needed(statement: str):
    # importlib.metadata imports zipfile by itself from Python 3.11 on, and the scan of plug-ins needs it.
    allowed = (
        {"zipfile"}
        if "zipfile" in loaded_by("import importlib.metadata") and "import docpack" not in statement
        else set()
    )

    assert loaded_by(statement) & HEAVY <= allowed


def test_what_feeds_a_batch_loads_nothing_that_reads_or_writes():
    script = """
import sys
from docpack.cli import main
main(["batch", "--print-config", "-t", "epub,docx,tei,pdf"])
sys.stderr.write(" ".join(sys.modules))
"""
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = set(run.stderr.split())

    assert "docpack.batch.session" in loaded
    assert not loaded & {"docpack.reflow", "docpack.readers.reflowing", "docpack.lowering", "docpack.writers.epub.book"}


def test_importing_the_package_loads_none_of_its_modules():
    script = "import sys, docpack\nprint([name for name in sys.modules if name.startswith('docpack.')])"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert run.stdout == "[]\n"


def test_importing_changes_nothing_in_the_process():
    script = """
import locale, os, signal, sys, warnings, logging
def state():
    return (dict(os.environ), os.getcwd(), locale.setlocale(locale.LC_ALL), list(warnings.filters), list(sys.path),
            signal.getsignal(signal.SIGINT), logging.root.handlers[:], sys.getrecursionlimit(), os.umask(0o22))
os.umask(0o22)
before = state()
import docpack.conversion, docpack.testing
from docpack.plugins import plugins
for each in plugins(): each.load()
assert state() == before
"""
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.skipif(os.name != "posix", reason="CPU time of children is counted on POSIX systems only")
@pytest.mark.parametrize(
    ("command", "limit"),
    [
        pytest.param((sys.executable, "-c", "import docpack"), 2.0, id="import-docpack"),
        # Some forty frozen dataclasses, 0.7 ms each; 4.7 was measured.
        pytest.param((sys.executable, "-c", "import docpack.model"), 6.0, id="import-model"),
        pytest.param((str(Path(sys.executable).with_name("docpack")), "--version"), 2.2, id="docpack-version"),
    ],
)
def test_start_up_costs_little_more_than_python_itself(command: tuple[str, ...], limit: float):
    # Three attempts: what else runs on the machine can only make it slower.
    ratios: list[float] = []
    while len(ratios) < 3 and (not ratios or ratios[-1] >= limit):
        ratios.append(times_bare_python(*command))

    assert min(ratios) < limit, ratios


def test_no_module_reads_the_clock_the_locale_or_chance():
    """Same input, same bytes: these calls have no place in the package, but for the one door to the clock."""
    forbidden = {
        "now",
        "utcnow",
        "today",
        "time_ns",
        "uuid1",
        "uuid4",
        "urandom",
        "getpreferredencoding",
        "gethostname",
        "strxfrm",
    }
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if path.name != "clock.py" and isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                assert node.func.attr not in forbidden, f"{path.name}:{node.lineno} calls {node.func.attr}()"


def test_files_are_opened_with_an_encoding():
    script = "import docpack.conversion, docpack.testing\nfrom docpack.plugins import plugins\nfor each in plugins(): each.load()"
    subprocess.run(
        [sys.executable, "-X", "warn_default_encoding", "-W", "error::EncodingWarning:docpack", "-c", script],
        check=True,
    )


def test_every_declared_dependency_is_used_and_no_other():
    """What `pyproject.toml` asks people to install is what the package imports."""
    names = {"docx": "python-docx", "ebooklib": "ebooklib", "lxml": "lxml", "pypdf": "pypdf", "typst": "typst"}
    imported = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                imported.add(node.module.partition(".")[0])
    # docpack[dask], docpack[progress], docpack[pdfium]; docpack.strategies, for tests
    extras = {"distributed", "rich", "pypdfium2", "hypothesis"}
    foreign = imported - set(sys.stdlib_module_names) - {"docpack"} - extras

    assert foreign <= set(names)


def test_type_information_is_shipped():
    assert (SOURCE / "py.typed").is_file()
