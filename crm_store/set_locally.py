"""Settings of the database for a few statements: how they are planned, and how long they may take."""

from collections.abc import Mapping

from sqlalchemy import TextClause, text


def set_locally(settings: Mapping[str, str]) -> TextClause:
    """Sets them for the rest of the transaction, or until they are set again; names and values are our own words."""
    return text(f"select {', '.join(f"set_config('{name}', '{value}', true)" for name, value in settings.items())}")
