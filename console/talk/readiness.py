"""Whether a reply can arrive, and what is to be sent later: told before anybody types."""

from datetime import datetime
from typing import Any

from console.talk.desk import Desk
from crm_store.crm import Crm


async def readiness_of(desk: Desk, crm: Crm, talk: int, now: datetime) -> dict[str, Any]:
    """The values of ``talk/ready.html``: `obstacle` ("" when there is none), `others` to reach them by, `later`."""
    reach = await desk.reachability(crm, talk, now)
    obstacle = reach.reason or ("away" if reach.when_back else "")
    return {
        "id": talk,
        "obstacle": obstacle,
        "others": [way for way in reach.others if way.conversation_id is not None] if obstacle else [],
        "later": await crm.later.waiting(talk),
    }
