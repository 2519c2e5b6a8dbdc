from alembic import command
from alembic.config import Config

from tests.conftest import ROOT


def test_the_migrations_lead_to_exactly_what_the_models_say(database_url: str) -> None:
    """Raises when a table, column, index or type differs."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "crm_store" / "migrations"))
    config.set_main_option("sqlalchemy.url", database_url.replace("%", "%%"))
    command.check(config)
