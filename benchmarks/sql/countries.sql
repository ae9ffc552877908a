-- Countries, with the period before; tuned by hand. Parameters: $before, $start, $end (UTC).
with
now as (
  select country, sum(case when visitor <> 0 then 1 else 0 end)::bigint as visitors, sum(n)::bigint as page_views
  from (select country, visitor, count(*) as n from facts where site = 1 and occurred_at >= $start::timestamp and occurred_at < $end::timestamp and verdict = 'human' and name = 'web.page.served' group by all)
  group by all
),
earlier as (
  select country, sum(case when visitor <> 0 then 1 else 0 end)::bigint as visitors, sum(n)::bigint as page_views
  from (select country, visitor, count(*) as n from facts where site = 1 and occurred_at >= $before::timestamp and occurred_at < $start::timestamp and verdict = 'human' and name = 'web.page.served' group by all)
  group by all
),
whole as (select count(*) as total_rows, sum(page_views) as total, max(visitors) as largest from now)
select now.*, earlier.visitors as visitors_before, earlier.page_views as page_views_before, whole.*
from (select * from now order by visitors desc, country limit 50) as now
left join earlier using (country)
cross join whole
order by now.visitors desc, country;
