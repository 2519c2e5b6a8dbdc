"""What is written down about running CareLoop is what runs."""

import re
from datetime import time
from typing import Any

import yaml
from pydantic import SecretStr

from bootstrap.packages import NODE
from bot.settings import Settings
from bot.stack.folders import ROOT

OPERATING = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
BY_DEFAULT_ELSEWHERE = {None, ""}


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    return loaded["services"]  # type: ignore[no-any-return]


def documented() -> dict[str, str]:
    """Each variable in a table of docs/operating.md with its default as written there."""
    return dict(re.findall(r"^\| `(CARELOOP_\w+)` \| (?:`([^`]*)`)?", OPERATING, re.MULTILINE))


def written(default: object) -> str:
    value = default.get_secret_value() if isinstance(default, SecretStr) else default
    if value in BY_DEFAULT_ELSEWHERE:
        return ""
    if isinstance(value, time):
        return value.isoformat("minutes")
    return str(value).lower() if isinstance(value, bool) else str(value)


def test_the_tables_of_settings_name_every_variable_and_its_default() -> None:
    fields = {f"CARELOOP_{name.upper()}": written(field.default) for name, field in Settings.model_fields.items()}
    assert documented() == fields


def test_the_images_install_from_the_same_locks_on_the_same_pythons() -> None:
    installed = re.findall(r"uv pip sync --require-hashes .* requirements/(\w+\.txt)", DOCKERFILE)
    bases = set(re.findall(r"^FROM python:(\d\.\d+)-", DOCKERFILE, re.MULTILINE))
    assert sorted(installed) == ["app.txt", "rasa.txt"]
    assert bases == {"3.12", "3.10"}
    assert DOCKERFILE.count("pip install --no-cache-dir --require-hashes -r requirements/tools.txt") == 2


def test_the_images_copy_only_what_exists_and_what_the_build_is_sent() -> None:
    sent = {
        line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line.startswith("!")
    }
    copied = {
        word for line in re.findall(r"^COPY (?!--from)(.*) \S+$", DOCKERFILE, re.MULTILINE) for word in line.split()
    }
    assert {name.split("/")[0] for name in copied} == sent
    assert [name for name in copied if not (ROOT / name).exists()] == []


def test_rasa_is_trained_and_run_in_its_image_as_by_the_launcher() -> None:
    for part in ("--config config.yml --domain nlu/domain", "--data nlu/en nlu/zh nlu/flows", '"-i", "127.0.0.1"'):
        assert part in DOCKERFILE


def test_no_container_runs_as_root_or_may_write_outside_its_volumes() -> None:
    users = dict(re.findall(r"^FROM \S+ AS (\w+)$[\s\S]*?^USER (\w+)$", DOCKERFILE, re.MULTILINE))
    for name, service in compose().items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert "user" in service or "build" in service, name
    assert "root" not in users.values()
    assert DOCKERFILE.count("\nUSER ") == 2


def test_rasa_is_reachable_from_the_app_alone() -> None:
    rasa = compose()["rasa"]
    assert rasa["network_mode"] == "service:app"
    assert "ports" not in rasa


def test_the_database_in_a_container_knows_chinese_letters_as_the_embedded_one_does() -> None:
    assert "--lc-ctype=C.UTF-8" in compose()["database"]["environment"]["POSTGRES_INITDB_ARGS"]


def test_every_service_but_the_one_that_ends_says_whether_it_is_well() -> None:
    assert {name for name, service in compose().items() if "healthcheck" not in service} == {"migrate"}


def test_the_image_takes_the_browsers_packages_with_the_node_of_the_launcher() -> None:
    assert f"--from {NODE} npm ci --ignore-scripts" in DOCKERFILE
