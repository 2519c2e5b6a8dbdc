"""The statements of the outbox: claim, find adrift, settle; each one round trip for a whole batch."""

from sqlalchemy import text

CLAIM = text(
    """
    with due as (
        select o.id, case
               when o.expires_at <= :now
                 or o.author = 'bot' and c.control = 'person' and c.control_version > o.control_version
               then 'expired, or a person holds the conversation'
               when o.purpose in ('promotion', 'care', 'survey') then 'without a decision'
               when o.purpose = 'service' and exists (
                    select from channel_identities a join customers u on u.id = a.customer_id
                     where a.id = c.identity_id and (u.erased_at is not null or not u.wanted))
               then 'customer_blocked' end as void
          from outbox_messages o left join conversations c on c.id = o.conversation_id
         where o.lane = :lane and o.state = 'queued' and (o.not_before is null or o.not_before <= :now)
           and not exists (  -- an earlier one to the same address has to wait: the thread keeps its order
               select from outbox_messages b
                where b.lane = o.lane and b.address = o.address and b.state = 'queued' and b.id < o.id
                  and b.priority <= o.priority and b.not_before > :now)
         order by o.priority, o.id
         limit :limit
           for update of o skip locked
    ), silenced as (
        update interactions i set delivery = 'dropped'
          from due d join outbox_messages o on o.id = d.id
         where d.void is not null and i.id = o.interaction_id
    )
    update outbox_messages o
       set state = case when d.void is null then 'sending' else 'dropped' end, error = d.void,
           body = case when d.void is not null and o.purpose = 'code' then '{}'::jsonb else o.body end,
           tries = o.tries + 1
      from due d where o.id = d.id
    returning o.*
    """
)

ADRIFT = text(
    """
    select o.* from outbox_messages o
     where o.lane = :lane and o.state = 'sending' and not exists (select from touches t where t.outbox_id = o.id)
    """
)

SETTLE = text(
    """
    with settled as (
        select * from jsonb_to_recordset(cast(:rows as jsonb))
            as s(id bigint, state text, result text, provider_id text, detail text, retry_at timestamptz)
    ), tried as (
        update attempts a
           set ended_at = :now, result = s.result, provider_id = s.provider_id, detail = s.detail
          from settled s where not :at_once and a.outbox_id = s.id and a.result is null
    ), tried_at_once as (
        insert into attempts (outbox_id, started_at, ended_at, result, provider_id, detail)
        select id, :now, :now, result, provider_id, detail from settled where :at_once
    ), left_house as (
        update outbox_messages o
           set state = s.state, not_before = s.retry_at, error = s.detail,
               body = case when o.purpose = 'code' and s.state <> 'queued' then '{}'::jsonb else o.body end
          from settled s where o.id = s.id
        returning o.id, o.interaction_id, o.conversation_id, s.state, s.provider_id
    ), placed as (
        select interaction_id, conversation_id, row_number() over (partition by conversation_id order by id) as place
          from left_house where state = 'sent' and interaction_id is not null
    ), held as materialized (  -- care of the lane is settled beside it: nobody waits in a circle
        select id from conversations where id in (select conversation_id from placed) order by id for no key update
    ), threads as (
        update conversations c set last_seq = c.last_seq + n.many
          from (select conversation_id, count(*) as many from placed group by conversation_id) n
          join held h on h.id = n.conversation_id
         where c.id = n.conversation_id
        returning c.id, c.last_seq - n.many as before
    )
    update interactions i
       set delivery = l.state, provider_id = l.provider_id,
           sent_at = case when l.state = 'sent' then cast(:now as timestamptz) end,
           seq = coalesce(t.before + p.place, i.seq)
      from left_house l
      left join placed p on p.interaction_id = l.interaction_id
      left join threads t on t.id = p.conversation_id
     where i.id = l.interaction_id
    """
)
