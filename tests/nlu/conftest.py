"""One Rasa with a bot of four intents, trained from small_bot/ and kept until something it is made of changes."""

import hashlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.stack.folders import ROOT, Folders
from bot.stack.rasa import Rasa, Wiring, rasa, rasa_environment, start_rasa
from tests.nlu.actions_endpoint import ActionsEndpoint
from tests.nlu.rasa_client import RasaClient

BOT = Path(__file__).parent / "small_bot"
TOKEN = "for-the-tests-only"
ACTIONS_TOKEN = "for-the-actions"


@pytest.fixture(scope="session")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made_of = [ROOT / "config.yml", *sorted(BOT.iterdir()), *sorted((ROOT / "nlu" / "components").glob("*.py"))]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in made_of)).hexdigest()[:12]
    path = ROOT / "var" / "test-models" / f"small-{digest}.tar.gz"
    if not path.exists():
        _train(path, tmp_path_factory.mktemp("training"))
    return path


@pytest.fixture(scope="session")
def actions() -> Iterator[ActionsEndpoint]:
    with ActionsEndpoint(ACTIONS_TOKEN) as endpoint:
        yield endpoint


@pytest.fixture(scope="session")
def small_rasa(small_model: Path, actions: ActionsEndpoint, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rasa]:
    wiring = Wiring(actions_url=actions.url, actions_token=ACTIONS_TOKEN, rasa_token=TOKEN)
    running = start_rasa(tmp_path_factory.mktemp("var"), small_model, wiring)
    try:
        running.wait()
        yield running
    finally:
        running.stop()


@pytest.fixture
def client(small_rasa: Rasa) -> RasaClient:
    return RasaClient(small_rasa.port, TOKEN)


def _train(path: Path, var: Path) -> None:
    """Into a folder of this run's own, then renamed: another process may be doing the same."""
    data = ["--domain", str(BOT / "domain.yml"), "--data", str(BOT / "lines.yml"), str(BOT / "rules.yml")]
    command = [*rasa("train"), "--config", "config.yml", *data, "--out", str(var), "--fixed-model-name", "small"]
    environment = rasa_environment(Folders(var).made(), {})
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr[-3000:]
    path.parent.mkdir(parents=True, exist_ok=True)
    (var / "small.tar.gz").replace(path)
