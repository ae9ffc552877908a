-- What people met before each order of the last days, by hand: lists of channels, without letters and people.
with visit as (
  select session, max(visitor) as who, epoch_us(min(occurred_at)) as began, max(channel) as channel
  from facts
  where site = 1 and verdict = 'human' and session <> 0
    and occurred_at >= $start::timestamp - interval 30 day and occurred_at < $end::timestamp
  group by session
),
bought as (
  select id, visitor as who, epoch_us(occurred_at) as ended, amount_site as value
  from facts
  where site = 1 and verdict = 'human' and amount_site > 0
    and occurred_at >= $start::timestamp and occurred_at < $end::timestamp
),
way as (
  select b.id, any_value(b.value) as value, list(v.channel order by v.began, v.session) as path
  from bought as b join visit as v on v.who = b.who and v.began between b.ended - 30 * 86400000000 and b.ended
  group by b.id
),
latest as (select who, max(ended) as last from bought group by who),
open as (
  select v.*, max(v.began) over (partition by v.who) as last_began
  from visit as v left join latest as l on l.who = v.who
  where l.who is null or v.began > l.last
),
nowhere as (
  select who, list(channel order by began, session) as path
  from open
  where last_began >= epoch_us($start::timestamp) and began >= last_began - 30 * 86400000000
  group by who
)
select path, sum(converted)::bigint as conversions, sum(value) as revenue, sum(1 - converted)::bigint as nowhere
from (
  select path, 1 as converted, value from way
  union all
  select path, 0, 0 from nowhere
)
group by path
order by conversions desc, nowhere desc, path
