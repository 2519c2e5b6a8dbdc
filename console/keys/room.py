"""GET and POST /keys, POST /keys/{prefix}/revoke: a key is on one page only, once."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from console.frame.frame import Frame
from console.frame.room import LEADERS, RailItem, Room
from console.frame.visit import Here
from crm_store.keys import KeyScope, new_key
from crm_store.staff.audit import Deed
from crm_store.staff.members import Role

Text = Annotated[str, Form(max_length=80)]
Scopes = Annotated[list[KeyScope], Form(default_factory=list, max_length=20)]
HOME = "/console/keys"


def keys_room(frame: Frame) -> Room:
    router = APIRouter()

    async def shown(request: Request, status: int = 200, /, **more: Any) -> Response:
        async with frame.store.reading() as crm:
            keys = await crm.api_keys.all()
        known = {"keys": keys, "scopes": list(KeyScope), "problem": "", "key": "", "name": "", "ticked": (), **more}
        return frame.page(request, "keys/keys.html", status, **known)

    @router.get("/keys")
    async def keys(request: Request, visit: Here) -> Response:
        return await shown(request)

    @router.post("/keys")
    async def make(request: Request, visit: Here, name: Text, scopes: Scopes) -> Response:
        visit.require(Role.ADMIN)
        if not name.strip() or not scopes:
            return await shown(request, 422, problem="keys.needs", name=name, ticked=scopes)
        key, row = new_key(name.strip(), sorted(set(scopes)), visit.now)
        async with frame.store.transaction() as crm:
            crm.api_keys.add(row)
            made = {"name": row.name, "scopes": [str(scope) for scope in row.scopes]}
            crm.audit.note(Deed(visit.staff.id, "made", "api_key", row.prefix, made), visit.now)
        return await shown(request, key=key)

    @router.post("/keys/{prefix}/revoke")
    async def revoke(visit: Here, prefix: str) -> Response:
        visit.require(Role.ADMIN)
        async with frame.store.transaction() as crm:
            ended = await crm.api_keys.revoke(prefix, visit.now)
            if ended:
                crm.audit.note(Deed(visit.staff.id, "revoked", "api_key", prefix), visit.now)
        return frame.go(HOME, "keys.revoked" if ended else "keys.gone", tone="ok" if ended else "warn")

    return Room("keys", router, LEADERS, RailItem("key", order=89, path=HOME))
