-- Errors, with the period before; tuned by hand. Parameters: $before, $start, $end (UTC).
with
now as (
  select path, status, link, sum(case when visitor <> 0 then 1 else 0 end)::bigint as visitors, sum(n)::bigint as requests
  from (
    select path, status, coalesce(nullif(referrer, ''), referrer_host) as link, visitor, count(*) as n
    from (
      select id, path, status, referrer_host, visitor from facts
      where site = 1 and occurred_at >= $start::timestamp and occurred_at < $end::timestamp and verdict = 'human'
        and name = 'web.error.served' and (status in (404, 410) or status between 500 and 599)
    )
    left join (
      select id, referrer from evidence where site = 1 and occurred_at >= $start::timestamp and occurred_at < $end::timestamp
    ) using (id)
    group by all
  )
  group by all
),
earlier as (
  select path, status, link, sum(case when visitor <> 0 then 1 else 0 end)::bigint as visitors, sum(n)::bigint as requests
  from (
    select path, status, coalesce(nullif(referrer, ''), referrer_host) as link, visitor, count(*) as n
    from (
      select id, path, status, referrer_host, visitor from facts
      where site = 1 and occurred_at >= $before::timestamp and occurred_at < $start::timestamp and verdict = 'human'
        and name = 'web.error.served' and (status in (404, 410) or status between 500 and 599)
    )
    left join (
      select id, referrer from evidence where site = 1 and occurred_at >= $before::timestamp and occurred_at < $start::timestamp
    ) using (id)
    group by all
  )
  group by all
),
whole as (select count(*) as total_rows, sum(requests) as total, max(requests) as largest from now)
select now.*, earlier.visitors as visitors_before, earlier.requests as requests_before, whole.*
from (select * from now order by requests desc, path, status, link limit 50) as now
left join earlier using (path, status, link)
cross join whole
order by now.requests desc, path, status, link;
