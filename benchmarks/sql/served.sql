-- Files, redirects and calls, with the period before; tuned by hand. Parameters: $before, $start, $end (UTC).
with
now as (
  select name, path, status, sum(case when visitor <> 0 then 1 else 0 end)::bigint as visitors, sum(n)::bigint as requests
  from (select name, path, status, visitor, count(*) as n from facts where site = 1 and occurred_at >= $start::timestamp and occurred_at < $end::timestamp and verdict = 'human' and name in ('web.asset.served', 'web.redirect.served', 'web.call.served') group by all)
  group by all
),
earlier as (
  select name, path, status, sum(case when visitor <> 0 then 1 else 0 end)::bigint as visitors, sum(n)::bigint as requests
  from (select name, path, status, visitor, count(*) as n from facts where site = 1 and occurred_at >= $before::timestamp and occurred_at < $start::timestamp and verdict = 'human' and name in ('web.asset.served', 'web.redirect.served', 'web.call.served') group by all)
  group by all
),
whole as (select count(*) as total_rows, sum(requests) as total, max(visitors) as largest from now)
select now.*, earlier.visitors as visitors_before, earlier.requests as requests_before, whole.*
from (select * from now order by requests desc, name, path, status limit 50) as now
left join earlier using (name, path, status)
cross join whole
order by now.requests desc, name, path, status;
