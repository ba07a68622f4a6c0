"""What all tests share: where the sample texts lie, the reference validators, and goldens."""

from __future__ import annotations

import difflib
import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("DOCPACK_SHARED") or REPOSITORY.parent / "shared").resolve()
VALIDATORS = Path(os.environ.get("VALIDATORS_HOME") or Path.home() / ".cache" / "docpack-validators")
IN_CI = bool(os.environ.get("CI"))

# No deadline and no complaint about slow generation: both measure the machine's other work, not docpack's.
settings.register_profile("docpack", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.register_profile("ci", settings.get_profile("docpack"), derandomize=True)
settings.load_profile("ci" if IN_CI else "docpack")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--accept", action="store_true", help="take what docpack writes now as the new goldens, and show the difference"
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--accept") and IN_CI:
        raise pytest.UsageError("--accept makes every golden right; it has no place in CI")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test by the fixtures that it uses, so that no one has to remember to."""
    for item in items:
        for name in ("shared", "validators"):
            if name in getattr(item, "fixturenames", ()):
                item.add_marker(name)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what lacks its data or its tools; in CI that is a failure, or a green run would prove nothing."""
    lacking = ""
    if item.get_closest_marker("shared") and not SHARED.is_dir():
        lacking = f"there are no sample texts in {SHARED}; DOCPACK_SHARED names another place"
    if item.get_closest_marker("validators"):
        lacking = lacking or _missing_validator()
    for needed in item.iter_markers("programs"):
        absent = [name for name in needed.args if not shutil.which(name)]
        lacking = lacking or (f"programs are missing: {', '.join(absent)}" if absent else "")
    if lacking and IN_CI:
        pytest.fail(f"CI is set, so nothing is skipped: {lacking}", pytrace=False)
    if lacking:
        pytest.skip(lacking)


def _missing_validator() -> str:
    if not (SHARED / "validators" / "validate_all.sh").is_file():
        return f"there is no validators/validate_all.sh in {SHARED}"
    if not (VALIDATORS / "venv").is_dir():
        return f"the validators are not installed in {VALIDATORS}; validators/setup.sh in {SHARED} does that"
    missing = [name for name in ("java", "jing", "qpdf", "soffice", "chromium") if not shutil.which(name)]
    return f"programs are missing: {', '.join(missing)}" if missing else ""


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of this repository."""
    return REPOSITORY


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of sample texts, benchmark and validators."""
    return SHARED


@pytest.fixture(scope="session")
def validator_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The validators' schemas, with one change: TEI's Schematron rules for verse and prefixes in XPath alone.

    They use `current()`, which XSLT has and XPath has not, so that validate_all.sh breaks off at every TEI file with
    a line of verse. A variable that holds the context says the same.
    """
    original = SHARED / "validators" / "data"
    folder = tmp_path_factory.mktemp("validator-data")
    for each in original.iterdir():
        if each.name != "tei":
            (folder / each.name).symlink_to(each)
    (folder / "tei").mkdir()
    for each in (original / "tei").iterdir():
        (folder / "tei" / each.name).symlink_to(each)
    rules = (original / "tei" / "tei_all.sch").read_text("utf-8")
    rules = re.sub(
        r"(<sch:rule\b[^>]*>)((?:(?!</sch:rule>).)*current\(\s*\))",
        r'\1<sch:let name="current" value="."/>\2',
        rules,
        flags=re.DOTALL,
    )
    (folder / "tei" / "tei_all.sch").unlink()
    (folder / "tei" / "tei_all.sch").write_text(re.sub(r"current\(\s*\)", "$current", rules), "utf-8")
    return folder


@pytest.fixture(scope="session")
def validators(request: pytest.FixtureRequest) -> Callable[..., None]:
    """A function that fails unless the reference validators pass each of the files it is given."""

    def validate(*files: Path, profiles: str = "2a,ua1") -> None:
        data = request.getfixturevalue("validator_data")
        run = subprocess.run(
            [SHARED / "validators" / "validate_all.sh", *files],
            env={
                **os.environ,
                "PDF_PROFILES": profiles,
                "VALIDATOR_DATA": str(data),
                "ACE_TIMEOUT_INITIAL": "60000",  # milliseconds for its browser to start; 5000 are too few on a cold disk
            },
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        output = run.stdout + run.stderr
        passed = [line for line in run.stdout.splitlines() if line.startswith("PASS ")]
        for file in files:  # an exit code of 0 proves nothing where nothing was checked
            assert any(line.endswith(f" {file}") for line in passed), f"no validator passed {file}\n{output}"
        assert run.returncode == 0, output
        assert run.stdout.endswith("\n0 failed\n"), output

    return validate


@pytest.fixture(scope="session")
def packages() -> ModuleType:
    """What makes small packages for tests, whole and damaged: `tests/making_packages.py`."""
    spec = importlib.util.spec_from_file_location("making_packages", REPOSITORY / "tests" / "making_packages.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, Path], None]:
    """A function that compares a text with the file that holds what is expected; `--accept` writes it."""

    def check(actual: str, path: Path) -> None:
        expected = path.read_text("utf-8") if path.exists() else ""
        if actual == expected and path.exists():
            return
        lines = difflib.unified_diff(expected.splitlines(), actual.splitlines(), str(path), "now", lineterm="", n=1)
        difference = "\n".join(lines)
        if not request.config.getoption("--accept"):
            pytest.fail(f"{difference}\nIf this is right, run pytest --accept.", pytrace=False)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(actual, "utf-8")
        with request.config.pluginmanager.get_plugin("capturemanager").global_and_fixture_disabled():
            print(f"\n{difference}")  # noqa: T201  # what a reviewer is to read

    return check
