-- A shop of size, filled by sets. :messages, :cases, :customers and :open_cases are whole numbers.
-- Everything is derived from the row's number: every run fills the same shop.

-- step: words
create temp table en_words as select row_number() over () - 1 as n, w from unnest(array[
 'blender','air fryer','kettle','rice cooker','toaster','vacuum cleaner','desk lamp','office chair','bed sheet','towel',
 'running shoes','backpack','raincoat','headphones','power bank','yoga mat','water bottle','frying pan','knife set',
 'cushion','curtain','bookshelf','mirror','humidifier','fan heater','coffee grinder','tea set','lunch box','umbrella',
 'phone case']) w;
create temp table zh_words as select row_number() over () - 1 as n, w from unnest(array[
 '搅拌机','空气炸锅','电水壶','电饭煲','烤面包机','吸尘器','台灯','办公椅','床单','毛巾','跑鞋','双肩包','雨衣','耳机',
 '充电宝','瑜伽垫','水杯','平底锅','刀具','靠垫','窗帘','书架','镜子','加湿器','暖风机','磨豆机','茶具','饭盒','雨伞',
 '手机壳']) w;
create temp table en_lines as select row_number() over () - 1 as n, w from unnest(array[
 'Hello, I bought the %s last week and it stopped working after two days.','Where is my order with the %s? It should be here by now.',
 'The parcel arrived but the %s inside was broken.','I would like a refund for the %s please.','Do you still have the %s in the Orchard store?',
 'The %s is too small, can I exchange it for a larger one?','I was charged twice for the %s.','Thank you, the %s is fine now.',
 'The driver left the %s in the rain and the box is soaked.','Can somebody call me about the %s?','How long is the warranty of the %s?',
 'I have waited for the %s for three weeks now.','The colour of the %s is not what the picture shows.','Is there a coupon for the %s?',
 'Your colleague promised to look into the %s and nobody came back to me.','We have found the %s and will send it today.',
 'I am sorry to hear about the %s; may I have the order number?','The %s is in stock in three of our stores.',
 'Your refund for the %s is on its way and takes three to five days.','Returns of the %s are free within thirty days.']) w;
create temp table zh_lines as select row_number() over () - 1 as n, w from unnest(array[
 '你好，我上周买的%s用了两天就坏了。','我的%s什么时候能到？早就该到了。','包裹到了，但是里面的%s是破的。','我想把%s退掉，请退款。',
 '乌节路门店还有%s吗？','%s太小了，可以换大一号的吗？','买%s的时候扣了我两次钱。','谢谢，%s已经好了。','快递员把%s扔在雨里，盒子全湿了。',
 '能不能找个人给我打电话说一下%s的事？','%s保修多久？','我等%s已经等了三个星期了。','%s的颜色跟图片不一样。','%s有优惠券吗？',
 '你们同事答应帮我查%s，结果没人回复。','我们已经找到%s，今天寄出。','关于%s的问题很抱歉，方便提供订单号吗？','%s在三家门店有现货。',
 '%s的退款已经在路上，需要三到五天。','%s三十天内可以免费退货。']) w;
create temp table en_names as select row_number() over () - 1 as n, w from unnest(array[
 'Emma','Daniel','Priya','Marcus','Hannah','Arjun','Siti','Oliver','Grace','Ravi','Nurul','Ethan','Chloe','Farid','Leah',
 'Victor','Aisha','Benjamin','Melissa','Kumar','Rachel','Ismail','Sophie','Gavin','Deepa','Julian','Fiona','Haziq','Nadia','Owen']) w;
create temp table en_families as select row_number() over () - 1 as n, w from unnest(array[
 'Tan','Lim','Lee','Ng','Wong','Goh','Chua','Ong','Koh','Teo','Nair','Pillai','Rahman','Ismail','Fernandez','Smith',
 'Pereira','Menon','Hussain','Yeo','Sim','Quek','Low','Ho','Chan','Raj','Singh','Devi','Aziz','Clarke','Baptista']) w;
create temp table zh_families as select row_number() over () - 1 as n, w from unnest(array[
 '陈','林','李','黄','王','张','刘','吴','蔡','郑','许','何','谢','罗','梁','宋','唐','韩','冯','邓','曹']) w;
create temp table zh_given as select row_number() over () - 1 as n, w from unnest(array[
 '晓梅','志强','美玲','建国','雨桐','子轩','思远','佳怡','文杰','丽华','俊豪','欣妍','海涛','秀英','明辉','静怡','浩然',
 '慧敏','国栋','雅婷','天佑','诗涵','家豪','婉婷','伟明','淑芬','博文','若曦','正阳']) w;

-- step: people
insert into customers (member_number, name, language, time_zone, time_zone_source, birth_year_known, birth_calendar, tier,
                       email, phone, joined_on)
select 'N' || (20000000 + i), case when i % 5 < 2 then zf.w || zg.w else en.w || ' ' || ef.w end,
       case when i % 5 < 2 then 'zh' else 'en' end, 'Asia/Singapore', 'shop', false, 'solar',
       (array['basic','silver','gold'])[1 + i % 3],
       'shopper' || i || '@mail.example', '+658' || (1000000 + i * 7), current_date - (i % 900)
  from generate_series(1, :customers) i
  join en_names en on en.n = i % 30 join en_families ef on ef.n = i / 30 % 31
  join zh_families zf on zf.n = i % 21 join zh_given zg on zg.n = i / 21 % 29;
create temp table people as
select row_number() over (order by id) as i, id as customer_id, name, language from customers where member_number like 'N%';
insert into channel_identities (channel, account, address, customer_id, display_name, reachability, proof_level, proof_method,
                                created_at)
select (array['webchat','telegram','webchat','email','webchat','telegram'])[1 + i % 6], 'crowd', 'crowd-' || i,
       case when i % 5 > 0 then customer_id end, name, 'ok', 0, '', now() - interval '200 days'
  from people order by i;
insert into conversations (identity_id, channel, account, control, control_version, language, language_source, dialogue,
                           offered, last_seq, last_in_at, opened_at)
select a.id, a.channel, a.account, 'bot', 1, p.language, 'guess', '[]', '[]', :messages / :customers,
       now() - interval '1 minute' * (1 + p.i % 4000), now() - interval '200 days'
  from channel_identities a join people p on a.address = 'crowd-' || p.i where a.account = 'crowd' order by p.i;
create temp table talks as
select row_number() over (order by v.id) - 1 as i, v.id as talk, v.identity_id, a.customer_id, v.language
  from conversations v join channel_identities a on a.id = v.identity_id where v.account = 'crowd';
create index on talks (i);
analyze talks;

-- step: messages
drop index ix_interactions_words;
insert into interactions (conversation_id, identity_id, customer_id, direction, author, kind, text, choices, language,
                          delivery, seq, at, sent_at)
select t.talk, t.identity_id, t.customer_id, case when turn % 2 = 0 then 'in' else 'out' end,
       case when turn % 2 = 0 then 'shopper' else 'bot' end, 'text',
       case when m % 1000 = 500 then 'Saffron ' else '' end || case when t.language = 'zh'
            then replace(zl.w, '%s', zw.w) else replace(el.w, '%s', ew.w) end
            || case when m % 3 = 0 then ' ' || (30000 + m % 60000) else '' end,
       '[]', t.language, case when turn % 2 = 0 then 'received' else 'delivered' end, turn + 1,
       now() - interval '15 seconds' * (:messages - m), now() - interval '15 seconds' * (:messages - m)
  from (select m, (m - 1) / :customers as turn, ((m - 1)::bigint * 17) % :customers as i,
               (m::bigint * 7919 + m / 30) % 30 as word, (m::bigint * 104729 / 7) % 20 as line from generate_series(1, :messages) m) s
  join talks t on t.i = s.i
  join en_words ew on ew.n = s.word join zh_words zw on zw.n = s.word
  join en_lines el on el.n = s.line join zh_lines zl on zl.n = s.line
 order by m;

-- step: index of words
set maintenance_work_mem = '1GB';
create index ix_interactions_words on interactions using gin (desk_terms(text)) with (gin_pending_list_limit = 512);

-- step: staff
insert into teams (code, name) select 'crowd' || n, jsonb_build_object('en', 'Team ' || n, 'zh', '第' || n || '组')
  from generate_series(1, 8) n;
insert into staff (login, name, password_hash, must_change_password, role, language, notify_by, notify_address, presence,
                   failed_tries, is_active, made_at, theme, seen_at)
select 'crowd' || g || '@willowmere.example', en.w || ' ' || ef.w, '-', false,
       case when g % 50 = 0 then 'admin' when g % 12 = 0 then 'supervisor' else 'handler' end,
       case when g % 2 = 0 then 'zh' else 'en' end, 'none', '', 'here', 0, true, now(), 'system', now()
  from generate_series(1, 200) g join en_names en on en.n = g % 30 join en_families ef on ef.n = g / 30;
create temp table crew as
select row_number() over (order by id) as n, id from staff where login like 'crowd%';
create temp table crowd_teams as select row_number() over (order by id) as n, id from teams where code like 'crowd%';
insert into team_members (team_id, staff_id)
select t.id, c.id from crew c join crowd_teams t on t.n = 1 + c.n % 8;
insert into staff_sessions (digest, staff_id, made_at, seen_at, ends_at, agent)
select sha256(convert_to('crowd-' || n, 'UTF8')), id, now(), now(), now() + interval '7 days', 'benchmark' from crew;

-- step: complaints
insert into complaints (number, customer_id, identity_id, category, severity, what_happened, wanted, language, state,
                        team_id, assignee_id, waits_for, next_due_at, opened_at, changed_at, done_at, closed_at)
select 'C' || nextval('complaint_numbers'), t.customer_id, t.identity_id,
       (array['delivery','broken','wrong_item','missing_item','charge','refund','quality','staff','waiting','other'])[1 + c % 10],
       case when c % 11 = 0 then 'high' else 'normal' end,
       case when t.language = 'zh' then replace(zl.w, '%s', zw.w) else replace(el.w, '%s', ew.w) end, '', t.language,
       case when c <= :cases - :open_cases then 'closed' else
            (array['received','acknowledged','investigating','remedy_offered'])[1 + c % 4] end,
       team.id, case when c % 10 < 7 then crew.id end, case when c % 10 = 3 then 'shopper' else 'us' end,
       case when c > :cases - :open_cases then case when c % 13 = 0
            then now() - interval '1 minute' * (c % 6000) else now() + interval '1 minute' * (180 + c % 7000) end end,
       opened, opened + interval '1 hour',
       case when c <= :cases - :open_cases then opened + interval '1 day' end,
       case when c <= :cases - :open_cases then opened + interval '2 days' end
  from (select c, now() - interval '4 minutes' * (:cases - c + 500) as opened from generate_series(1, :cases) c) s
  join talks t on t.i = c::bigint * 13 % :customers
  join en_words ew on ew.n = c % 30 join zh_words zw on zw.n = c % 30
  join en_lines el on el.n = c % 15 join zh_lines zl on zl.n = c % 15
  left join crowd_teams team on team.n = c % 9
  left join crew on crew.n = 1 + (c * 7) % 200
 order by c;
insert into complaint_conversations (complaint_id, conversation_id)
select p.id, v.id from complaints p join conversations v on v.identity_id = p.identity_id and v.account = 'crowd';
insert into complaint_events (complaint_id, at, kind, "by", conversation_id, detail)
select n.complaint_id, p.opened_at, 'opened', 'shopper', n.conversation_id, '{}'
  from complaint_conversations n join complaints p on p.id = n.complaint_id
  join conversations v on v.id = n.conversation_id and v.account = 'crowd';

-- step: clocks
insert into clocks (complaint_id, kind, ordinal, policy_id, calendar_id, target, started_at, pauses, holds, due_at, warned_at,
                    alarmed_at, missed_at, met_at, next_at, told_at)
select p.id, 'resolution', 1, (select min(id) from policy_versions), (select min(id) from calendar_versions), 259200,
       p.opened_at, '[]', '[]', coalesce(p.next_due_at, p.closed_at), case when p.next_due_at < now() then p.next_due_at end,
       case when p.next_due_at < now() then p.next_due_at end, case when p.next_due_at < now() then p.next_due_at end,
       p.closed_at, case when p.next_due_at > now() then p.next_due_at end,
       case when p.next_due_at < now() then p.next_due_at end
  from complaints p join channel_identities a on a.id = p.identity_id and a.account = 'crowd';
insert into clocks (complaint_id, kind, ordinal, policy_id, calendar_id, target, started_at, pauses, holds, due_at, met_at)
select p.id, 'first_answer', 1, (select min(id) from policy_versions), (select min(id) from calendar_versions), 14400,
       p.opened_at, '[]', '[]', p.opened_at + interval '4 hours', p.opened_at + interval '1 hour'
  from complaints p join channel_identities a on a.id = p.identity_id and a.account = 'crowd';

-- step: conversations with a person
update conversations v set control = 'person', holder_id = crew.id, control_version = 2
  from talks t join crew on crew.n = 1 + t.i % 200 where t.talk = v.id and t.i < 400;

-- step: statistics
analyze
