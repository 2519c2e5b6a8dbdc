"""Every table in one place, for migrations: importing this module makes `metadata` complete."""

from crm_store import database, keys
from crm_store.model import Base

metadata = Base.metadata
__all__ = ["database", "keys", "metadata"]
