"""Everything held on a person, for the person."""

import json
from collections.abc import AsyncIterator
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_store.privacy.holdings import HOLDINGS, Holding
from crm_store.privacy.person import Person, person_of

ROWS_AT_ONCE = 500


class Exports:
    """Reads of all that is held on a person, inside one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of(self, customer_id: int, now: datetime) -> AsyncIterator[str]:
        """One JSON document in pieces: `held` has every table with its rows, `withheld` what is not given and why.

        Streamed row by row, so that nobody's life has to fit into memory. Raises `CustomerUnknown` before the first
        piece.
        """
        person = await person_of(self._session, customer_id)
        yield f'{{"customer_id": {person.customer_id}, "exported_at": {json.dumps(now.isoformat())},\n"held": {{'
        before = ""
        for holding in HOLDINGS:
            if not holding.withheld:
                yield f"{before}\n{json.dumps(holding.table)}: ["
                async for piece in self._rows(holding, person, now):
                    yield piece
                yield "]"
                before = ","
        withheld = {holding.table: holding.withheld for holding in HOLDINGS if holding.withheld}
        yield f'}},\n"withheld": {json.dumps(withheld)}}}\n'

    async def _rows(self, holding: Holding, person: Person, now: datetime) -> AsyncIterator[str]:
        statement = f"select (to_jsonb(t) - cast(:hidden as text[]))::text from {holding.table} t where {holding.whose}"
        asked = {name: value for name, value in person.asked(now).items() if f":{name}" in statement}
        found = await self._session.stream_scalars(
            text(f"{statement} order by 1"),
            asked | {"hidden": list(holding.hidden)},
            execution_options={"yield_per": ROWS_AT_ONCE},
        )
        before = "\n"
        async for row in found:
            yield f"{before}{row}"
            before = ",\n"
