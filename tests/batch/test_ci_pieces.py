"""The Action, the GitLab template and the hooks: what they run is run, on the example of a repository."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys

import pytest

yaml = pytest.importorskip("yaml", reason="PyYAML is not installed; it comes with pre-commit")


@pytest.fixture
def repository(batch, tmp_path, request):
    """Return a copy of `examples/ci-repository`."""
    source = request.config.rootpath / "examples" / "ci-repository"
    return shutil.copytree(source, tmp_path / "repository")


@pytest.fixture
def shell(environment, tmp_path):
    """Return a function that runs a script of CI in a folder, with a `docpack` on the path, and gives what became of it."""
    (tmp_path / "bin").mkdir()
    command = tmp_path / "bin" / "docpack"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m docpack "$@"\n')
    command.chmod(0o755)
    path = f"{tmp_path / 'bin'}:{os.environ['PATH']}"

    def run(script, folder, **more):
        done = ["bash", "-e", "-c", script]
        return subprocess.run(
            done, cwd=folder, env={**environment, "PATH": path, **more}, capture_output=True, text=True, check=False
        )

    return run


def test_the_example_goes_from_clean_to_built_to_checked_to_stale(batch, repository):
    assert batch("--check", cwd=repository).returncode == 1
    assert batch(cwd=repository).returncode == 0
    made = sorted(str(path.relative_to(repository)) for path in (repository / "books").rglob("*.*"))
    assert made == [f"books/{stem}{e}" for stem in ("tales/leuchtturm", "tin-box") for e in (".epub", ".tei.xml")]
    assert batch("--check", cwd=repository).returncode == 0

    text = repository / "texts" / "tin-box.txt"
    text.write_text(text.read_text("utf-8").replace("box", "chest"), "utf-8")

    done = batch("--check", cwd=repository)
    assert done.returncode == 1
    assert b"stale  books/tin-box.epub" in done.stdout


def test_the_action_does_what_it_says(repository, shell, request):
    action = yaml.safe_load((request.config.rootpath / "action.yml").read_text("utf-8"))
    steps = action["runs"]["steps"]
    script, prune = [each["run"] for each in steps if "docpack batch" in each.get("run", "")]
    assert all(each.get("shell") == "bash" for each in steps if "run" in each)
    given = "what a workflow gives goes through the environment, and is never part of a script"
    assert "${{" not in script + prune, given

    built = shell(script, repository, ARGS="", GITHUB_STEP_SUMMARY=str(repository / "summary.md"))
    checked = shell(script, repository, ARGS="--check")
    (repository / "texts" / "tin-box.txt").write_text("   Another text.\n")
    stale = shell(script, repository, ARGS="--check")
    kept = shell(prune, repository, CACHE_SIZE=action["inputs"]["cache-size"]["default"])
    emptied = shell(prune, repository, CACHE_SIZE="0")

    assert built.returncode == 0, built.stderr
    assert (repository / "summary.md").read_text().startswith("### docpack: 2 documents")
    assert (repository / "docpack-junit.xml").is_file()
    assert checked.returncode == 0
    assert stale.returncode == 1
    assert kept.stdout.startswith("0 documents removed")
    assert emptied.stdout.startswith("2 documents removed")


def test_the_template_for_gitlab_does_what_it_says(repository, shell):
    template = yaml.safe_load((repository / ".gitlab-ci.yml").read_text("utf-8"))

    books = shell("\n".join(template["books"]["script"]), repository)
    check = shell("\n".join(template["check"]["script"]), repository)

    assert books.returncode == 0, books.stderr
    assert check.returncode == 0
    for name in (template["books"]["artifacts"]["reports"]["junit"], *template["books"]["artifacts"]["paths"]):
        assert (repository / name).exists()


def test_the_workflow_of_the_example_uses_what_the_action_takes(repository, request):
    action = yaml.safe_load((request.config.rootpath / "action.yml").read_text("utf-8"))
    workflow = yaml.safe_load((repository / ".github" / "workflows" / "books.yml").read_text("utf-8"))

    steps = [each for job in workflow["jobs"].values() for each in job["steps"] if "docpack" in each.get("uses", "")]
    assert steps
    assert {name for each in steps for name in each.get("with", {})} <= set(action["inputs"])


@pytest.mark.skipif(importlib.util.find_spec("pre_commit") is None, reason="pre-commit is not installed")
def test_the_hooks_run_under_pre_commit(repository, shell, environment, request):
    """The real pre-commit, against a repository with docpack's hooks; docpack itself is the one under test."""
    hooks = repository.parent / "hooks"
    hooks.mkdir()
    declared = yaml.safe_load((request.config.rootpath / ".pre-commit-hooks.yaml").read_text("utf-8"))
    for each in declared:
        assert each["require_serial"]
        each["language"] = "system"  # else it would be installed from a registry, in another version
    (hooks / ".pre-commit-hooks.yaml").write_text(yaml.safe_dump(declared))
    git = "git init -q -b main && git config user.email a@b.c && git config user.name A && git add -A && git commit -q -m x"
    assert shell(git, hooks).returncode == 0
    (repository / ".pre-commit-config.yaml").write_text(
        yaml.safe_dump({"repos": [{"repo": str(hooks), "rev": "HEAD", "hooks": [{"id": "docpack-check"}]}]})
    )
    pre_commit = f'"{sys.executable}" -m pre_commit run --all-files --verbose'
    home = {"PRE_COMMIT_HOME": str(repository.parent / "pre-commit-home"), "GIT_CONFIG_NOSYSTEM": "1"}
    assert shell(git, repository).returncode == 0
    revision = shell("git rev-parse HEAD", hooks).stdout.strip()
    config = repository / ".pre-commit-config.yaml"
    config.write_text(config.read_text().replace("HEAD", revision))

    before = shell(f"git add -A && {pre_commit}", repository, **home)
    built = shell("docpack batch -q && git add -A", repository)
    after = shell(pre_commit, repository, **home)

    assert before.returncode == 1, before.stdout + before.stderr
    assert "missing  books/tin-box.epub" in before.stdout
    assert built.returncode == 0
    assert after.returncode == 0, after.stdout + after.stderr
