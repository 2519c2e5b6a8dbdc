"""The browser's packages: locked, from any registry, left alone while they are fresh."""

import json
from pathlib import Path

import pytest

from bootstrap import packages
from bootstrap.locks import refuse_hosts
from bootstrap.packages import FILES, STAMP, packages_are_fresh
from bootstrap.uv import ROOT


def test_the_lock_names_no_host_and_a_hash_for_every_package() -> None:
    refuse_hosts(ROOT / "package-lock.json")
    locked = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    named = {name: entry for name, entry in locked.items() if name}
    assert named
    assert all(entry["integrity"].startswith("sha512-") for entry in named.values())


def test_every_package_is_wanted_in_one_exact_version() -> None:
    wanted = json.loads((ROOT / "package.json").read_text("utf-8"))
    assert "scripts" not in wanted
    assert all(version[0].isdigit() for version in wanted["dependencies"].values())


def test_packages_are_left_alone_until_the_lock_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in FILES:
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    monkeypatch.setattr(packages, "ROOT", tmp_path)
    assert not packages_are_fresh()
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / STAMP).write_text(packages._digest(), encoding="utf-8")
    assert packages_are_fresh()
    (tmp_path / "package-lock.json").write_text("{}", encoding="utf-8")
    assert not packages_are_fresh()
