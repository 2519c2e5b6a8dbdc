"""The set-up before CareLoop's own Python: old Pythons, shims that do not work, locks, stamps."""

import ast
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from bootstrap import environments, pythons
from bootstrap.commands import parse
from bootstrap.environments import APP, DEV, RASA, is_fresh
from bootstrap.locks import LOCKS, refuse_hosts
from bootstrap.steps import SetUpFailed, run
from bootstrap.uv import ROOT, pinned_version, version_of


def program(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def python_saying(path: Path, version: str) -> Path:
    return program(path, f"echo {version}")


@pytest.mark.parametrize(
    "file", [ROOT / "careloop", *sorted((ROOT / "bootstrap").glob("*.py"))], ids=lambda file: file.name
)
def test_the_set_up_is_readable_by_python_3_8_and_needs_nothing_installed(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"), feature_version=(3, 8))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in imported} <= sys.stdlib_module_names | {"bootstrap"}


def test_a_shim_that_exits_127_hides_no_working_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "shims" / "python3.10", "exit 127")
    real = python_saying(tmp_path / "real" / "python3.10", "3.10")
    monkeypatch.setenv("PATH", f"{tmp_path / 'shims'}:{tmp_path / 'real'}:/usr/bin:/bin")
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "none"))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert pythons.find_python(RASA.python, "no-uv", {}) == str(real)


def test_pyenvs_newest_version_is_found_though_no_shim_is_active(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for patch in ("9", "13"):
        python_saying(tmp_path / "versions" / f"3.10.{patch}" / "bin" / "python3", "3.10")
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", "/nowhere")
    found = pythons.find_python(RASA.python, "no-uv", {})
    assert found == str(tmp_path / "versions" / "3.10.13" / "bin" / "python3")


def test_where_no_python_can_be_had_the_message_says_how_to_get_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", "/nowhere")
    uv = program(tmp_path / "uv", "echo offline >&2; exit 2")
    with pytest.raises(SetUpFailed, match=r"pyenv install 3\.10[\s\S]*offline"):
        pythons.find_python(RASA.python, str(uv), dict(os.environ))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose .venv was made from app.txt."""
    monkeypatch.setattr(environments, "ROOT", tmp_path)
    for lock in ("app.txt", "dev.txt"):
        (tmp_path / "requirements").mkdir(exist_ok=True)
        (tmp_path / "requirements" / lock).write_text(f"# {lock}", encoding="utf-8")
    python_saying(tmp_path / ".venv" / "bin" / "python", "3.12")
    (tmp_path / ".venv" / "pyvenv.cfg").write_text("version_info = 3.12.1\n", encoding="utf-8")
    stamp(tmp_path, "app.txt")
    return tmp_path


def stamp(project: Path, lock: str) -> None:
    (project / ".venv" / environments.STAMP).write_text(environments._stamp(APP, lock), encoding="utf-8")


def test_an_environment_is_left_alone_while_its_lock_and_python_are_the_same(project: Path) -> None:
    assert is_fresh(APP)
    (project / "requirements" / "app.txt").write_text("# changed", encoding="utf-8")
    assert not is_fresh(APP)


def test_an_environment_for_development_can_run_careloop_but_not_the_other_way_round(project: Path) -> None:
    assert not is_fresh(DEV)
    stamp(project, "dev.txt")
    assert is_fresh(DEV)
    assert is_fresh(APP)


def test_an_environment_whose_python_has_gone_is_made_again(project: Path) -> None:
    (project / ".venv" / "bin" / "python").unlink()
    assert not is_fresh(APP)


def test_a_failed_step_shows_the_command_and_what_it_said() -> None:
    with pytest.raises(SetUpFailed, match=r"the step failed: .*\n\nout of paper"):
        run("the step", [sys.executable, "-c", "raise SystemExit('out of paper')"])


def test_arguments_after_test_and_bench_belong_to_pytest_and_the_benchmark() -> None:
    assert parse(["test", "-k", "lock", "tests/stack"]).arguments == ["-k", "lock", "tests/stack"]
    assert parse(["bench", "decision", "--customers", "9"]).arguments == ["decision", "--customers", "9"]
    assert parse(["up", "--port", "81"]).port == 81


@pytest.mark.parametrize("port", ["0", "65536", "http"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    with pytest.raises(SystemExit):
        parse(["up", "--port", port])


def test_the_command_explains_itself_without_any_environment() -> None:
    shown = subprocess.run(
        [sys.executable, "-S", "careloop", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for command in ("up", "down", "test", "check", "train", "bench", "migrate", "lock"):
        assert f"\n    {command} " in shown.stdout


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_a_hash_for_every_version_and_no_host(name: str) -> None:
    path = ROOT / "requirements" / name
    refuse_hosts(path)
    text = path.read_text(encoding="utf-8")
    pinned = [line for line in text.splitlines() if "==" in line and not line.lstrip().startswith(("#", "--"))]
    assert pinned
    assert all(line.endswith("\\") for line in pinned)


def test_a_lock_that_names_a_host_is_refused(tmp_path: Path) -> None:
    lock = tmp_path / "app.txt"
    lock.write_text("one==1\ntwo @ https://example.com/two.whl\n", encoding="utf-8")
    with pytest.raises(SetUpFailed, match="line 2"):
        refuse_hosts(lock)


def test_the_installer_is_the_one_that_pyproject_pins() -> None:
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
    assert groups["tools"] == [f"uv=={'.'.join(map(str, pinned_version()))}"]


def test_an_uv_that_does_not_run_has_no_version(tmp_path: Path) -> None:
    assert version_of(str(program(tmp_path / "uv", "exit 127"))) == ()
    assert version_of(str(program(tmp_path / "uv", "echo uv 0.20.1"))) == (0, 20, 1)
