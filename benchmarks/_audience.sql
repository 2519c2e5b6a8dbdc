-- So many members, each with a Telegram chat and a yes to promotions. :members is a whole number.
insert into customers (name, language, time_zone, time_zone_source, birth_year_known, birth_calendar, tier, joined_on)
select 'Member ' || i, case when i % 3 = 0 then 'zh' else 'en' end, 'Asia/Singapore', 'said', true, 'solar', 'member',
       date '2024-01-01'
  from generate_series(1, :members) i;
insert into channel_identities (channel, account, address, customer_id, display_name, reachability, proof_level,
                                proof_method, created_at)
select 'telegram', '4711', 1000000 + id, id, '', 'ok', 1, 'code', now() from customers;
insert into conversations (identity_id, channel, account, control, control_version, language, language_source, dialogue,
                           offered, last_seq, opened_at)
select id, channel, account, 'bot', 0, 'en', 'guess', '[]', '[]', 0, now() from channel_identities;
insert into consent_entries (customer_id, purpose, channel, granted, at, source, question, question_version, answer)
select id, 'promotion', '*', true, now() - interval '90 days', 'form', '', '', 'yes' from customers;
analyze;
