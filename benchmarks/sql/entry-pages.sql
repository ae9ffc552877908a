-- Entry pages, with the period before; tuned by hand. Parameters: $before, $start, $end (UTC).
with
now as (
  select landing, count(*) as sessions, avg(case when n = 1 then 1.0 else 0.0 end) as bounce,
    avg(n) as views_per_session, avg(epoch_us(ended) - epoch_us(began)) / 1e6 as duration
  from (
    select landing, session, count(*) as n, min(occurred_at) as began, max(occurred_at) as ended
    from facts where site = 1 and occurred_at >= $start::timestamp and occurred_at < $end::timestamp and verdict = 'human' and name = 'web.page.served' and session <> 0 group by all
  )
  group by all
),
earlier as (
  select landing, count(*) as sessions, avg(case when n = 1 then 1.0 else 0.0 end) as bounce,
    avg(n) as views_per_session, avg(epoch_us(ended) - epoch_us(began)) / 1e6 as duration
  from (
    select landing, session, count(*) as n, min(occurred_at) as began, max(occurred_at) as ended
    from facts where site = 1 and occurred_at >= $before::timestamp and occurred_at < $start::timestamp and verdict = 'human' and name = 'web.page.served' and session <> 0 group by all
  )
  group by all
),
whole as (select count(*) as total_rows, sum(sessions) as total, max(sessions) as largest from now)
select
  now.*, earlier.sessions as sessions_before, earlier.bounce as bounce_before,
  earlier.views_per_session as views_before, earlier.duration as duration_before, whole.*
from (select * from now order by sessions desc, landing limit 50) as now
left join earlier using (landing)
cross join whole
order by now.sessions desc, landing;
