"""Plain questions to the store, for what no repository answers."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text

from crm_store.crm import Crm


async def rows(crm: Crm, question: str, **values: Any) -> Sequence[Any]:
    return (await crm.session.execute(text(question), values)).all()


async def one(crm: Crm, question: str, **values: Any) -> Any:
    return await crm.session.scalar(text(question), values)
