-- Traffic by day (UTC) and over the whole period, with the period before; tuned by hand. Parameters: $before, $start, $end (UTC).
with
visits_1 as materialized (
  select session, count(*) as n, min(occurred_at) as began, max(occurred_at) as ended
  from facts where site = 1 and occurred_at >= $start::timestamp and occurred_at < $end::timestamp and verdict = 'human' and name = 'web.page.served' and session <> 0 group by session
),
each_1 as materialized (
  select epoch_us(occurred_at) - epoch_us(occurred_at) % 86400000000 as bucket, visitor, count(*) as n from facts where site = 1 and occurred_at >= $start::timestamp and occurred_at < $end::timestamp and verdict = 'human' and name = 'web.page.served' group by all
),
days_1 as (
  select bucket, sum(case when visitor <> 0 then 1 else 0 end)::bigint as visitors, sum(n)::bigint as page_views
  from each_1
  group by bucket
),
went_1 as (
  select epoch_us(began) - epoch_us(began) % 86400000000 as bucket, count(*) as sessions, avg(case when n = 1 then 1.0 else 0.0 end) as bounce,
    avg(n) as views_per_session, avg(epoch_us(ended) - epoch_us(began)) / 1e6 as duration
  from visits_1 group by all
),
worth_1 as materialized (
  select epoch_us(occurred_at) - epoch_us(occurred_at) % 86400000000 as bucket, sum(amount_site) as revenue,
    sum((name = 'web.page.served' and path like '/section-1/%')::int + (amount_site > 0)::int)::bigint as conversions,
    sum(case when name = 'web.page.engaged' then quantity else 0 end) as spent
  from facts where site = 1 and occurred_at >= $start::timestamp and occurred_at < $end::timestamp and verdict = 'human'
    and ((name = 'web.page.served' and path like '/section-1/%') or amount_site <> 0 or name = 'web.page.engaged')
  group by all
),
visits_0 as materialized (
  select session, count(*) as n, min(occurred_at) as began, max(occurred_at) as ended
  from facts where site = 1 and occurred_at >= $before::timestamp and occurred_at < $start::timestamp and verdict = 'human' and name = 'web.page.served' and session <> 0 group by session
),
each_0 as materialized (
  select epoch_us(occurred_at) - epoch_us(occurred_at) % 86400000000 as bucket, visitor, count(*) as n from facts where site = 1 and occurred_at >= $before::timestamp and occurred_at < $start::timestamp and verdict = 'human' and name = 'web.page.served' group by all
),
days_0 as (
  select bucket, sum(case when visitor <> 0 then 1 else 0 end)::bigint as visitors, sum(n)::bigint as page_views
  from each_0
  group by bucket
),
went_0 as (
  select epoch_us(began) - epoch_us(began) % 86400000000 as bucket, count(*) as sessions, avg(case when n = 1 then 1.0 else 0.0 end) as bounce,
    avg(n) as views_per_session, avg(epoch_us(ended) - epoch_us(began)) / 1e6 as duration
  from visits_0 group by all
),
worth_0 as materialized (
  select epoch_us(occurred_at) - epoch_us(occurred_at) % 86400000000 as bucket, sum(amount_site) as revenue,
    sum((name = 'web.page.served' and path like '/section-1/%')::int + (amount_site > 0)::int)::bigint as conversions,
    sum(case when name = 'web.page.engaged' then quantity else 0 end) as spent
  from facts where site = 1 and occurred_at >= $before::timestamp and occurred_at < $start::timestamp and verdict = 'human'
    and ((name = 'web.page.served' and path like '/section-1/%') or amount_site <> 0 or name = 'web.page.engaged')
  group by all
)
select 1 as is_now, 0 as is_whole, bucket, visitors, page_views, sessions, bounce, views_per_session, duration,
  nullif(spent / 1000, 0) / sessions as engaged, conversions, revenue
from days_1 left join went_1 using (bucket) full join worth_1 using (bucket)
union all
select 1, 1, 0, *
from (
  select sum(case when visitor <> 0 then 1 else 0 end)::bigint, sum(n)::bigint
  from (select visitor, sum(n) as n from each_1 group by visitor)
)
cross join (
  select count(*), avg(case when n = 1 then 1.0 else 0.0 end), avg(n), avg(epoch_us(ended) - epoch_us(began)) / 1e6
  from visits_1
) cross join (select nullif(sum(spent) / 1000, 0), sum(conversions), sum(revenue) from worth_1)
union all
select 0 as is_now, 0 as is_whole, bucket, visitors, page_views, sessions, bounce, views_per_session, duration,
  nullif(spent / 1000, 0) / sessions as engaged, conversions, revenue
from days_0 left join went_0 using (bucket) full join worth_0 using (bucket)
union all
select 0, 1, 0, *
from (
  select sum(case when visitor <> 0 then 1 else 0 end)::bigint, sum(n)::bigint
  from (select visitor, sum(n) as n from each_0 group by visitor)
)
cross join (
  select count(*), avg(case when n = 1 then 1.0 else 0.0 end), avg(n), avg(epoch_us(ended) - epoch_us(began)) / 1e6
  from visits_0
) cross join (select nullif(sum(spent) / 1000, 0), sum(conversions), sum(revenue) from worth_0);
