"""GET and POST /remedies/limits: up to what each role grants alone, by kind; admins change it."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from console.case.lengths import amount_typed
from console.frame.frame import Frame
from console.frame.visit import Here
from console.remedies.weighing import ROLES
from crm_store.remedies.granting import RemedyKind
from crm_store.remedies.limits import NewLimit
from crm_store.staff.members import Role

HERE = "/console/remedies/limits"
HIGHEST = 10**8


def limits_router(frame: Frame) -> APIRouter:
    router = APIRouter()

    async def shown(request: Request, status: int = 200, typed: Mapping[str, str] | None = None) -> Response:
        async with frame.store.transaction() as crm:
            limits = await crm.remedies.limits.all()
        fields = {f"{role}:{kind}": written(limits.get((role, kind)), kind) for role in ROLES for kind in RemedyKind}
        wrong = {name for name, value in (typed or {}).items() if is_wrong(name, value)}
        values: dict[str, Any] = {"fields": {**fields, **(typed or {})}, "wrong": wrong}
        return frame.page(request, "remedies/limits.html", status, roles=ROLES, kinds=list(RemedyKind), **values)

    @router.get("/remedies/limits")
    async def limits(request: Request) -> Response:
        return await shown(request)

    @router.post("/remedies/limits")
    async def change(request: Request, visit: Here) -> Response:
        visit.require(Role.ADMIN)
        form = await request.form()
        names = [f"{role}:{kind}" for role in ROLES for kind in RemedyKind]
        typed = {name: str(form[name]).strip()[:20] for name in names if name in form}
        if any(is_wrong(name, value) for name, value in typed.items()):
            return await shown(request, 422, typed)
        async with frame.store.transaction() as crm:
            known = await crm.remedies.limits.all()
            for name, value in typed.items():
                role, kind = _split(name)
                wanted = read(kind, value)
                if wanted != known.get((role, kind)):
                    await crm.remedies.limits.put(NewLimit(role, kind, wanted), visit.staff.id, visit.now)
            crm.nudge("desk", 0)
        return frame.go(HERE, "remedies.limits_saved")

    return router


def written(amount: int | None, kind: RemedyKind) -> str:
    """As one types it: whole points, else money; empty for a kind the role does not grant."""
    if amount is None:
        return ""
    return str(amount) if kind is RemedyKind.POINTS else f"{amount / 100:.2f}".removesuffix(".00")


def read(kind: RemedyKind, typed: str) -> int | None:
    """The other way round; zero is a limit, too. None for empty."""
    if not typed:
        return None
    return 0 if _is_zero(typed) else amount_typed(kind, typed)


def is_wrong(name: str, typed: str) -> bool:
    kind = _split(name)[1]
    amount = read(kind, typed)
    return bool(typed) and (amount is None or amount > HIGHEST)


def _is_zero(typed: str) -> bool:
    return bool(typed) and set(typed) <= {"0", "."} and typed.count(".") < 2 and "0" in typed


def _split(name: str) -> tuple[str, RemedyKind]:
    role, _, kind = name.partition(":")
    return role, RemedyKind(kind)
