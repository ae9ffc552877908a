-- Exit pages, with the period before; tuned by hand. Parameters: $before, $start, $end (UTC).
with
now as (
  select *, exits / page_views as exit_rate
  from (
    select path, count(*) as exits
    from (
      select session, arg_max(path, (epoch_us(occurred_at)::hugeint << 76) | (id::uhugeint >> 52)::hugeint) as path
      from facts where site = 1 and occurred_at >= $start::timestamp and occurred_at < $end::timestamp and verdict = 'human' and name = 'web.page.served' and session <> 0 group by session
    )
    group by path
  )
  join (select path, count(*) as page_views from facts where site = 1 and occurred_at >= $start::timestamp and occurred_at < $end::timestamp and verdict = 'human' and name = 'web.page.served' group by path) using (path)
),
earlier as (
  select *, exits / page_views as exit_rate
  from (
    select path, count(*) as exits
    from (
      select session, arg_max(path, (epoch_us(occurred_at)::hugeint << 76) | (id::uhugeint >> 52)::hugeint) as path
      from facts where site = 1 and occurred_at >= $before::timestamp and occurred_at < $start::timestamp and verdict = 'human' and name = 'web.page.served' and session <> 0 group by session
    )
    group by path
  )
  join (select path, count(*) as page_views from facts where site = 1 and occurred_at >= $before::timestamp and occurred_at < $start::timestamp and verdict = 'human' and name = 'web.page.served' group by path) using (path)
),
whole as (select count(*) as total_rows, sum(exits) as total, max(exits) as largest from now)
select
  now.*, earlier.exits as exits_before, earlier.page_views as page_views_before,
  earlier.exit_rate as exit_rate_before, whole.*
from (select * from now order by exits desc, path limit 50) as now
left join earlier using (path)
cross join whole
order by now.exits desc, path;
