"""The cases behind a figure as a file for spreadsheets: streamed, and written down before the first byte leaves."""

import csv
from collections.abc import AsyncIterator
from contextlib import aclosing
from io import StringIO

from fastapi.responses import StreamingResponse

from console.frame.frame import Frame
from console.frame.visit import Visit
from console.reports.period import Period
from crm_store.desk.reports import Behind
from crm_store.staff.audit import Deed

BOM = "\ufeff"
"""Without it Excel takes UTF-8 for something else."""
AT_ONCE = 200


async def file_of(frame: Frame, visit: Visit, behind: Behind, period: Period) -> StreamingResponse:
    detail = {**period.named, "by": behind.by, "value": behind.value}
    async with frame.store.transaction() as crm:
        crm.audit.note(Deed(visit.staff.id, "exported", "report", behind.figure, detail), visit.now)
    name = f"cases-{behind.figure}-{period.first}-{period.last}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(_lines(frame, visit, behind), media_type="text/csv; charset=utf-8", headers=headers)


async def _lines(frame: Frame, visit: Visit, behind: Behind) -> AsyncIterator[str]:
    yield BOM
    batch: list[list[str]] = []
    async with frame.store.transaction() as crm, aclosing(crm.reports.export(visit.scope, behind)) as rows:
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
