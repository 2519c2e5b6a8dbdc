"""Fields over touchpoints, complaints, answers to surveys, consent, talks and campaigns."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, String, cast, func, or_, select, union_all

from crm_store.segments.field import About, Asked, Field, Kind, Window
from crm_store.segments.records import (
    ANSWERS,
    COMPLAINTS,
    CONSENTS,
    CONVERSATIONS,
    IDENTITIES,
    OCCURRENCES,
    TOUCHES,
    TOUCHPOINTS,
)
from crm_store.segments.rows import Rows, among

PURPOSES = ("service", "care", "survey", "promotion")
ANY_CHANNEL = "*"


def _owned(table: Any, *where: ColumnElement[bool]) -> Any:
    """Rows of the table with their `owner`: the customer, or whom the address is linked to by now."""
    own = select(table.c.customer_id.label("owner"), table).where(table.c.customer_id.is_not(None), *where)
    linked = IDENTITIES.join(table, table.c.identity_id == IDENTITIES.c.id)
    theirs = select(IDENTITIES.c.customer_id.label("owner"), table).select_from(linked)
    return union_all(own, theirs.where(table.c.customer_id.is_(None), *where)).subquery().c


def _happened(asked: Asked) -> ColumnElement[bool]:
    kinds = among(TOUCHPOINTS.c.kind, asked.about)
    within = (TOUCHPOINTS.c.at > asked.since,) if asked.within else ()
    return Rows(TOUCHPOINTS.c.customer_id, kinds, TOUCHPOINTS.c.at <= asked.at, *within).count(asked)


def _is_open(case: Any) -> ColumnElement[bool]:
    """Something is still to be done, or the shopper still to be heard."""
    is_open: ColumnElement[bool] = case.c.closed_at.is_(None) & (case.c.state != "confirmed")
    return is_open


def _open_complaint(_: Asked) -> ColumnElement[bool]:
    """Theirs is open, or the one it was merged into is."""
    target = COMPLAINTS.alias("target")
    absorbing = select(1).where(target.c.id == COMPLAINTS.c.merged_into, _is_open(target)).correlate(COMPLAINTS)
    goes_on = COMPLAINTS.c.merged_into.is_not(None) & absorbing.exists()
    return Rows(_owned(COMPLAINTS, _is_open(COMPLAINTS) | goes_on).owner).exist()


def _complaints(asked: Asked) -> ColumnElement[bool]:
    within = (COMPLAINTS.c.opened_at > asked.since,) if asked.within else ()
    single = COMPLAINTS.c.merged_into.is_(None)
    return Rows(_owned(COMPLAINTS, single, COMPLAINTS.c.opened_at <= asked.at, *within).owner).count(asked)


def _satisfaction(asked: Asked) -> ColumnElement[bool]:
    """The score of the newest answer; who never answered has none."""
    later = ANSWERS.alias("later")
    newer = select(1).where(
        later.c.customer_id == ANSWERS.c.customer_id,
        or_(later.c.at > ANSWERS.c.at, (later.c.at == ANSWERS.c.at) & (later.c.id > ANSWERS.c.id)),
    )
    return Rows(ANSWERS.c.customer_id, asked.compared(ANSWERS.c.score), ~newer.correlate(ANSWERS).exists()).exist()


def _allows(asked: Asked) -> ColumnElement[bool]:
    """The newest word on the purpose, for this channel or for every one, is yes."""
    purpose, channel = asked.about
    spoken = (CONSENTS.c.purpose == purpose, among(CONSENTS.c.channel, [channel, ANY_CHANNEL]))
    said = _owned(CONSENTS, *spoken)
    newest_yes = func.max(said.id).filter(said.granted)
    return Rows(said.owner).together(newest_yes == func.max(said.id), asked.whole)


def _wrote(asked: Asked) -> ColumnElement[bool]:
    talks: FromClause = IDENTITIES.join(CONVERSATIONS, CONVERSATIONS.c.identity_id == IDENTITIES.c.id)
    return Rows(IDENTITIES.c.customer_id, CONVERSATIONS.c.last_in_at > asked.since, source=talks).exist()


def _touched(asked: Asked, moment: ColumnElement[Any]) -> ColumnElement[bool]:
    """Campaigns stand in the brackets by their numbers; none: any campaign."""
    firings = select(OCCURRENCES.c.id)
    if asked.about:
        firings = firings.where(among(cast(OCCURRENCES.c.campaign_id, String), asked.about))
    if asked.within:
        firings = firings.where(OCCURRENCES.c.expires_at > asked.since)
    when = moment > asked.since if asked.within else moment.is_not(None)
    return Rows(TOUCHES.c.customer_id, TOUCHES.c.occurrence_id.in_(firings), when).exist()


def _was_sent(asked: Asked) -> ColumnElement[bool]:
    return _touched(asked, TOUCHES.c.sent_at)


def _answered(asked: Asked) -> ColumnElement[bool]:
    return _touched(asked, TOUCHES.c.answered_at)


_ANY, _CAMPAIGNS = Window.OPTIONAL, About("campaigns", 0, 50, numbers=True)
CONTACT_FIELDS = (
    Field("happened", "touchpoints", Kind.NUMBER, _happened, About("touchpoints", 1, 20), _ANY),
    Field("open_complaint", "complaints", Kind.FLAG, _open_complaint),
    Field("complaints", "complaints", Kind.NUMBER, _complaints, window=_ANY),
    Field("satisfaction", "complaints", Kind.NUMBER, _satisfaction, least=1, most=5),
    Field("allows", "consent", Kind.FLAG, _allows, About("permission", 2, 2, (PURPOSES,))),
    Field("wrote", "talks", Kind.FLAG, _wrote, window=Window.NEEDED),
    Field("was_sent", "campaigns", Kind.FLAG, _was_sent, _CAMPAIGNS, _ANY),
    Field("answered", "campaigns", Kind.FLAG, _answered, _CAMPAIGNS, _ANY),
)
