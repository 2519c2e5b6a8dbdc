"""How each kind of care event is found: one insert for everybody, of what is not yet written down.

Where the records know only a day, the event happened when it was found, or at the end of that day if it is over.
"""

from datetime import date, datetime

from sqlalchemy import Executable, String, cast, column, func, literal, select, table, text
from sqlalchemy.dialects.postgresql import insert

from crm_store.loyalty.lapsing import lapsing_by_day
from crm_store.people.customers import Customer

_AT = "least(:now, :midnight + ({day} + 1 - :today) * interval '1 day')"
_INTO = "insert into care_events (kind, customer_id, key, at, detail)"
_ONCE = "on conflict (kind, customer_id, key) do nothing"

JOINED = text(
    f"""
    {_INTO}
    select 'joined', c.id, 'joined', {_AT.format(day="c.joined_on")}, '{{}}'
      from customers c
     where c.joined_on > :news_day and c.joined_on <= :today and c.member_number is not null and c.erased_at is null
       and not exists (select from care_events e where e.kind = 'joined' and e.customer_id = c.id)
     order by c.joined_on, c.id
    {_ONCE}
    """
)
REFERRAL = text(
    f"""
    {_INTO}
    select 'referral', r.id, f.id::text, {_AT.format(day="f.joined_on")}, jsonb_build_object('friend', f.id)
      from customers f join customers r on r.id = f.referred_by
     where f.joined_on > :news_day and f.joined_on <= :today and r.id <> f.id
       and f.erased_at is null and r.erased_at is null
       and not exists (select from care_events e
                        where e.kind = 'referral' and e.customer_id = r.id and e.key = f.id::text)
     order by f.joined_on, f.id
    {_ONCE}
    """
)
# The dearest line names the purchase: "how do you like your air fryer?"
PURCHASE = text(
    f"""
    {_INTO}
    select 'purchase', o.customer_id, o.number, {_AT.format(day="o.ended_on")},
           jsonb_strip_nulls(jsonb_build_object('order_number', o.number, 'total_cents', o.total_cents,
                                                'store', s.code, 'sku', p.sku, 'product', p.name))
      from orders o join customers c on c.id = o.customer_id and c.erased_at is null
      left join stores s on s.id = o.store_id
      left join lateral (
           select product_id from order_lines l where l.order_id = o.id
            order by l.price_cents * l.quantity desc, l.line limit 1) dearest on true
      left join products p on p.id = dearest.product_id
     where o.state in ('delivered', 'collected') and o.ended_on > :news_day and o.ended_on <= :today
       and not exists (select from care_events e
                        where e.kind = 'purchase' and e.customer_id = o.customer_id and e.key = o.number)
     order by o.ended_on, o.id
    {_ONCE}
    """
)
# Compared with the tier of the last look, which the life cycle keeps; who has none yet is only looked at.
TIER_CHANGE = text(
    f"""
    with moved as (
        select l.customer_id, l.tier as was, c.tier as now
          from lifecycles l join customers c on c.id = l.customer_id
         where l.tier is distinct from c.tier and c.erased_at is null
           for update of l
    ),
    noted as (
        update lifecycles l set tier = moved.now from moved where moved.customer_id = l.customer_id
    )
    {_INTO}
    select 'tier_change', m.customer_id, m.now || ':' || :today, :now,
           jsonb_build_object('from', m.was, 'to', m.now, 'up', coalesce(upper.rank > lower.rank, false))
      from moved m left join tiers upper on upper.code = m.now left join tiers lower on lower.code = m.was
     where m.was is not null
     order by m.customer_id
    {_ONCE}
    """
)
COMPLAINT_CLOSED = text(
    f"""
    {_INTO}
    select 'complaint_closed', c.id, k.number || case when k.reopened > 0 then ':' || k.reopened else '' end,
           k.closed_at, jsonb_build_object('complaint_number', k.number, 'category', k.category)
      from complaints k left join channel_identities i on i.id = k.identity_id
      join customers c on c.id = coalesce(k.customer_id, i.customer_id)
     where k.closed_at > :since and k.closed_at <= :now and k.merged_into is null and c.erased_at is null
     order by k.closed_at, k.id
    {_ONCE}
    """
)
COUPON_LAPSING = text(
    f"""
    {_INTO}
    select 'coupon_lapsing', k.customer_id, k.code, :now,
           jsonb_build_object('coupon_code', k.code, 'coupon_title', k.title, 'coupon_until', k.valid_until)
      from coupons k join customers c on c.id = k.customer_id
     where k.used_at is null and k.valid_until between :today and :coupon_day and k.valid_from <= :today
       and c.erased_at is null
     order by k.valid_until, k.id
    {_ONCE}
    """
)
GONE_QUIET = text(
    f"""
    {_INTO}
    select 'gone_quiet', l.customer_id, cast(l.last_order_at at time zone 'UTC' as date)::text, :now,
           jsonb_strip_nulls(jsonb_build_object('last_order_at', l.last_order_at, 'rhythm_days', l.rhythm_days))
      from lifecycles l join customers c on c.id = l.customer_id
     where l.stage = 'fading' and l.since > :news_day and l.orders > 0 and c.erased_at is null
     order by l.since, l.customer_id
    {_ONCE}
    """
)
# What somebody buys again and again is used up. Bought on three days or more in two years, at least a fortnight apart
# on the average: half of that time after the last purchase about half is left, so there is no need to buy yet. Whoever
# has no rhythm at all has none for a product.
RUNNING_LOW = text(
    f"""
    with bought as (
        select o.customer_id, l.product_id, cast(o.placed_at at time zone 'UTC' as date) as day
          from orders o join order_lines l on l.order_id = o.id
          join lifecycles y on y.customer_id = o.customer_id and y.rhythm_days is not null
         where o.state not in ('cancelled', 'returned') and o.placed_at > :now - interval '2 years'
           and o.placed_at <= :now
         group by 1, 2, 3
    ),
    rhythms as (
        select customer_id, product_id, max(day) as last_day, (max(day) - min(day)) / (count(*) - 1) as days
          from bought group by 1, 2 having count(*) >= 3
    )
    {_INTO}
    select 'running_low', r.customer_id, p.sku || ':' || r.last_day, :now,
           jsonb_build_object('sku', p.sku, 'product', p.name, 'days_left', r.days - (:today - r.last_day))
      from rhythms r join products p on p.id = r.product_id
      join customers c on c.id = r.customer_id and c.erased_at is null
     where r.days >= 14 and :today - r.last_day >= r.days / 2 and :today - r.last_day < r.days / 2 + :news_days
     order by r.customer_id, p.id
    {_ONCE}
    """
)
OFTEN_STATEMENTS = {
    "joined": JOINED,
    "purchase": PURCHASE,
    "tier_change": TIER_CHANGE,
    "complaint_closed": COMPLAINT_CLOSED,
    "referral": REFERRAL,
    "coupon_lapsing": COUPON_LAPSING,
    "gone_quiet": GONE_QUIET,
}
NIGHTLY_STATEMENTS = {"running_low": RUNNING_LOW}
_EVENTS = table("care_events", column("kind"), column("customer_id"), column("key"), column("at"), column("detail"))


def points_lapsing(first: date, last: date, now: datetime) -> Executable:
    """One event for each day on which points of a customer lapse."""
    lapsing = lapsing_by_day(first, last).subquery().c
    detail = func.jsonb_build_object("lapsing_points", lapsing.points, "lapsing_day", lapsing.day)
    found = (
        select(literal("points_lapsing"), lapsing.customer_id, cast(lapsing.day, String), literal(now), detail)
        .join(Customer, Customer.id == lapsing.customer_id)
        .where(lapsing.points > 0, Customer.erased_at.is_(None))
        .order_by(lapsing.day, lapsing.customer_id)
    )
    columns = ["kind", "customer_id", "key", "at", "detail"]
    once = insert(_EVENTS).from_select(columns, found).on_conflict_do_nothing()
    return once.execution_options(preserve_rowcount=True)
