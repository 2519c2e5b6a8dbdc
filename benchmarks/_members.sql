-- Members of a large shop, filled by sets. :members is a whole number. Everything is derived from the row's number, by
-- way of `spread`: every run fills the same shop.

-- step: members
create function pg_temp.spread(n bigint, salt int, parts int) returns int language sql immutable as $$
    select ((hashint8(n * 31 + salt)::bigint + 2147483648) % parts)::int
$$;
insert into customers (member_number, name, language, time_zone, time_zone_source, birth_date, birth_year_known,
                       birth_calendar, tier, email, phone, joined_on, household_id)
select 'B' || (10000000 + i), 'Member ' || i,
       case when pg_temp.spread(i, 1, 100) < 40 then 'zh' else 'en' end,
       coalesce((array['Asia/Kuala_Lumpur','Asia/Kuala_Lumpur','Asia/Hong_Kong','Asia/Shanghai','Asia/Tokyo','Asia/Jakarta',
                       'Europe/London','America/New_York','Australia/Sydney'])[pg_temp.spread(i, 2, 100)],
                'Asia/Singapore'),
       coalesce((array['said','said','said','said','said','said','phone','phone','phone','phone','unknown'])
           [pg_temp.spread(i, 3, 80)], 'shop'),
       case when pg_temp.spread(i, 4, 100) < 85 then date '1946-01-01' + pg_temp.spread(i, 5, 25000) end,
       pg_temp.spread(i, 6, 10) > 0, case when pg_temp.spread(i, 7, 20) = 0 then 'lunar' else 'solar' end,
       (array['member','member','member','silver','silver','gold'])[1 + pg_temp.spread(i, 8, 6)],
       'member' || i || '@mail.example', '+65' || (80000000 + i), current_date - 1 - pg_temp.spread(i, 9, 2500),
       case when pg_temp.spread(i, 10, 10) < 3 then i / 3 end
  from generate_series(1, :members) i;
create temp table people as
select id, row_number() over (order by id) as i from customers where member_number like 'B%';

-- step: addresses
insert into channel_identities (channel, account, address, customer_id, display_name, reachability, proof_level,
                                proof_method, created_at)
select a.channel, 'main', a.channel || p.i, p.id, '',
       case when pg_temp.spread(p.i, a.salt, 50) = 0 then 'blocked' else 'ok' end, 1, 'code', now()
  from people p
  cross join (values ('telegram', 20, 70), ('email', 21, 80), ('webchat', 22, 15)) a(channel, salt, share)
 where pg_temp.spread(p.i, a.salt + 10, 100) < a.share;

-- step: permissions
-- Most said yes to all that was asked, or to nothing; some to a part of it, and some of them stopped it all later.
insert into consent_entries (customer_id, purpose, channel, granted, at, source, question, question_version, answer)
select p.id, c.purpose, c.channel, c.granted, now() - interval '300 days', 'form', '', '', 'yes'
  from (select id, pg_temp.spread(i, 40, 100) as part from people) p
  join (values (1, 'care', '*', true, 0, 70), (2, 'survey', '*', true, 0, 55), (3, 'promotion', '*', true, 0, 45),
               (3, 'promotion', 'email', true, 45, 55), (4, 'promotion', 'telegram', false, 0, 3),
               (5, 'promotion', '*', false, 3, 10), (5, 'care', '*', false, 3, 7), (5, 'survey', '*', false, 3, 7))
       c(place, purpose, channel, granted, first, past) on p.part >= c.first and p.part < c.past
 order by c.place, p.id;

-- step: own rules
insert into preferences (customer_id, identity_id, kind, value, words, at)
select distinct on (p.id, r.kind) p.id, a.id, r.kind, r.value::jsonb, '', now()
  from people p
  join channel_identities a on a.customer_id = p.id and a.account = 'main'
  cross join (values ('hours', '{"from": "10:00"}', 50, 5), ('hours', '{"from": "18:00", "to": "21:00"}', 51, 3),
                     ('days', '{"days": [5, 6]}', 52, 3), ('at_most', '{"per": "month", "count": 1}', 53, 5),
                     ('at_most', '{"per": "year", "count": 4}', 54, 1), ('channels', '{"only": ["email"]}', 55, 4),
                     ('channels', '{"first": ["email"]}', 56, 4), ('style', '{"style": "pull"}', 57, 3),
                     ('language', '{"language": "zh"}', 58, 2), ('only', '{"occasions": ["birthday"]}', 59, 2))
             r(kind, value, salt, share)
 where pg_temp.spread(p.i, r.salt, 100) < r.share;
insert into occasions (customer_id, identity_id, kind, calendar, off, words, at)
select distinct on (p.id) p.id, a.id, 'mothers_day', 'solar', true, '', now()
  from people p join channel_identities a on a.customer_id = p.id and a.account = 'main'
 where pg_temp.spread(p.i, 60, 100) < 2;

-- step: complaints
insert into complaints (number, customer_id, category, severity, what_happened, wanted, language, state, opened_at,
                        changed_at, closed_at, source, urgent, reopened, waits_for)
select 'B' || p.i, p.id, 'delivery', 'normal', 'late', '', 'en', case when p.i % 2 = 0 then 'closed' else 'received' end,
       now() - interval '3 days', now() - interval '1 day', case when p.i % 2 = 0 then now() - interval '1 day' end,
       'bot', false, 0, 'us'
  from people p where pg_temp.spread(p.i, 70, 100) < 1;

-- step: life cycles
insert into lifecycles (customer_id, stage, since, risk, orders, spent_cents, spent_year_cents, first_order_at,
                        last_order_at, counted_at)
select p.id, (array['new','growing','mature','fading','lost'])[1 + pg_temp.spread(p.i, 80, 5)], current_date,
       pg_temp.spread(p.i, 81, 101), 1 + pg_temp.spread(p.i, 82, 20), 1000 * pg_temp.spread(p.i, 83, 2000),
       500 * pg_temp.spread(p.i, 83, 2000), now() - interval '900 days',
       now() - interval '1 day' * pg_temp.spread(p.i, 84, 400), now()
  from people p;

-- step: what was sent before
insert into campaigns (name, purpose, state, version, approved_version, made_at, changed_at, cursor)
select 'Before ' || n, (array['promotion','care','promotion','promotion'])[n],
       case when n = 4 then 'running' else 'done' end, 1, 1, now(), now(), 0 from generate_series(1, 4) n;
insert into campaign_versions (campaign_id, version, plan, made_at)
select id, 1, '{"channels": ["telegram", "email"]}', now() from campaigns where name like 'Before %';
insert into occurrences (campaign_id, version, key, state, purpose, priority, due_at, expires_at, fired_at)
select id, 1, 'before', case when state = 'done' then 'done' else 'planned' end, purpose, 5,
       now() + interval '2 days', now() + interval '4 days', now() - interval '1 day'
  from campaigns where name like 'Before %' order by id;
insert into touches (occurrence_id, customer_id, state, outcome, reason, channel, lane, due_at, expires_at, decided_at,
                     policy_version, sent_at)
select o.id, p.id, case when o.state = 'planned' then 'waiting' else 'sent' end, 'defer', 'hours', 'telegram',
       'telegram:main', at.at, o.expires_at, at.at, 0, case when o.state = 'done' then at.at end
  from people p
  join (select id, state, expires_at, row_number() over (order by id) as n from occurrences where key = 'before') o
    on pg_temp.spread(p.i, 90 + o.n::int, 100) < (array[30, 10, 60, 5])[o.n]
  cross join lateral (
       select case when o.state = 'planned' then date_trunc('day', now()) + interval '2 days 2 hours'
                   else now() - (array[5, 20, 200, 0])[o.n] * interval '1 day'
                        - pg_temp.spread(p.i, 95, 36000) * interval '1 second' end as at) at;

-- step: statistics
analyze;
