"""The rows of a contact receipt, out of every table that knows of a contact, in one statement."""

from sqlalchemy import text

# Each part has the same columns. `key` tells two lines of one instant apart and is what a page begins after; within
# one instant a later step of a message has the greater number before its name.
_PARTS = {
    "asked": """
        select o.asked_at as at, '1:opt_in:' || o.id as key, 'asked' as kind, o.purpose, o.channel,
               jsonb_build_object('question', o.question, 'version', o.question_version, 'answer', o.answer,
                                  'confirmed_at', o.confirmed_at) as detail
          from opt_ins o where o.customer_id = :customer""",
    "agreed": """
        select e.at, '2:consent:' || e.id, case when e.granted then 'agreed' else 'stopped' end, e.purpose, e.channel,
               jsonb_build_object('question', e.question, 'version', e.question_version, 'answer', e.answer,
                                  'source', e.source)
          from consent_entries e
         where e.customer_id = :customer or e.customer_id is null and e.identity_id in (select id from mine)""",
    "wished": """
        select p.at, '3:preference:' || p.id, 'wished', null, null,
               jsonb_build_object('rule', p.kind, 'value', p.value, 'words', p.words, 'source', p.source,
                                  'ended_at', p.ended_at)
          from preferences p
         where p.customer_id = :customer or p.customer_id is null and p.identity_id in (select id from mine)""",
    "touched": """
        select case t.state when 'sent' then coalesce(t.sent_at, t.decided_at) else t.decided_at end,
               case when t.state in ('sent', 'unknown', 'failed') then '5' else '4' end || ':touch:' || t.occurrence_id,
               case when t.state = 'waiting' or t.state = 'sending' then 'planned'
                    when t.state in ('sent', 'unknown', 'failed') then t.state else 'held' end,
               o.purpose, t.channel,
               jsonb_strip_nulls(jsonb_build_object(
                   'occurrence', t.occurrence_id, 'campaign', c.name, 'outcome', t.outcome, 'reason', t.reason,
                   'due_at', case when t.state = 'waiting' then t.due_at end, 'consent', t.consent_id,
                   'text', i.text, 'delivery', i.delivery))
          from touches t
          join occurrences o on o.id = t.occurrence_id
          join campaigns c on c.id = o.campaign_id
          left join outbox_messages b on b.id = t.outbox_id
          left join interactions i on i.id = b.interaction_id
         where t.customer_id = :customer""",
    "written": """
        select i.sent_at, '5:interaction:' || i.id, 'sent', b.purpose, v.channel,
               jsonb_build_object('text', i.text, 'delivery', i.delivery)
          from interactions i
          join outbox_messages b on b.interaction_id = i.id
          join conversations v on v.id = i.conversation_id
         where i.customer_id = :customer and i.direction = 'out' and i.answers is null and i.sent_at is not null
           and b.purpose in ('service', 'care', 'survey', 'promotion')
           and not exists (select from touches t where t.outbox_id = b.id)""",
    "read": """
        select coalesce(i.sent_at, i.at), '6:read:' || i.id, 'read', b.purpose, v.channel,
               jsonb_build_object('delivery', i.delivery)
          from interactions i
          join outbox_messages b on b.interaction_id = i.id
          join conversations v on v.id = i.conversation_id
         where i.customer_id = :customer and i.direction = 'out' and i.answers is null
           and i.delivery in ('delivered', 'read') and b.purpose in ('service', 'care', 'survey', 'promotion')""",
    "answered": """
        select t.answered_at, '7:answer:' || t.occurrence_id, 'answered', o.purpose, t.channel,
               jsonb_strip_nulls(jsonb_build_object('occurrence', t.occurrence_id, 'score', s.score, 'words', s.words))
          from touches t
          join occurrences o on o.id = t.occurrence_id
          left join survey_answers s on s.occurrence_id = t.occurrence_id and s.customer_id = t.customer_id
         where t.customer_id = :customer and t.answered_at is not null""",
    "stopped": """
        select t.stopped_at, '8:stop:' || t.occurrence_id, 'stopped', o.purpose, t.channel,
               jsonb_build_object('occurrence', t.occurrence_id)
          from touches t join occurrences o on o.id = t.occurrence_id
         where t.customer_id = :customer and t.stopped_at is not null""",
}

RECEIPT = text(
    f"""
    with mine as (select id from channel_identities where customer_id = :customer),
         lines as ({" union all ".join(_PARTS.values())})
    select at, key, kind, purpose, channel, detail from lines
     where (cast(:at as timestamptz) is null or (at, key) < (:at, :key))
       and (cast(:kinds as text[]) is null or kind = any(:kinds))
     order by at desc, key desc limit :limit
    """
)
