"""How the connections that stay open for ever reach the database, and how soon a dead wire is noticed."""

from psycopg.conninfo import make_conninfo

PATIENCE = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}
"""libpq's parameters: seconds, but for the last one, which is milliseconds. A local socket knows none of them."""


def patient(url: str) -> str:
    """SQLAlchemy's address as libpq takes it, with our patience."""
    return make_conninfo(url.replace("postgresql+psycopg://", "postgresql://", 1), **PATIENCE)
