"""A handler writes: the reply waits a few seconds in the outbox, so that a slip can be taken back."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.conversation.desk.holding import Holding, refuse_if_anothers
from bot.conversation.language import clean
from crm_store.crm import Crm
from crm_store.desk.later import LaterReply
from crm_store.desk_signals import tell_desk
from crm_store.errors import CareLoopError
from crm_store.holding.undoing import take_back
from crm_store.staff.audit import Deed
from crm_store.talks.answers import plainly
from crm_store.talks.lanes import lane_number

UNDO_SECONDS = 10
SHORTEST_LIMIT = 1000
"""Characters, for a channel whose limit we were not told."""


class ReplyRefused(CareLoopError):
    """The text cannot be sent as it is; the message says why."""

    code = "reply_refused"


@dataclass(frozen=True)
class StaffReply:
    """What somebody of the staff wants to say, and where."""

    conversation_id: int
    staff_id: int
    text: str


class Replying:
    """`limits` are the characters one message may have, by channel name."""

    def __init__(self, holding: Holding, limits: Mapping[str, int]) -> None:
        self._holding = holding
        self._limits = limits

    async def say_as_staff(self, crm: Crm, reply: StaffReply, now: datetime, undo_seconds: int = UNDO_SECONDS) -> int:
        """Queue it and give its interaction id; whoever writes takes the conversation, unless it is a colleague's.

        Raises `HeldByAnother` and `ReplyRefused`.
        """
        conversation = await crm.conversations.locked(reply.conversation_id)
        refuse_if_anothers(conversation, reply.staff_id)
        text = self._checked(reply.text, conversation.channel)
        await self._holding.taken(crm, conversation, reply.staff_id, now)
        thread = await crm.answers.thread_of(conversation.id)
        said = plainly("staff", text, conversation.language)
        leaves = now + timedelta(seconds=undo_seconds) if undo_seconds else None
        [interaction_id] = await crm.answers.say(
            thread, [replace(said, staff_id=reply.staff_id, not_before=leaves)], now
        )
        crm.nudge("outbox", lane_number(thread.lane))
        crm.nudge("thread", conversation.id)
        await tell_desk(crm, conversation.id)
        return interaction_id

    async def undo(self, crm: Crm, interaction_id: int, staff_id: int, now: datetime) -> bool:
        """Take one's own reply back while its seconds last; False when it has gone."""
        undone = await take_back(crm.session, interaction_id, staff_id, now)
        if undone is None:
            return False
        crm.audit.note(Deed(staff_id, "took_back", "interaction", str(interaction_id)), now)
        crm.nudge("outbox", lane_number(undone.lane))
        crm.nudge("thread", undone.conversation_id)
        await tell_desk(crm, undone.conversation_id)
        return True

    async def say_later(self, crm: Crm, reply: StaffReply, send_at: datetime, now: datetime) -> LaterReply:
        """Keep it until then; raises `ReplyRefused`."""
        conversation = await crm.conversations.get(reply.conversation_id)
        text = self._checked(reply.text, conversation.channel)
        if send_at <= now:
            raise ReplyRefused("send_at must be in the future; to send it now, send it")
        return await crm.later.write(
            LaterReply(
                conversation_id=reply.conversation_id,
                staff_id=reply.staff_id,
                text=text,
                send_at=send_at,
                written_at=now,
            )
        )

    def _checked(self, text: str, channel: str) -> str:
        """Without control characters, as what comes in is; blank lines at the ends are cut off."""
        said, most = clean(text), self._limits.get(channel, SHORTEST_LIMIT)
        if not said:
            raise ReplyRefused("text must not be blank; write what you want to say")
        if len(said) > most:
            raise ReplyRefused(f"text has {len(said)} characters, {channel} takes {most}; send it in parts")
        return said
