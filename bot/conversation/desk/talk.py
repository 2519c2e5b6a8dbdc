"""What happens in the store when a conversation goes to a person, waits for one, or comes back."""

from dataclasses import dataclass
from datetime import datetime

from bot.conversation.desk.passed_on import facts_of, tried
from bot.conversation.scene import Scene, remembered
from crm_store.crm import Crm
from crm_store.desk.handoffs import HandoffRecord
from crm_store.desk_signals import tell_desk
from crm_store.holding.asked import shopper_asked
from crm_store.holding.calling import call_for
from crm_store.holding.known import known_of
from crm_store.holding.writing import shopper_wrote
from crm_store.people.identities import ChannelIdentity
from crm_store.promises.escalations import Cause
from crm_store.talks.conversations import Control, Conversation


@dataclass(frozen=True)
class Talk:
    """A conversation with the address it is held with."""

    conversation: Conversation
    identity: ChannelIdentity


async def pass_on(crm: Crm, talk: Talk, reason: str, promised: str, now: datetime) -> None:
    """Write down what whoever comes should know; `promised` is what the shopper was told."""
    conversation = talk.conversation
    known = await known_of(crm.session, conversation.id)
    crm.handoffs.add(
        HandoffRecord(
            conversation_id=conversation.id,
            reason=reason,
            facts=facts_of(known, talk.identity, remembered(conversation, now), now),
            tried=tried(known),
            promised=promised,
            at=now,
        )
    )
    # Whoever accepts it next updates the row.
    await crm.session.flush()


async def note_asked(crm: Crm, scene: Scene) -> None:
    """The shopper waits for a person: the clocks of their open complaints learn of it, and so does the desk."""
    moved = await shopper_asked(crm.session, scene.conversation.id, scene.interaction_id, scene.now)
    if moved:
        await crm.clocks.refresh(moved, scene.now)
    for complaint_id in moved:
        crm.nudge("case", complaint_id)
    await tell_desk(crm, scene.conversation.id)


async def note_wrote(crm: Crm, scene: Scene) -> None:
    """Who holds the conversation makes no difference: a case that waited for the shopper waits for us now.

    Coming and going (a bot that is blocked, say) are no words.
    """
    if scene.event.interaction_id is None:
        return
    written_at = scene.event.received_at
    moved = await shopper_wrote(crm.session, scene.conversation.id, scene.interaction_id, written_at, scene.now)
    if moved:
        await crm.clocks.refresh(moved, scene.now)


async def call_for_a_person(crm: Crm, conversation: Conversation, reason: str, now: datetime) -> None:
    """Whoever does not come in time is followed by the next level. Nobody is woken for what can wait for the desk."""
    need = call_for(conversation.id, conversation.control_version, reason)
    if conversation.control == Control.WAITING or need.cause is Cause.SEVERE:
        await crm.escalations.raise_for([need], now)
