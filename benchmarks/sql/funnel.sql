-- Five sections of a site in order within seven days of the first, by one join a step, as it is mostly
-- written. Parameters: $start, $end (UTC) of the period in which people begin.
with
seen as materialized (
  select visitor, occurred_at as moment,
    case when path like '/section-0/%' then 1 when path like '/section-1/%' then 2
      when path like '/section-2/%' then 3 when path like '/section-3/%' then 4 else 5 end as step
  from facts
  where site = 1 and verdict = 'human' and name = 'web.page.served' and visitor <> 0
    and occurred_at >= $start::timestamp and occurred_at < $end::timestamp + interval 7 days
    and (path like '/section-0/%' or path like '/section-1/%' or path like '/section-2/%'
      or path like '/section-3/%' or path like '/section-4/%')
),
one as materialized (
  select distinct visitor, moment as began, moment from seen where step = 1 and moment < $end::timestamp
),
two as materialized (
  select distinct visitor, began, seen.moment from one join seen using (visitor)
  where step = 2 and seen.moment > one.moment and seen.moment - began <= interval 7 days
),
three as materialized (
  select distinct visitor, began, seen.moment from two join seen using (visitor)
  where step = 3 and seen.moment > two.moment and seen.moment - began <= interval 7 days
),
four as materialized (
  select distinct visitor, began, seen.moment from three join seen using (visitor)
  where step = 4 and seen.moment > three.moment and seen.moment - began <= interval 7 days
),
five as materialized (
  select distinct visitor, began, seen.moment from four join seen using (visitor)
  where step = 5 and seen.moment > four.moment and seen.moment - began <= interval 7 days
)
select count(distinct visitor) from one union all select count(distinct visitor) from two
union all select count(distinct visitor) from three union all select count(distinct visitor) from four
union all select count(distinct visitor) from five order by 1 desc;
