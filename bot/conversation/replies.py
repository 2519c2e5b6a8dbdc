"""Replies: from words to interactions and outbox rows, and from a pressed button back to what it stood for."""

from secrets import token_hex

from bot.channels.base import lane_of
from bot.conversation.language import folded
from bot.conversation.scene import Reply, Scene
from crm_store.database import Crm
from crm_store.talks.interactions import Delivery, Interaction
from crm_store.talks.outbox import OutboxMessage, Priority


async def queue(crm: Crm, scene: Scene, replies: list[Reply]) -> None:
    """Store each reply and put it into the outbox, in order, within the turn's own transaction."""
    rows = [(reply, _interaction(scene, reply)) for reply in replies]
    crm.session.add_all([row for _, row in rows])
    await crm.session.flush()  # the ids go into the outbox rows
    for reply, row in rows:
        crm.outbox.queue(_outbox_message(scene, reply, row))


def _interaction(scene: Scene, reply: Reply) -> Interaction:
    return Interaction(
        conversation_id=scene.conversation.id,
        identity_id=scene.identity.id,
        customer_id=scene.identity.customer_id,
        direction="out",
        author=reply.author,
        text=reply.text,
        choices=[{"id": token_hex(4), "label": offer.label, "payload": offer.payload} for offer in reply.offers],
        language=scene.language,
        delivery=Delivery.QUEUED,
        answers=scene.interaction_id,
        at=scene.now,
    )


def _outbox_message(scene: Scene, reply: Reply, row: Interaction) -> OutboxMessage:
    return OutboxMessage(
        lane=lane_of(scene.conversation.channel, scene.conversation.account),
        interaction_id=row.id,
        conversation_id=scene.conversation.id,
        address=scene.identity.address,
        purpose="reply",
        author=reply.author,
        priority=Priority.REPLY,
        body={
            "text": reply.text,
            "choices": [{"id": choice["id"], "label": choice["label"]} for choice in row.choices],
            "asks_contact": reply.asks_contact,
            "language": scene.language,
        },
        control_version=scene.conversation.control_version,
        queued_at=scene.now,
    )


async def meant_by(crm: Crm, scene: Scene) -> str | None:
    """The payload behind a pressed button, or behind words that are exactly a label of the last offer; else None."""
    choice_id = str(scene.event.event.get("choice_id", ""))
    offered = await crm.interactions.offered(scene.conversation.id)
    if choice_id:
        return next((str(c["payload"]) for choices in offered for c in choices if c["id"] == choice_id), None)
    said = folded(scene.text)
    latest = offered[0] if offered else []
    return next((str(choice["payload"]) for choice in latest if folded(choice["label"]) == said), None)
