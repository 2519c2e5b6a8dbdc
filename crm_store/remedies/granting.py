"""Pure: who may grant what, what it costs, and which amounts make sense."""

from collections.abc import Mapping
from enum import StrEnum

from crm_store.errors import CareLoopError


class RemedyKind(StrEnum):
    """`amount` means: points for POINTS; cents for COUPON, REFUND, REPLACEMENT; 0 for APOLOGY."""

    POINTS = "points"
    COUPON = "coupon"
    REFUND = "refund"
    REPLACEMENT = "replacement"
    APOLOGY = "apology"


class Verdict(StrEnum):
    """GRANTED at once, APPROVAL by somebody of a higher limit, or NEVER by this role."""

    GRANTED = "granted"
    APPROVAL = "approval"
    NEVER = "never"


class RemedyAmountWrong(CareLoopError):
    """The amount makes no sense for this kind of remedy, this case or this shop."""

    code = "remedy_amount_wrong"


type Limits = Mapping[tuple[str, str], int]
"""By role and kind: the most this role grants alone. What is not in it this role does not grant at all."""

CENTS_PER_POINT = 1


def may_grant(limits: Limits, role: str, kind: RemedyKind, total: int) -> Verdict:
    """`total` is what the case got of this kind so far, and this remedy: many small ones are one large one."""
    limit = limits.get((role, kind))
    if limit is None:
        return Verdict.NEVER
    return Verdict.GRANTED if total <= limit else Verdict.APPROVAL


def check_amount(kind: RemedyKind, amount: int) -> None:
    """Raises `RemedyAmountWrong`."""
    if kind is RemedyKind.APOLOGY and amount != 0:
        raise RemedyAmountWrong("amount: an apology has none; give 0, or choose another kind")
    if kind is not RemedyKind.APOLOGY and amount < 1:
        unit = "points" if kind is RemedyKind.POINTS else "cents"
        raise RemedyAmountWrong(f"amount: a {kind} needs a whole number of {unit} from 1 on")


def check_reachable(limits: Limits, kind: RemedyKind, total: int) -> None:
    """Raises `RemedyAmountWrong` for what nobody in the shop could approve."""
    most = max((limit for (_, of), limit in limits.items() if of == kind), default=None)
    if most is not None and total > most:
        raise RemedyAmountWrong(
            f"amount: {total} of {kind} for one case is more than anybody may grant ({most}); "
            "lower it, or have an administrator raise the limit"
        )


def check_refund(total: int, paid: int | None) -> None:
    """Raises `RemedyAmountWrong` when more would go back than was paid (cents; None when the order is not known)."""
    if paid is not None and total > paid:
        raise RemedyAmountWrong(
            f"amount: refunds of this case would come to {total} cents, the order was {paid}; "
            "give a coupon for the rest"
        )


def cost_of(kind: RemedyKind, amount: int, cents_per_point: int = CENTS_PER_POINT) -> int:
    """Cents. Coupons count at their face value."""
    return amount * cents_per_point if kind is RemedyKind.POINTS else amount
