"""The levels of an escalation: raised at the first, climbed one by one, and who is told at each. SQL, set by set."""

from sqlalchemy import text

RAISE = text(
    """
    insert into escalations (key, cause, complaint_id, conversation_id, level, role, raised_at, next_at, detail)
    select r.key, r.cause, r.complaint_id, r.conversation_id, s.level, s.role, :now,
           case when n.level is not null then :now + make_interval(mins => s.acknowledge_within) end,
           coalesce(r.detail, '{}')
      from jsonb_to_recordset(cast(:rows as jsonb))
        as r(key text, cause text, complaint_id bigint, conversation_id bigint, detail jsonb)
      join lateral (select * from escalation_steps where cause = r.cause order by level limit 1) s on true
      left join lateral (
           select level from escalation_steps where cause = r.cause and level > s.level order by level limit 1) n
        on true
    on conflict (key) do nothing
    returning id
    """
)

CLIMB = text(
    """
    with due as (
        select id, cause, level from escalations
         where next_at <= :now and acknowledged_at is null and closed_at is null
         order by next_at limit :limit
           for update skip locked
    ), rung as (
        select d.id, s.level, s.role, s.acknowledge_within, exists (
               select from escalation_steps n where n.cause = d.cause and n.level > s.level) as goes_on
          from due d left join lateral (
               select * from escalation_steps where cause = d.cause and level > d.level order by level limit 1) s
            on true
    ), climbed as (
        update escalations e
           set level = coalesce(r.level, e.level), role = coalesce(r.role, e.role),
               next_at = case when r.goes_on then :now + make_interval(mins => r.acknowledge_within) end
          from rung r where e.id = r.id
        returning e.id, r.level
    )
    select id from climbed where level is not null
    """
)

# What is severe about a case is severe about the conversation in which it was told: whoever sees to one sees to both.
ACKNOWLEDGE = text(
    """
    with seen as (
        select id, cause, complaint_id, conversation_id from escalations
         where id = :id and acknowledged_at is null and closed_at is null
    ), alike as (
        select e.id from escalations e join seen on seen.cause = e.cause
         where e.acknowledged_at is null and e.closed_at is null
           and (e.id = seen.id or e.complaint_id = seen.complaint_id or exists (
                select from complaint_conversations b
                 where b.complaint_id = coalesce(e.complaint_id, seen.complaint_id)
                   and b.conversation_id = coalesce(e.conversation_id, seen.conversation_id)))
         order by e.id for update of e
    )
    update escalations e set acknowledged_at = :now, acknowledged_by = :staff_id, next_at = null
      from alike where e.id = alike.id and e.acknowledged_at is null and e.closed_at is null
    returning e.id, coalesce(e.complaint_id, -e.conversation_id, 0) as line
    """
)

# A handler's case is its assignee's: the others need not be told. Else the team's people of that role, else all of it.
# A severe case that is handed over needs somebody twice, for the case and for the talk: nobody is told of it twice.
WHO = text(
    """
    with wanted as (
        select e.id, e.level, e.role, e.cause, e.complaint_id, e.conversation_id, e.detail, e.raised_at, c.number,
               coalesce(c.team_id, v.team_id) as team_id,
               case when e.role = 'handler' then coalesce(c.assignee_id, v.holder_id) end as own
          from escalations e
          left join complaints c on c.id = e.complaint_id
          left join conversations v on v.id = e.conversation_id
         where e.id = any(:ids)
    ), near as (
        select w.*, s.id as staff_id, case
               when s.id = w.own then 0
               when exists (select from team_members m where m.team_id = w.team_id and m.staff_id = s.id) then 1
               else 2 end as distance
          from wanted w join staff s on s.role = w.role and s.is_active
    ), nearest as (
        select * from (select *, min(distance) over (partition by id) as least from near) each where distance = least
    ), twins as (
        select w.id, o.id as twin
          from wanted w
          join complaint_conversations b on b.complaint_id = w.complaint_id or b.conversation_id = w.conversation_id
          join escalations o on o.complaint_id = b.complaint_id or o.conversation_id = b.conversation_id
         where o.id < w.id and o.cause = w.cause and o.closed_at is null and o.acknowledged_at is null
           and o.raised_at > w.raised_at - interval '1 hour'
           and (o.complaint_id is null) <> (w.complaint_id is null)
    )
    select staff_id, 'escalation:' || id || ':' || level as key, cause as kind, complaint_id, conversation_id,
           detail || jsonb_build_object('number', coalesce(number, ''), 'level', level, 'escalation', id) as values
      from nearest n
     where not exists (
           select from twins t join nearest o on o.id = t.twin
            where t.id = n.id and o.staff_id = n.staff_id and o.level = n.level)
       and not exists (
           select from twins t join staff_notices k on k.key = 'escalation:' || t.twin || ':' || n.level
            where t.id = n.id and k.staff_id = n.staff_id)
    """
)
