"""The rule of `stages.py` for everybody in one statement. A row is written only where something in it has changed."""

from sqlalchemy import text

REFRESH = text(
    """
    with days as (
        select customer_id, cast(placed_at at time zone 'UTC' as date) as day, count(*) as orders,
               sum(total_cents) as spent, sum(total_cents) filter (where placed_at > :year_ago) as spent_year,
               min(placed_at) as first_at, max(placed_at) as last_at
          from orders where orders.state not in ('cancelled', 'returned') and placed_at <= :now group by 1, 2
    ),
    gaps as (select *, day - lag(day) over (partition by customer_id order by day) as gap from days),
    bought as (
        select customer_id, sum(orders) as orders, sum(spent) as spent, coalesce(sum(spent_year), 0) as spent_year,
               min(first_at) as first_at, max(last_at) as last_at,
               case when count(*) >= :least_days
                    then round(percentile_cont(0.5) within group (order by gap))::integer end as rhythm
          from gaps group by customer_id
    ),
    told as (
        select c.id, c.tier, coalesce(orders, 0) as orders, coalesce(spent, 0) as spent,
               coalesce(spent_year, 0) as spent_year, first_at, last_at, rhythm,
               greatest(0, coalesce(floor(extract(epoch from :now - first_at) / 86400), :today - joined_on)) as age,
               greatest(0, coalesce(floor(extract(epoch from :now - last_at) / 86400), :today - joined_on)) as silence,
               case when rhythm is null then :usual_fading
                    else least(greatest(rhythm * :rhythms_to_fading, :soonest_fading), :latest_fading) end as fading,
               case when rhythm is null then :usual_lost
                    else least(greatest(rhythm * :rhythms_to_lost, :soonest_lost), :latest_lost) end as lost
          from customers c left join bought b on b.customer_id = c.id where c.erased_at is null
    ),
    staged as (
        select *, case when silence > lost then 'lost' when silence > fading then 'fading'
                       when age < :new_days or orders = 0 then 'new'
                       when orders >= :mature_orders and age >= :mature_days then 'mature' else 'growing' end as stage
          from told
    )
    insert into lifecycles (customer_id, stage, since, risk, orders, spent_cents, spent_year_cents, first_order_at,
                            last_order_at, rhythm_days, tier, counted_at)
    select id, stage,
           :today - (case stage when 'lost' then silence - lost - 1 when 'fading' then silence - fading - 1
                                when 'new' then age when 'mature' then age - :mature_days else age - :new_days end
                    )::integer,
           least(100, floor(silence * 100 / lost / :step) * :step), orders, spent, spent_year, first_at, last_at,
           rhythm, tier, :now
      from staged
    on conflict (customer_id) do update set
        since = case when lifecycles.stage = excluded.stage then lifecycles.since
                     when excluded.stage in ('growing', 'mature') then :today else excluded.since end,
        stage = excluded.stage, risk = excluded.risk, orders = excluded.orders, spent_cents = excluded.spent_cents,
        spent_year_cents = excluded.spent_year_cents, first_order_at = excluded.first_order_at,
        last_order_at = excluded.last_order_at, rhythm_days = excluded.rhythm_days, counted_at = excluded.counted_at
    where (lifecycles.stage, lifecycles.risk, lifecycles.orders, lifecycles.spent_cents, lifecycles.spent_year_cents,
           lifecycles.first_order_at, lifecycles.last_order_at, lifecycles.rhythm_days)
          is distinct from
          (excluded.stage, excluded.risk, excluded.orders, excluded.spent_cents, excluded.spent_year_cents,
           excluded.first_order_at, excluded.last_order_at, excluded.rhythm_days)
    """
)
