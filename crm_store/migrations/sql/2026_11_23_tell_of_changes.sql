-- Who sends right now hears of a stop at its commit. Of many people at once only that there were many (number 0).
create function tell_of_changes() returns trigger language plpgsql as $$
begin
    if (select count(*) from (select from changed limit 51) counted) > 50 then
        perform pg_notify('careloop', '["store", "standing", 0]');
    else
        perform pg_notify('careloop', format('["store", "standing", %s]', customer_id))
           from (select distinct customer_id from changed) who;
    end if;
    return null;
end $$;

create trigger tell_of_changes after insert on stale_standings
    referencing new table as changed for each statement execute function tell_of_changes();
