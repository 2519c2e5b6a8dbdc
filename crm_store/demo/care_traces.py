"""What the gates said in the demo's past: as `decide` would have written it for what became of somebody."""

from datetime import datetime, timedelta

from crm_store.decision.decision import GateStep, Reason
from crm_store.decision.gates import HARD_GATES
from crm_store.decision.trace import hard_steps
from crm_store.decision.waits import COMMON
from crm_store.people.consent import Purpose
from crm_store.planning.traces import Steps

CHANNEL = "email"


def steps_of(reason: Reason, purpose: Purpose, expires_at: datetime) -> Steps:
    """`reason` is that of a hard gate, ``expired_waiting`` or ``allowed``."""
    details = {
        Reason.NO_CONSENT: purpose.value,
        Reason.ADDRESS_SUPPRESSED: f"{CHANNEL} bounced",
        Reason.OPEN_CASE: "open",
        Reason.HOLDOUT: "control",
    }
    for place, (gate, _, _) in enumerate(HARD_GATES):
        if gate is reason:
            return (*hard_steps(())[:place], GateStep(gate.value, False, details.get(gate, "")))
    if reason is Reason.EXPIRED_WAITING:
        free_at = expires_at + timedelta(hours=6)
        waited = (GateStep(each.value, True) if each is not Reason.GAP else _gap(free_at) for each, _ in COMMON)
        return (*hard_steps((), CHANNEL), *waited, GateStep(reason.value, False, expires_at.isoformat()))
    return (*hard_steps((), CHANNEL), *(GateStep(each.value, True) for each, _ in COMMON))


def _gap(free_at: datetime) -> GateStep:
    return GateStep(Reason.GAP.value, False, "1 in 24 hours", free_at)
