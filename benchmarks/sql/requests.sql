-- Requests by day (UTC), with the period before; tuned by hand. Parameters: $before, $start, $end (UTC).
select
  1 as is_now, epoch_us(occurred_at) - epoch_us(occurred_at) % 86400000000 as bucket, count(*) as requests,
  count(*) filter (where name = 'web.page.served') as pages, count(*) filter (where name = 'web.asset.served') as assets,
  count(*) filter (where name = 'web.redirect.served') as redirects, count(*) filter (where name = 'web.call.served') as calls,
  count(*) filter (where status in (404, 410)) as not_found, count(*) filter (where status between 500 and 599) as failures
from facts
where site = 1 and occurred_at >= $start::timestamp and occurred_at < $end::timestamp and verdict = 'human' and name like 'web.%.served'
group by all
union all
select
  0 as is_now, epoch_us(occurred_at) - epoch_us(occurred_at) % 86400000000 as bucket, count(*) as requests,
  count(*) filter (where name = 'web.page.served') as pages, count(*) filter (where name = 'web.asset.served') as assets,
  count(*) filter (where name = 'web.redirect.served') as redirects, count(*) filter (where name = 'web.call.served') as calls,
  count(*) filter (where status in (404, 410)) as not_found, count(*) filter (where status between 500 and 599) as failures
from facts
where site = 1 and occurred_at >= $before::timestamp and occurred_at < $start::timestamp and verdict = 'human' and name like 'web.%.served'
group by all;
