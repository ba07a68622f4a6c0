"""The entrance to every check: `nox` runs those that a change has to pass, `nox -l` lists all of them."""

from __future__ import annotations

from pathlib import Path

import nox

nox.needs_version = ">=2025.2"
nox.options.sessions = ["lint", "types", "tests"]
nox.options.reuse_existing_virtualenvs = True
nox.options.error_on_external_run = True

PROJECT = nox.project.load_toml("pyproject.toml")


def _tools(group: str) -> list[str]:
    """Return the pinned tools of a dependency group of pyproject.toml."""
    return list(nox.project.dependency_groups(PROJECT, group))


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, formatting and layers; `nox -s lint -- --fix` mends what can be mended."""
    session.install(*_tools("lint"))
    fix = "--fix" in session.posargs
    session.run("ruff", "check", *(["--fix"] if fix else []))
    session.run("ruff", "format", *([] if fix else ["--check"]))
    session.run("lint-imports", "--no-logo", "--no-cache", env={"PYTHONPATH": "src"})


@nox.session
def types(session: nox.Session) -> None:
    """Check types with mypy, strictly."""
    session.install("-e", ".[test]", *_tools("types"))
    session.run("mypy")


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests; arguments after `--` go to pytest."""
    session.install("-e", ".[test]")
    session.run("pytest", "-q", "-n", "auto", *session.posargs)


@nox.session
def conformance(session: nox.Session) -> None:
    """Convert samples to every format and run the reference validators on the outputs (minutes)."""
    session.install("-e", ".[test]")
    session.run("pytest", "-q", "-n", "2", "-m", "validators", *session.posargs)
    session.run("pytest", "-q", "-m", "endurance", *session.posargs)  # alone, as it counts seconds


@nox.session
def wheel(session: nox.Session) -> None:
    """Build the wheel, install it alone, and run the tests against it instead of the source tree."""
    session.install("build")
    folder = Path(session.create_tmp())
    for old in folder.glob("*.whl"):
        old.unlink()
    session.run("python", "-m", "build", "--wheel", "--outdir", str(folder), ".")
    (built,) = folder.glob("*.whl")
    session.install("--force-reinstall", f"docpack[test] @ {built.resolve().as_uri()}")
    session.run("pytest", "-q", "-n", "auto", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure speed beside pandoc on one generated book; arguments after `--` go to bench/compare.py."""
    session.install("-e", ".", "pypandoc_binary")
    session.run("python", "bench/compare.py", *session.posargs)
