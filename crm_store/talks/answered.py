"""What a person wrote has reached the shopper: that, and nothing else, is an answer to their cases.

A case that somebody else holds just now is passed over and looked at later (`Clocks.look_again`): between sending and
settling nobody may be waited for. A case closed after the words were written has been answered all the same.
"""

from sqlalchemy import text

ANSWERED = text(
    """
    with said as (
        select i.id as interaction_id, i.conversation_id, i.staff_id, i.at
          from outbox_messages o join interactions i on i.id = o.interaction_id
         where o.id = any(:ids) and o.author = 'staff'
    ), answered as (
        insert into complaint_events (complaint_id, at, kind, by, staff_id, conversation_id, interaction_id, detail)
        select c.id, :now, 'answered', 'staff', s.staff_id, s.conversation_id, s.interaction_id, '{}'
          from said s
          join complaint_conversations b on b.conversation_id = s.conversation_id
          join complaints c on c.id = b.complaint_id
         where c.merged_into is null and (c.closed_at is null or c.closed_at >= s.at)
        returning complaint_id
    ), free as (
        select id from complaints where id in (select complaint_id from answered)
         order by id for no key update skip locked
    ), looked_at as (
        update clocks k set next_at = :now
          from free where k.complaint_id = free.id and k.met_at is null and k.ended_at is null
    )
    update complaints c set waits_for = 'shopper' from free where c.id = free.id
    """
)
