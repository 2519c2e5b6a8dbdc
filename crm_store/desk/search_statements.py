"""The search as SQL: every part is answered by an index, and gives no more than `limit` rows."""

from crm_store.desk.sight import Sight

_NAMED = "desk_terms(u.name) @@ cast(:names as tsquery)"


def cases_statement(sight: Sight) -> str:
    """By number, order, customer and words; newest first."""
    seen = sight.case("p")
    words = "desk_terms(p.what_happened) @@ cast(nullif(:texts, '') as tsquery)"
    return f"""
    with people as (
        select u.id from customers u
         where :names <> '' and {_NAMED} or u.member_number = any(:codes)
         order by u.id desc limit 200
    ), fitting as (
        (select p.id from complaints p where p.number = any(:codes) and {seen})
        union (select p.id from complaints p where p.order_number = any(:codes) and {seen}
                order by p.id desc limit :limit)
        union (select p.id from complaints p where p.customer_id in (select id from people) and {seen}
                order by p.id desc limit :limit)
        union (select p.id from complaints p where {words} and {seen} order by p.id desc limit :limit)
    )
    select p.id as complaint_id, p.number, coalesce(u.name, a.display_name, '') as name, p.category, p.state,
           p.opened_at, p.closed_at, p.what_happened as text
      from fitting join complaints p on p.id = fitting.id
      left join customers u on u.id = p.customer_id
      left join channel_identities a on a.id = p.identity_id
     order by p.id desc limit :limit
    """


CUSTOMERS = f"""
with fitting as (
    (select u.id as customer_id, null::bigint as identity_id, 1 as rank, 'member' as why
       from customers u where u.member_number = any(:codes))
    union all
    (select u.id, null, 2, 'email' from customers u where :email <> '' and lower(u.email) = :email limit :limit)
    union all
    (select u.id, null, 3, 'phone' from customers u
      where :digits <> '' and right(u.phone, 8) = right(:digits, 8) and u.phone like '%' || :digits limit :limit)
    union all
    (select a.customer_id, a.id, 4, 'address' from channel_identities a where a.address = any(:codes) limit :limit)
    union all
    (select o.customer_id, null, 5, 'order' from orders o where o.number = any(:codes))
    union all
    (select u.id, null, 6, 'name' from customers u where :names <> '' and {_NAMED} order by u.id desc limit :limit)
    union all
    (select a.customer_id, a.id, 7, 'name' from channel_identities a
      where :names <> '' and desk_terms(a.display_name) @@ cast(:names as tsquery) order by a.id desc limit :limit)
), best as (
    select distinct on (coalesce(customer_id, -identity_id)) *
      from fitting order by coalesce(customer_id, -identity_id), rank
)
select u.id as customer_id, case when u.id is null then a.id end as identity_id,
       coalesce(u.name, a.display_name, '') as name, u.member_number, u.email, u.phone, coalesce(u.tier, '') as tier,
       coalesce(a.channel, '') as channel, best.why
  from best
  left join customers u on u.id = best.customer_id
  left join channel_identities a on a.id = best.identity_id
 where u.erased_at is null
 order by best.rank, best.customer_id desc nulls last limit :limit
"""


def messages_statement(sight: Sight) -> str:
    """Words in messages, newest first."""
    return f"""
    with fitting as (
        select i.id, i.conversation_id, i.text, i.direction, i.author, i.at, v.channel, v.identity_id
          from interactions i join conversations v on v.id = i.conversation_id
         where desk_terms(i.text) @@ cast(:texts as tsquery) and {sight.talk("v")}
         order by i.id desc limit :limit
    )
    select m.id as interaction_id, m.conversation_id, n.id as complaint_id, n.number,
           coalesce(u.name, a.display_name, '') as name, m.channel, m.direction, m.author, m.at, m.text
      from fitting m
      join channel_identities a on a.id = m.identity_id
      left join customers u on u.id = a.customer_id
      left join lateral (
            select p.id, p.number from complaint_conversations k join complaints p on p.id = k.complaint_id
             where k.conversation_id = m.conversation_id and {sight.case("p")} order by p.id desc limit 1) n on true
     order by m.id desc
    """
