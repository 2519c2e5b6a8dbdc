"""What customers saved with what a campaign gave them or reminded them of: SQL beside `FIRINGS`, cents by touch.

Three things count, and nothing else: a coupon the campaign gave, used, at its value; a coupon it reminded of, used
after the message and while it was good, at its value; points it reminded of, spent after the message and before they
lapsed, as many as would have lapsed, at what a point is worth. Whether they would have been used anyway nobody knows.
"""

from crm_store.loyalty.points import CENTS_PER_POINT

_REMINDED = """
    from firings f
    join touches t on t.occurrence_id = f.id and t.state in ('sent', 'unknown')
    join care_events e on e.id = t.event_id
"""

SAVED = f"""
    saved as materialized (
        select 'coupon' as kind, k.occurrence_id, k.customer_id, k.value_cents as cents
          from firings f join coupons k on k.occurrence_id = f.id
         where k.used_at <= :now
        union all
        select 'reminder', t.occurrence_id, t.customer_id, k.value_cents
          {_REMINDED} and e.kind = 'coupon_lapsing'
          join coupons k on k.code = e.detail ->> 'coupon_code' and k.customer_id = t.customer_id
         where k.used_at > t.sent_at and k.used_at <= :now
        union all
        select 'points', t.occurrence_id, t.customer_id,
               least(s.points, cast(e.detail ->> 'lapsing_points' as bigint)) * {CENTS_PER_POINT}
          {_REMINDED} and e.kind = 'points_lapsing'
          join lateral (
               select sum(-p.delta) as points from points_entries p
                where p.customer_id = t.customer_id and p.delta < 0 and p.reason not in ('lapsed', 'expired', 'return')
                  and p.at > t.sent_at and p.at <= :now
                  and cast(p.at at time zone :zone as date) <= cast(e.detail ->> 'lapsing_day' as date)) s
            on s.points > 0
    )
"""
