"""The model is named after what it was trained from."""

from pathlib import Path

import pytest

from bot.settings import Settings
from bot.stack.model import KEPT, _forget_all_but_newest, current_model, ensure_model, fingerprint

FILES = ["config.yml", "requirements/rasa.txt", "nlu/en/orders.yml", "nlu/components/words.py", "nlu/endpoints.yml"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("as it was", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("name", FILES[:4])
def test_texts_components_configuration_and_versions_change_the_name(project: Path, name: str) -> None:
    before = fingerprint(project)
    (project / name).write_text("changed", encoding="utf-8")
    assert fingerprint(project) != before


@pytest.mark.parametrize("name", ["nlu/endpoints.yml", "nlu/components/__pycache__/words.cpython-310.pyc"])
def test_what_training_does_not_read_changes_nothing(project: Path, name: str) -> None:
    before = fingerprint(project)
    (project / name).parent.mkdir(exist_ok=True)
    (project / name).write_text("changed", encoding="utf-8")
    assert fingerprint(project) == before


def test_a_model_of_todays_data_is_used_and_not_trained_again(tmp_path: Path) -> None:
    settings = Settings().model_copy(update={"var": tmp_path / "var", "models": tmp_path})
    assert current_model(settings) is None
    model = tmp_path / f"careloop-{fingerprint()}.tar.gz"
    model.write_bytes(b"trained")
    assert ensure_model(settings, lambda _: None) == model
    assert model.read_bytes() == b"trained"


def test_only_the_newest_models_are_kept(tmp_path: Path) -> None:
    for number in range(KEPT + 2):
        (tmp_path / f"careloop-{number}.tar.gz").touch()
    _forget_all_but_newest(tmp_path)
    assert len(list(tmp_path.glob("careloop-*"))) == KEPT
