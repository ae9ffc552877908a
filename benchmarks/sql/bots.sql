-- Bots and AI crawlers, with the period before; tuned by hand. Parameters: $before, $start, $end (UTC).
with
now as (
  select reason, verdict, count(*) as requests, count(*) filter (where name = 'web.page.served') as pages,
    count(*) filter (where status in (404, 410)) as not_found
  from facts
  where site = 1 and occurred_at >= $start::timestamp and occurred_at < $end::timestamp and verdict in ('bot', 'ai', 'headless', 'spam')
  group by all
),
earlier as (
  select reason, verdict, count(*) as requests, count(*) filter (where name = 'web.page.served') as pages,
    count(*) filter (where status in (404, 410)) as not_found
  from facts
  where site = 1 and occurred_at >= $before::timestamp and occurred_at < $start::timestamp and verdict in ('bot', 'ai', 'headless', 'spam')
  group by all
),
whole as (select count(*) as total_rows, sum(requests) as total, max(requests) as largest from now)
select now.*, earlier.requests as requests_before, earlier.pages as pages_before, earlier.not_found as not_found_before, whole.*
from (select * from now order by requests desc, reason, verdict limit 50) as now
left join earlier using (reason, verdict)
cross join whole
order by now.requests desc, reason, verdict;
