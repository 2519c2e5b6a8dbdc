"""What every table shares: the declarative base, key and time types, names of constraints."""

from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import BigInteger, DateTime, ForeignKey, Identity, MetaData
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column

Key = Annotated[int, mapped_column(BigInteger, Identity(), primary_key=True)]
"""64-bit identity, made by the database."""

Moment = Annotated[datetime, mapped_column(DateTime(timezone=True))]
"""A point in time with its zone; stored as UTC."""

Words = dict[str, str]
"""One text in every language of the shop: ``{"en": "Returns", "zh": "退货"}``."""

Languages = ("en", "zh")

CustomerKey = Annotated[int, mapped_column(BigInteger, ForeignKey("customers.id"), index=True)]
IdentityKey = Annotated[int, mapped_column(BigInteger, ForeignKey("channel_identities.id"), index=True)]
ConversationKey = Annotated[int, mapped_column(BigInteger, ForeignKey("conversations.id"), index=True)]
InteractionKey = Annotated[int, mapped_column(BigInteger, ForeignKey("interactions.id"), index=True)]


class Base(DeclarativeBase):
    """Parent of every table."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        datetime: DateTime(timezone=True),
        Words: JSONB,
        dict[str, Any]: JSONB,
        list[dict[str, Any]]: JSONB,
        list[list[dict[str, Any]]]: JSONB,
    }


def in_language(words: Words, language: str) -> str:
    """The text in `language`, else in English, else in whatever there is; empty when there is none."""
    return words.get(language) or words.get("en") or next(iter(words.values()), "")
