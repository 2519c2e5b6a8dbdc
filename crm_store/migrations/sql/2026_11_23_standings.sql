-- Standings: what a customer allows and where they can be reached, as one canonical text, and marks of whose changed.

-- JSON with its keys in order and without spaces: equal values, equal text.
create function canonical_json(said jsonb) returns text language sql immutable strict parallel safe as $$
    select case jsonb_typeof(said)
        when 'object' then '{' || coalesce((
            select string_agg(to_json(e.key)::text || ':' || canonical_json(e.value), ',' order by e.key collate "C")
              from jsonb_each(said) e), '') || '}'
        when 'array' then '[' || coalesce((
            select string_agg(canonical_json(e.value), ',' order by e.place)
              from jsonb_array_elements(said) with ordinality e(value, place)), '') || ']'
        else said::text end
$$;

-- The country a number in international form belongs to; of several that share a code, the largest.
create function country_of_phone(phone text) returns text language sql immutable strict parallel safe as $$
    select case when left(phone, 1) = '+' then coalesce(
               codes ->> substr(phone, 2, 3), codes ->> substr(phone, 2, 2), codes ->> substr(phone, 2, 1)) end
      from (select jsonb '{
        "1":"US","7":"RU","20":"EG","27":"ZA","30":"GR","31":"NL","32":"BE","33":"FR","34":"ES","36":"HU",
        "39":"IT","40":"RO","41":"CH","43":"AT","44":"GB","45":"DK","46":"SE","47":"NO","48":"PL","49":"DE",
        "51":"PE","52":"MX","53":"CU","54":"AR","55":"BR","56":"CL","57":"CO","58":"VE","60":"MY","61":"AU",
        "62":"ID","63":"PH","64":"NZ","65":"SG","66":"TH","81":"JP","82":"KR","84":"VN","86":"CN","90":"TR",
        "91":"IN","92":"PK","93":"AF","94":"LK","95":"MM","98":"IR","211":"SS","212":"MA","213":"DZ",
        "216":"TN","218":"LY","220":"GM","221":"SN","222":"MR","223":"ML","224":"GN","225":"CI","226":"BF",
        "227":"NE","228":"TG","229":"BJ","230":"MU","231":"LR","232":"SL","233":"GH","234":"NG","235":"TD",
        "236":"CF","237":"CM","238":"CV","239":"ST","240":"GQ","241":"GA","242":"CG","243":"CD","244":"AO",
        "245":"GW","246":"IO","247":"AC","248":"SC","249":"SD","250":"RW","251":"ET","252":"SO","253":"DJ",
        "254":"KE","255":"TZ","256":"UG","257":"BI","258":"MZ","260":"ZM","261":"MG","262":"RE","263":"ZW",
        "264":"NA","265":"MW","266":"LS","267":"BW","268":"SZ","269":"KM","290":"SH","291":"ER","297":"AW",
        "298":"FO","299":"GL","350":"GI","351":"PT","352":"LU","353":"IE","354":"IS","355":"AL","356":"MT",
        "357":"CY","358":"FI","359":"BG","370":"LT","371":"LV","372":"EE","373":"MD","374":"AM","375":"BY",
        "376":"AD","377":"MC","378":"SM","380":"UA","381":"RS","382":"ME","383":"XK","385":"HR","386":"SI",
        "387":"BA","389":"MK","420":"CZ","421":"SK","423":"LI","500":"FK","501":"BZ","502":"GT","503":"SV",
        "504":"HN","505":"NI","506":"CR","507":"PA","508":"PM","509":"HT","590":"GP","591":"BO","592":"GY",
        "593":"EC","594":"GF","595":"PY","596":"MQ","597":"SR","598":"UY","599":"CW","670":"TL","672":"NF",
        "673":"BN","674":"NR","675":"PG","676":"TO","677":"SB","678":"VU","679":"FJ","680":"PW","681":"WF",
        "682":"CK","683":"NU","685":"WS","686":"KI","687":"NC","688":"TV","689":"PF","690":"TK","691":"FM",
        "692":"MH","850":"KP","852":"HK","853":"MO","855":"KH","856":"LA","880":"BD","886":"TW","960":"MV",
        "961":"LB","962":"JO","963":"SY","964":"IQ","965":"KW","966":"SA","967":"YE","968":"OM","970":"PS",
        "971":"AE","972":"IL","973":"BH","974":"QA","975":"BT","976":"MN","977":"NP","992":"TJ","993":"TM",
        "994":"AZ","995":"GE","996":"KG","998":"UZ"}' as codes) c
$$;

create function utc_text(moment timestamptz) returns text language sql immutable strict parallel safe as $$
    select to_char(moment at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
$$;

-- Read from the records, for a set of customers at once. Said from an address while nobody was linked to it counts for
-- the one it is linked to now.
create function standings_of(of_whom bigint[], as_of timestamptz)
returns table (customer_id bigint, facts text, permissions jsonb, addresses jsonb, household_id bigint)
language sql stable as $$
    with recursive theirs as (
        select i.customer_id as who, i.id, i.channel, i.account, i.reachability
          from channel_identities i where i.customer_id = any(of_whom)
    ), said as (
        select e.customer_id as who, e.id, e.purpose, e.channel, e.granted
          from consent_entries e where e.customer_id = any(of_whom)
        union all
        select t.who, e.id, e.purpose, e.channel, e.granted
          from theirs t join consent_entries e on e.identity_id = t.id and e.customer_id is null
    ), newest_said as (
        select distinct on (who, purpose, channel) who, id, purpose, channel, granted
          from said order by who, purpose, channel, id desc
    ), allowed as (
        select who, jsonb_object_agg(purpose || ':' || channel, id) as permissions,
               string_agg('[' || to_json(purpose)::text || ',' || to_json(channel)::text || ','
                          || case when granted then '1]' else '0]' end, ',' order by id) as perm
          from newest_said group by who
    ), best as (
        select distinct on (who, channel) who, id, channel, account, reachability
          from theirs order by who, channel, (reachability = 'ok') desc, id desc
    ), reached as (
        select who, jsonb_object_agg(channel, jsonb_build_array(id, channel || ':' || account)) as addresses,
               string_agg('[' || to_json(channel)::text || ',' || to_json(reachability)::text || ']', ','
                          order by channel collate "C") as reach
          from best group by who
    ), ruled as (
        select p.customer_id as who, p.id, p.kind, p.value
          from preferences p where p.customer_id = any(of_whom) and p.ended_at is null and p.kind <> 'words'
        union all
        select t.who, p.id, p.kind, p.value
          from theirs t join preferences p on p.identity_id = t.id and p.customer_id is null
         where p.ended_at is null and p.kind <> 'words'
    ), newest_rule as (
        select distinct on (who, kind) who, kind, value from ruled order by who, kind, id desc
    ), rules as (
        select who, max(value ->> 'language') filter (where kind = 'language') as language,
               string_agg(to_json(kind)::text || ':' || canonical_json(value), ',' order by kind collate "C")
                   filter (where kind <> 'language') as rules
          from newest_rule group by who
    ), dated as (
        select o.customer_id as who, o.id, o.kind, o.off from occasions o where o.customer_id = any(of_whom)
        union all
        select t.who, o.id, o.kind, o.off
          from theirs t join occasions o on o.identity_id = t.id and o.customer_id is null
    ), newest_date as (
        select distinct on (who, kind) who, kind, off from dated order by who, kind, id desc
    ), unwanted as (
        select who, string_agg(to_json(kind)::text, ',' order by kind collate "C") as kinds
          from newest_date where off group by who
    ), cases as (
        select c.customer_id as who, c.id, c.merged_into, c.state, coalesce(c.closed_at, c.changed_at) as since
          from complaints c where c.customer_id = any(of_whom)
        union
        select t.who, c.id, c.merged_into, c.state, coalesce(c.closed_at, c.changed_at)
          from theirs t join complaints c on c.identity_id = t.id
        union
        select m.who, c.id, c.merged_into, c.state, coalesce(c.closed_at, c.changed_at)
          from cases m join complaints c on c.id = m.merged_into
    ), hushed as (
        select who, bool_or(state not in ('confirmed', 'closed')) as open, max(since) + interval '48 hours' as until
          from cases where merged_into is null group by who
    )
    select c.id,
           '{' || concat_ws(',',
               case when c.erased_at is not null then '"blocked":"erased"'
                    when not c.wanted then '"blocked":"staff"' end,
               -- 1 January 1970 is what a form without a date leaves behind. A lunar date falls up to two months later.
               case when c.birth_year_known and c.birth_date <> date '1970-01-01'
                    then '"born":"' || to_char(case when c.birth_calendar = 'lunar' then c.birth_date + 59
                                                    else c.birth_date end, 'YYYY-MM-DD') || '"' end,
               case when c.time_zone_source not in ('said', 'address', 'temporary')
                    then '"country":' || to_json(country_of_phone(c.phone))::text end,
               case when h.open then '"hushed":true'
                    when h.until > as_of
                    then '"hushed_until":"' || utc_text(h.until + interval '999999 microseconds') || '"' end,
               '"lang":' || to_json(nullif(coalesce(l.language, c.language), 'en'))::text,
               '"off":[' || u.kinds || ']',
               '"perm":[' || a.perm || ']',
               '"reach":[' || r.reach || ']',
               '"rules":{' || l.rules || '}',
               '"zone":' || to_json(c.time_zone)::text,
               '"zsrc":' || to_json(nullif(c.time_zone_source, 'unknown'))::text) || '}',
           coalesce(a.permissions, '{}'), coalesce(r.addresses, '{}'), c.household_id
      from customers c
      left join allowed a on a.who = c.id
      left join reached r on r.who = c.id
      left join rules l on l.who = c.id
      left join unwanted u on u.who = c.id
      left join hushed h on h.who = c.id
     where c.id = any(of_whom)
$$;

-- Marks are only ever added here. Whoever reads anew takes away the marks it sees, and reads after that: a change that
-- commits later left its mark behind, whoever was first.
create function mark_customers() returns trigger language plpgsql as $$
begin
    insert into stale_standings (customer_id) select id from changed;
    return null;
end $$;

create function mark_changed_customers() returns trigger language plpgsql as $$
begin
    insert into stale_standings (customer_id)
    select n.id from after n join before o on o.id = n.id
     where (n.language, n.time_zone, n.time_zone_source, n.birth_date, n.birth_year_known, n.birth_calendar, n.phone,
            n.household_id, n.wanted, n.erased_at)
           is distinct from
           (o.language, o.time_zone, o.time_zone_source, o.birth_date, o.birth_year_known, o.birth_calendar, o.phone,
            o.household_id, o.wanted, o.erased_at);
    return null;
end $$;

create function mark_addressed() returns trigger language plpgsql as $$
begin
    insert into stale_standings (customer_id)
    select distinct customer_id from changed where customer_id is not null;
    return null;
end $$;

create function mark_changed_addresses() returns trigger language plpgsql as $$
begin
    insert into stale_standings (customer_id)
    select v.who
      from after n join before o on o.id = n.id cross join lateral (values (n.customer_id), (o.customer_id)) v(who)
     where v.who is not null
       and (n.customer_id, n.channel, n.account, n.reachability)
           is distinct from (o.customer_id, o.channel, o.account, o.reachability);
    return null;
end $$;

-- What was said from an address of nobody's. Somebody may be linking that address right now: whoever is second waits for
-- the other, and then sees what the other did.
create function mark_speakers() returns trigger language plpgsql as $$
begin
    perform from channel_identities
      where id in (select identity_id from changed where customer_id is null) order by id for share;
    insert into stale_standings (customer_id)
    select customer_id from changed where customer_id is not null
    union
    select i.customer_id from changed c join channel_identities i on i.id = c.identity_id
     where c.customer_id is null and i.customer_id is not null;
    return null;
end $$;

-- Whose promotions a case holds: its own customer's, that of its address, and those of every case merged into it.
create function mark_complainants(changed_cases bigint[]) returns void language plpgsql as $$
begin
    perform from channel_identities
      where id in (select identity_id from complaints where id = any(changed_cases)) order by id for share;
    insert into stale_standings (customer_id)
    with recursive tree as (
        select id, customer_id, identity_id from complaints where id = any(changed_cases)
        union
        select c.id, c.customer_id, c.identity_id from tree t join complaints c on c.merged_into = t.id
    )
    select customer_id from tree where customer_id is not null
    union
    select i.customer_id from tree t join channel_identities i on i.id = t.identity_id where i.customer_id is not null;
end $$;

create function mark_cases() returns trigger language plpgsql as $$
begin
    perform mark_complainants(array(select id from changed));
    return null;
end $$;

create function mark_changed_cases() returns trigger language plpgsql as $$
declare
    moved bigint[] := array(
        select n.id from after n join before o on o.id = n.id
         where (n.customer_id, n.identity_id, n.merged_into, n.state)
               is distinct from (o.customer_id, o.identity_id, o.merged_into, o.state)
            or n.state in ('confirmed', 'closed')
               and coalesce(n.closed_at, n.changed_at) is distinct from coalesce(o.closed_at, o.changed_at));
begin
    if cardinality(moved) > 0 then
        perform mark_complainants(moved);
        insert into stale_standings (customer_id)
        select customer_id from before where id = any(moved) and customer_id is not null
        union
        select i.customer_id from before o join channel_identities i on i.id = o.identity_id
         where o.id = any(moved) and i.customer_id is not null;
    end if;
    return null;
end $$;

create function mark_lost_cases() returns trigger language plpgsql as $$
begin
    insert into stale_standings (customer_id)
    select customer_id from changed where customer_id is not null
    union
    select i.customer_id from changed c join channel_identities i on i.id = c.identity_id
     where i.customer_id is not null;
    return null;
end $$;

create trigger standings_insert after insert on customers
    referencing new table as changed for each statement execute function mark_customers();
create trigger standings_update after update on customers
    referencing old table as before new table as after for each statement execute function mark_changed_customers();

create trigger standings_insert after insert on channel_identities
    referencing new table as changed for each statement execute function mark_addressed();
create trigger standings_update after update on channel_identities
    referencing old table as before new table as after for each statement execute function mark_changed_addresses();
create trigger standings_delete after delete on channel_identities
    referencing old table as changed for each statement execute function mark_addressed();

create trigger standings_insert after insert on complaints
    referencing new table as changed for each statement execute function mark_cases();
create trigger standings_update after update on complaints
    referencing old table as before new table as after for each statement execute function mark_changed_cases();
create trigger standings_delete after delete on complaints
    referencing old table as changed for each statement execute function mark_lost_cases();

-- An update counts for whom it belonged to before and for whom it belongs to after.
do $$
declare
    said text;
begin
    foreach said in array array['consent_entries', 'preferences', 'occasions'] loop
        execute format('create trigger standings_insert after insert on %I referencing new table as changed '
                       'for each statement execute function mark_speakers()', said);
        execute format('create trigger standings_update_from after update on %I referencing old table as changed '
                       'for each statement execute function mark_speakers()', said);
        execute format('create trigger standings_update_to after update on %I referencing new table as changed '
                       'for each statement execute function mark_speakers()', said);
        execute format('create trigger standings_delete after delete on %I referencing old table as changed '
                       'for each statement execute function mark_speakers()', said);
    end loop;
end $$;

insert into stale_standings (customer_id) select id from customers;
