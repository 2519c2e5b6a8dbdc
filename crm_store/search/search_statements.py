"""The search as SQL: every part is answered by an index, and gives no more than `limit` rows.

What was not asked for is left out of the statement, not switched off by a parameter: only so can the planner choose.
``id + 0`` keeps it from walking the whole table from its newest row in the hope of meeting a rare word soon.
"""

from crm_store.search.search_words import Asked
from crm_store.staff.sight import Sight

_NAMED = "desk_terms({}) @@ cast(:names as tsquery)"


def cases_statement(sight: Sight, question: Asked) -> str:
    """By number, order, customer and words; newest first."""
    seen, newest = sight.case("p"), "order by p.id + 0 desc limit :limit"
    parts = []
    if question.codes:
        parts += [
            f"select p.id from complaints p where p.number = any(:codes) and {seen}",
            f"select p.id from complaints p where p.order_number = any(:codes) and {seen} {newest}",
            f"""select p.id from complaints p join customers u on u.id = p.customer_id
                 where u.member_number = any(:codes) and {seen} {newest}""",
        ]
    if question.names:
        parts.append(
            f"""select p.id from complaints p
                 where p.customer_id = any(array(
                           select u.id from customers u where {_NAMED.format("u.name")}
                            order by u.id + 0 desc limit 200))
                   and {seen} {newest}"""
        )
    if question.texts:
        words = "desk_terms(p.what_happened) @@ cast(:texts as tsquery)"
        parts.append(f"select p.id from complaints p where {words} and {seen} {newest}")
    return f"""
    with fitting as ({_all_of(parts, "union")})
    select p.id as complaint_id, p.number, coalesce(u.name, a.display_name, '') as name, p.category, p.state,
           p.opened_at, p.closed_at, p.what_happened as text
      from fitting join complaints p on p.id = fitting.id
      left join customers u on u.id = p.customer_id
      left join channel_identities a on a.id = p.identity_id
     order by p.id desc limit :limit
    """


def customers_statement(question: Asked) -> str:
    """By member number, e-mail, the end of a phone number, address, order, and name; the surest first."""
    parts = []
    if question.codes:
        parts += [
            "select u.id, null::bigint, 1, 'member' from customers u where u.member_number = any(:codes)",
            """select a.customer_id, a.id, 4, 'address' from channel_identities a
                where a.address = any(:codes) limit :limit""",
            "select o.customer_id, null, 5, 'order' from orders o where o.number = any(:codes)",
        ]
    if question.email:
        parts.append("select u.id, null, 2, 'email' from customers u where lower(u.email) = :email limit :limit")
    if question.digits:
        ends = "right(u.phone, 8) = right(:digits, 8) and u.phone like '%' || :digits"
        parts.append(f"select u.id, null, 3, 'phone' from customers u where {ends} limit :limit")
    if question.names:
        parts += [
            f"""select u.id, null::bigint, 6, 'name' from customers u
                 where {_NAMED.format("u.name")} order by u.id + 0 desc limit :limit""",
            f"""select a.customer_id, a.id, 7, 'name' from channel_identities a
                 where {_NAMED.format("a.display_name")} order by a.id + 0 desc limit :limit""",
        ]
    return f"""
    with fitting (customer_id, identity_id, rank, why) as ({_all_of(parts, "union all")}), best as (
        select distinct on (coalesce(customer_id, -identity_id)) *
          from fitting order by coalesce(customer_id, -identity_id), rank
    )
    select u.id as customer_id, case when u.id is null then a.id end as identity_id,
           coalesce(u.name, a.display_name, '') as name, u.member_number, u.email, u.phone,
           coalesce(u.tier, '') as tier, coalesce(a.channel, '') as channel, best.why
      from best
      left join customers u on u.id = best.customer_id
      left join channel_identities a on a.id = best.identity_id
     where u.erased_at is null
     order by best.rank, best.customer_id desc nulls last limit :limit
    """


def messages_statement(sight: Sight, latest: int | None) -> str:
    """Words in messages, newest first: among the `latest` messages, read one by one, or by the index among all.

    Whether one is in sight costs more than to find it: it is asked from the newest on, until there are enough.
    """
    source = f"(select * from interactions order by id desc limit {latest})" if latest else "interactions"
    return f"""
    with fitting as (
        select i.id, i.conversation_id, i.text, i.direction, i.author, i.at, v.channel, v.identity_id
          from (select id + 0 as id, conversation_id, text, direction, author, at from {source}
                 where desk_terms(text) @@ cast(:texts as tsquery) order by id + 0 desc offset 0) i
          join conversations v on v.id = i.conversation_id and {sight.talk("v")}
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


def _all_of(parts: list[str], joined: str) -> str:
    return f"\n{joined}\n".join(f"({part})" for part in parts)
