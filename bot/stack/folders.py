"""Where everything lies that one running copy of CareLoop makes."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Folders:
    """Everything under `var`; two copies with two of these never meet."""

    var: Path

    def made(self) -> "Folders":
        """Make what is missing. Others may pass through `var`, not look: the database may run as another user."""
        self.var.mkdir(mode=0o711, parents=True, exist_ok=True)
        for folder in (self.logs, self.temporary, self.rasa_home):
            folder.mkdir(mode=0o700, exist_ok=True)
        return self

    @property
    def logs(self) -> Path:
        return self.var / "log"

    @property
    def postgres(self) -> Path:
        return self.var / "postgres"

    @property
    def models(self) -> Path:
        return self.var / "models"

    @property
    def temporary(self) -> Path:
        return self.var / "tmp"

    @property
    def rasa_home(self) -> Path:
        """Rasa writes settings into its home folder even when told not to report; it gets one of its own."""
        return self.var / "rasa-home"

    @property
    def secrets(self) -> Path:
        return self.var / "secrets.json"

    @property
    def lock(self) -> Path:
        return self.var / "careloop.lock"

    @property
    def pid(self) -> Path:
        return self.var / "careloop.pid"

    @property
    def ready(self) -> Path:
        """Exists while everything has answered once: what `up --detach` waits for."""
        return self.var / "careloop.ready"

    def log(self, part: str) -> Path:
        return self.logs / f"{part}.log"
