"""Everybody a campaign was meant for, or those behind one figure, as a file for spreadsheets; written down first."""

import csv
from collections.abc import AsyncIterator
from contextlib import aclosing
from io import StringIO

from fastapi.responses import StreamingResponse

from console.frame.frame import Frame
from console.frame.visit import Visit
from console.reports.file import AT_ONCE, BOM
from crm_store.results.people import Wanted
from crm_store.staff.audit import Deed


async def file_of(frame: Frame, visit: Visit, wanted: Wanted) -> StreamingResponse:
    async with frame.store.transaction() as crm:
        deed = Deed(visit.staff.id, "exported", "campaign", str(wanted.campaign_id), {"figure": wanted.figure})
        crm.audit.note(deed, visit.now)
    name = f"campaign-{wanted.campaign_id}-{wanted.figure}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(_lines(frame, visit, wanted), media_type="text/csv; charset=utf-8", headers=headers)


async def _lines(frame: Frame, visit: Visit, wanted: Wanted) -> AsyncIterator[str]:
    yield BOM
    batch: list[list[str]] = []
    async with frame.store.transaction() as crm, aclosing(crm.result_people.file(wanted, visit.now)) as rows:
        async for row in rows:
            batch.append(row)
            if len(batch) == AT_ONCE:
                yield _written(batch)
                batch = []
    yield _written(batch)


def _written(rows: list[list[str]]) -> str:
    page = StringIO()
    csv.writer(page).writerows(rows)
    return page.getvalue()
