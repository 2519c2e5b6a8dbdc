"""A care message as it is once it was sent: campaign, occurrence, touch with its decision, and what may answer it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, text

from crm_store.answers.contexts import NewContext
from crm_store.campaigns.campaigns import Campaign, CampaignVersion
from crm_store.crm import Crm
from crm_store.people.consent import Evidence, Purpose, Who
from crm_store.planning.occurrences import Occurrence
from crm_store.planning.touches import DecisionTrace, Touch
from crm_store.talks.answers import plainly


@dataclass
class Sent:
    """What was sent; `consent` words are the yes it rests on, empty for none."""

    customer_id: int
    conversation_id: int
    now: datetime
    text: str = "Happy birthday! LEAF-1 takes S$10 off."
    purpose: Purpose = Purpose.PROMOTION
    about: dict[str, str] = field(default_factory=dict)
    asks: str = ""
    name: str = "Leaf week"
    plan: dict[str, Any] = field(default_factory=dict)
    consent: str = "yes please"


async def send(crm: Crm, sent: Sent) -> Touch:
    """Write everything down that a sent care message leaves behind."""
    occurrence = await occurrence_of(crm, sent)
    thread = await crm.answers.thread_of(sent.conversation_id)
    (said,) = await crm.answers.say(thread, [plainly("house", sent.text, "en")], sent.now)
    touch = Touch(
        occurrence_id=occurrence.id,
        customer_id=sent.customer_id,
        state="sent",
        outcome="send",
        reason="allowed",
        channel="webchat",
        lane=thread.lane,
        identity_id=thread.identity_id,
        due_at=sent.now,
        expires_at=sent.now + timedelta(days=1),
        decided_at=sent.now,
        policy_version=1,
        consent_id=await _permission(crm, sent, thread.identity_id),
        trace_id=await trace(crm, [{"gate": "no_consent", "passed": True, "detail": str(sent.purpose)}]),
        sent_at=sent.now,
    )
    crm.session.add(touch)
    await crm.session.flush()
    context = NewContext(
        sent.conversation_id, occurrence.id, sent.customer_id, said, sent.purpose, sent.about, sent.asks
    )
    await crm.contexts.open([context], sent.now)
    return touch


LEFT = text(
    """
    with left_house as (
        update outbox_messages o set purpose = t.purpose, state = 'sent'
          from touch_contexts t where t.interaction_id = o.interaction_id
        returning o.interaction_id
    )
    update interactions i set sent_at = at, delivery = 'sent', provider_id = 'p' || i.id
      from left_house l where i.id = l.interaction_id
    """
)
"""Where nobody runs who sends: what was said by `send` has left the house as what it is."""


async def occurrence_of(crm: Crm, sent: Sent) -> Occurrence:
    """A firing of a campaign of this name."""
    campaign = Campaign(name=sent.name, purpose=sent.purpose, state="running", made_at=sent.now, changed_at=sent.now)
    crm.session.add(campaign)
    await crm.session.flush()
    crm.session.add(CampaignVersion(campaign_id=campaign.id, version=1, plan=sent.plan, made_at=sent.now))
    occurrence = Occurrence(
        campaign_id=campaign.id,
        version=1,
        key=sent.now.isoformat(),
        purpose=sent.purpose,
        due_at=sent.now,
        expires_at=sent.now + timedelta(days=1),
        fired_at=sent.now,
    )
    crm.session.add(occurrence)
    await crm.session.flush()
    return occurrence


async def trace(crm: Crm, steps: list[dict[str, Any]]) -> int:
    """The gates a decision went through."""
    digest = repr(steps).encode()
    kept = await crm.session.scalar(select(DecisionTrace).filter_by(digest=digest))
    if kept is None:
        kept = DecisionTrace(digest=digest, steps=steps)
        crm.session.add(kept)
        await crm.session.flush()
    return kept.id


async def _permission(crm: Crm, sent: Sent, identity_id: int) -> int | None:
    if not sent.consent:
        return None
    evidence = Evidence("chat", "May we?", "v1", sent.consent)
    who = Who(identity_id, sent.customer_id)
    await crm.consent.record(who, [(sent.purpose, "webchat", True)], evidence, sent.now - timedelta(days=30))
    return (await crm.consent.standing(who))[-1].id
