"""Many rows at once: ids reserved beforehand, then one COPY for each table."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.model import Base


async def reserve_ids(session: AsyncSession, model: type[Base], count: int) -> list[int]:
    """The next `count` ids of the table, ours alone."""
    found = await session.scalars(
        text("select nextval(pg_get_serial_sequence(:name, 'id')) from generate_series(1, :count)"),
        {"name": model.__tablename__, "count": count},
    )
    return list(found.all())


async def copy_rows(session: AsyncSession, rows: Sequence[Base]) -> None:
    """Write rows of one table; where the first row has no `id` the database makes them. What a row lacks is the model's
    own default."""
    table = rows[0].__table__
    assert isinstance(table, Table)
    columns = [column for column in table.columns if column.name != "id" or rows[0].__dict__.get("id") is not None]
    held = [(column.name, isinstance(column.type, JSONB)) for column in columns]
    defaults = {column.name: column.default.arg for column in columns if column.default and column.default.is_scalar}
    names = ", ".join(f'"{name}"' for name, _ in held)
    connection: Any = (await (await session.connection()).get_raw_connection()).driver_connection
    async with connection.cursor() as cursor, cursor.copy(f'copy "{table.name}" ({names}) from stdin') as copy:
        for row in rows:
            values = defaults | row.__dict__
            await copy.write_row([json.dumps(values[name]) if is_json else values.get(name) for name, is_json in held])
