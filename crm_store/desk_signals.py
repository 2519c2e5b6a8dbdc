"""Whose lines of the inbox a change in a conversation concerns, and the signals that say so.

The topic `desk` carries a complaint's id, or a conversation's with a minus; 0 means that it may be any of them.
"""

from collections.abc import Collection

from sqlalchemy import text

from crm_store.crm import Crm

_TIED = text(
    """
    select distinct n.complaint_id from complaint_conversations n join complaints p on p.id = n.complaint_id
     where n.conversation_id = any(:talks) and p.merged_into is null
    """
)


async def tell_desk(crm: Crm, *conversation_ids: int) -> None:
    """Whoever of the staff looks at the list, at one of these conversations or at its cases looks again."""
    for conversation_id in conversation_ids:
        crm.nudge("talk", conversation_id)
    await tell_lists(crm, conversation_ids)


async def tell_lists(crm: Crm, conversation_ids: Collection[int]) -> None:
    """The same for the list and the cases alone."""
    if not conversation_ids:
        return
    for conversation_id in conversation_ids:
        crm.nudge("desk", -conversation_id)
    for complaint_id in await crm.session.scalars(_TIED, {"talks": list(conversation_ids)}):
        crm.nudge("desk", complaint_id)
