"""Replies: from words to interactions and outbox rows, and from a pressed button back to what it stood for."""

from secrets import token_hex

from bot.channels.base import lane_of
from bot.conversation.language import folded
from bot.conversation.scene import Reply, Scene
from crm_store.crm import Crm
from crm_store.talks.answers import Said, Thread
from crm_store.talks.lanes import lane_number

OFFERS_KEPT = 5
"""Messages whose buttons can still be pressed; older ones have lapsed."""


async def queue(crm: Crm, scene: Scene, replies: list[Reply]) -> list[int]:
    """Store the replies and put them into the outbox, within the turn's own transaction; gives their ids."""
    if not replies:
        return []
    thread = _thread(scene)
    said = [_said(scene, reply) for reply in replies]
    queued = await crm.answers.say(thread, said, scene.now)
    offered = [each.choices for each in reversed(said) if each.choices]
    if offered:
        kept = (offered + scene.conversation.offered)[:OFFERS_KEPT]
        await crm.conversations.offer(scene.conversation.id, kept)
    crm.nudge("outbox", lane_number(thread.lane))
    return queued


def _thread(scene: Scene) -> Thread:
    conversation = scene.conversation
    return Thread(
        lane=lane_of(conversation.channel, conversation.account),
        address=scene.identity.address,
        conversation_id=conversation.id,
        identity_id=scene.identity.id,
        customer_id=scene.identity.customer_id,
        control_version=conversation.control_version,
        answers=scene.event.interaction_id,
        language=scene.language,
    )


def _said(scene: Scene, reply: Reply) -> Said:
    choices = [{"id": token_hex(4), "label": offer.label, "payload": offer.payload} for offer in reply.offers]
    body = {
        "text": reply.text,
        "choices": [{"id": choice["id"], "label": choice["label"]} for choice in choices],
        "asks_contact": reply.asks_contact,
        "language": scene.language,
    }
    return Said(reply.author, reply.text, choices, body)


def meant_by(scene: Scene) -> str | None:
    """The payload behind a pressed button, or behind words that are exactly a label of the last offer; else None."""
    choice_id = str(scene.event.event.get("choice_id", ""))
    offered = scene.conversation.offered
    if choice_id:
        return next((str(c["payload"]) for choices in offered for c in choices if c["id"] == choice_id), None)
    said = folded(scene.text)
    latest = offered[0] if offered else []
    return next((str(choice["payload"]) for choice in latest if folded(choice["label"]) == said), None)
