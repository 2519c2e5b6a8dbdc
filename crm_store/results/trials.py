"""What happened after each message of a campaign, as SQL: one row for everybody it was meant for, held out or not.

Asked with `:campaigns` (ids), `:now`. A purchase counts for the last message of the campaign before it, when it was
made within the campaign's goal days and was neither cancelled nor returned. Who was held out, and who was meant to get
it and did not, counts from when the message had gone out to half of the others.
"""

OPT_OUT_DAYS = 7
"""Whoever says no to a kind of message so soon after one said it to that one."""

# Of a firing without its version (none is written without one) the usual goal counts.
FIRINGS = """
    firings as materialized (
        select o.id, o.campaign_id, o.purpose, coalesce(cast(v.plan ->> 'goal_days' as int), 14) as goal_days,
               (select percentile_disc(0.5) within group (order by t.sent_at)
                  from touches t where t.occurrence_id = o.id and t.sent_at is not null) as middle
          from occurrences o
          left join campaign_versions v on v.campaign_id = o.campaign_id and v.version = o.version
         where o.campaign_id = any(:campaigns)
    )
"""

# Whoever was turned away by a gate before the one that holds people out was never meant: the others are alike in both
# groups. What ends a message after that gate is named here; nothing else does.
MEANT = """
    (t.state in ('sent', 'unknown', 'failed', 'sending', 'waiting', 'parked', 'holdout', 'cancelled')
     or t.state = 'suppressed' and t.reason in ('late', 'expired', 'expired_waiting', 'pull_only', 'no_channel'))
"""
BOUGHT_KEPT = "o.state not in ('cancelled', 'returned')"
OUT = "('sent', 'unknown')"

TRIALS = f"""
    {FIRINGS}, trials as materialized (
        select f.campaign_id, f.purpose, f.goal_days, t.occurrence_id, t.customer_id, t.identity_id, t.state, t.channel,
               t.outbox_id, t.answered_at, t.stopped_at, coalesce(t.sent_at, f.middle) as began,
               lead(coalesce(t.sent_at, f.middle)) over (partition by f.campaign_id, t.customer_id
                    order by coalesce(t.sent_at, f.middle), t.occurrence_id) as next_at
          from firings f join touches t on t.occurrence_id = f.id
         where {MEANT}
    ), bought as materialized (
        select t.occurrence_id, t.customer_id, min(o.placed_at) as first_at, count(*) as orders,
               sum(o.total_cents) as cents
          from trials t
          join orders o on o.customer_id = t.customer_id and {BOUGHT_KEPT} and o.placed_at > t.began
           and o.placed_at <= least(t.began + t.goal_days * interval '1 day', t.next_at, :now)
         group by t.occurrence_id, t.customer_id
    ), noes as (
        select customer_id, identity_id, purpose, channel, at from consent_entries where not granted
    ), refused as materialized (
        select t.occurrence_id, t.customer_id
          from trials t join noes n on n.customer_id = t.customer_id and n.purpose = t.purpose
         where t.state in {OUT} and n.channel in ('*', t.channel) and n.at > t.began
           and n.at <= least(t.began + interval '{OPT_OUT_DAYS} days', t.next_at, :now)
        union
        select t.occurrence_id, t.customer_id
          from trials t join noes n on n.customer_id is null and n.identity_id = t.identity_id and n.purpose = t.purpose
         where t.state in {OUT} and n.channel in ('*', t.channel) and n.at > t.began
           and n.at <= least(t.began + interval '{OPT_OUT_DAYS} days', t.next_at, :now)
    )
"""

_STOPPED = "t.stopped_at is not null or r.customer_id is not null"
_JOINED = """
      from trials t
      left join bought b on b.occurrence_id = t.occurrence_id and b.customer_id = t.customer_id
      left join refused r on r.occurrence_id = t.occurrence_id and r.customer_id = t.customer_id
"""

HEAPS = f"""
    with {TRIALS}
    select t.state, coalesce(t.channel, '') as channel, coalesce(i.language, c.language) as language,
           cast(t.began at time zone :zone as date) as day, t.goal_days,
           cast(floor(extract(epoch from :now - t.began) / 86400) as int) as age,
           cast(floor(extract(epoch from b.first_at - t.began) / 86400) as int) as lag,
           count(*) as many,
           count(*) filter (where i.delivery in ('delivered', 'read')) as delivered,
           count(*) filter (where i.delivery = 'read') as read,
           count(t.answered_at) as answered, count(*) filter (where {_STOPPED}) as stopped,
           cast(coalesce(sum(b.orders), 0) as bigint) as orders, cast(coalesce(sum(b.cents), 0) as bigint) as cents
    {_JOINED}
      join customers c on c.id = t.customer_id
      left join outbox_messages x on x.id = t.outbox_id
      left join interactions i on i.id = x.interaction_id
     group by 1, 2, 3, 4, 5, 6, 7
"""

# A person is compared once, however often the campaign wrote to them.
PERSONS = f"""
    with {TRIALS}, persons as (
        select t.customer_id, bool_and(t.state = 'holdout') as held, bool_or(b.first_at is not null) as bought,
               sum(b.cents) as cents
        {_JOINED}
         where t.began <= :now
         group by t.customer_id
    )
    select held, count(*) as people, count(*) filter (where bought) as buyers,
           cast(coalesce(sum(cents), 0) as bigint) as cents
      from persons group by held
"""

SUMMED = f"""
    with {TRIALS}
    select t.campaign_id, count(*) filter (where t.state = 'sent') as sent,
           count(*) filter (where t.state = 'failed') as failed, count(*) filter (where t.state = 'unknown') as unknown,
           count(*) filter (where t.state = 'holdout') as held_out,
           count(*) filter (where t.state = 'sent' and t.answered_at is not null) as answered,
           count(*) filter (where t.state in {OUT} and ({_STOPPED})) as stopped,
           count(b.first_at) filter (where t.state = 'sent') as converted,
           cast(coalesce(sum(b.cents) filter (where t.state = 'sent'), 0) as bigint) as cents,
           min(t.began) filter (where t.state in {OUT}) as first_at,
           max(t.began) filter (where t.state in {OUT}) as last_at
    {_JOINED}
     group by t.campaign_id
"""
