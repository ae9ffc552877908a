-- Referrers, with the period before; tuned by hand. Parameters: $before, $start, $end (UTC).
with
now as (
  select referrer_host, sum(case when visitor <> 0 then 1 else 0 end)::bigint as visitors, sum(n)::bigint as arrivals
  from (select referrer_host, visitor, count(*) as n from facts where site = 1 and occurred_at >= $start::timestamp and occurred_at < $end::timestamp and verdict = 'human' and name = 'web.page.served' and referrer_host not in ('', 'shop.example') group by all)
  group by all
),
earlier as (
  select referrer_host, sum(case when visitor <> 0 then 1 else 0 end)::bigint as visitors, sum(n)::bigint as arrivals
  from (select referrer_host, visitor, count(*) as n from facts where site = 1 and occurred_at >= $before::timestamp and occurred_at < $start::timestamp and verdict = 'human' and name = 'web.page.served' and referrer_host not in ('', 'shop.example') group by all)
  group by all
),
whole as (select count(*) as total_rows, sum(arrivals) as total, max(visitors) as largest from now)
select now.*, earlier.visitors as visitors_before, earlier.arrivals as arrivals_before, whole.*
from (select * from now order by visitors desc, referrer_host limit 50) as now
left join earlier using (referrer_host)
cross join whole
order by now.visitors desc, referrer_host;
