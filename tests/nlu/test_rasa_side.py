"""What can only be seen inside Rasa's own environment, each check of rasa_side.py as one test."""

import json
import subprocess
from pathlib import Path

import pytest

from bot.stack.folders import ROOT, Folders
from bot.stack.rasa import PYTHON, rasa_environment

pytestmark = [pytest.mark.rasa, pytest.mark.xdist_group("rasa")]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folders = Folders(tmp_path_factory.mktemp("var")).made()
    script = Path(__file__).with_name("rasa_side.py")
    ran = subprocess.run(
        [PYTHON, script], cwd=ROOT, env=rasa_environment(folders, {}), capture_output=True, text=True, check=True
    )
    result: dict[str, str] = json.loads(ran.stdout.splitlines()[-1])
    return result


@pytest.mark.parametrize(
    "check",
    [
        "both_targets_exist",
        "the_switch_turns_it_off",
        "answers_of_actions_are_judged_alike",
        "events_are_found_alike",
        "a_trimmed_conversation_replays_to_the_same",
    ],
)
def test_inside_rasa(found: dict[str, str], check: str) -> None:
    assert found[check] == ""
