-- Source channels, with the period before; tuned by hand. Parameters: $before, $start, $end (UTC).
with
now as (
  select *
  from (
    select channel, sum(case when visitor <> 0 and n > 0 then 1 else 0 end)::bigint as visitors, sum(n)::bigint as page_views,
      sum(times)::bigint as conversions, sum(case when visitor <> 0 and n > 0 and times > 0 then 1 else 0 end) / nullif(visitors, 0) as rate,
      sum(amount) as revenue
    from (
      select channel, visitor, sum((name = 'web.page.served')::int) as n, sum(amount_site) as amount,
        sum((name = 'web.page.served' and path like '/section-1/%')::int + (amount_site > 0)::int) as times
      from facts where site = 1 and occurred_at >= $start::timestamp and occurred_at < $end::timestamp and verdict = 'human' and (name = 'web.page.served' or amount_site <> 0)
      group by all
    )
    group by all
  )
  left join (
    select channel, count(*) as sessions, avg(case when n = 1 then 1.0 else 0.0 end) as bounce
    from (select channel, session, count(*) as n from facts where site = 1 and occurred_at >= $start::timestamp and occurred_at < $end::timestamp and verdict = 'human' and name = 'web.page.served' and session <> 0 group by all)
    group by all
  ) using (channel)
),
earlier as (
  select *
  from (
    select channel, sum(case when visitor <> 0 and n > 0 then 1 else 0 end)::bigint as visitors, sum(n)::bigint as page_views,
      sum(times)::bigint as conversions, sum(case when visitor <> 0 and n > 0 and times > 0 then 1 else 0 end) / nullif(visitors, 0) as rate,
      sum(amount) as revenue
    from (
      select channel, visitor, sum((name = 'web.page.served')::int) as n, sum(amount_site) as amount,
        sum((name = 'web.page.served' and path like '/section-1/%')::int + (amount_site > 0)::int) as times
      from facts where site = 1 and occurred_at >= $before::timestamp and occurred_at < $start::timestamp and verdict = 'human' and (name = 'web.page.served' or amount_site <> 0)
      group by all
    )
    group by all
  )
  left join (
    select channel, count(*) as sessions, avg(case when n = 1 then 1.0 else 0.0 end) as bounce
    from (select channel, session, count(*) as n from facts where site = 1 and occurred_at >= $before::timestamp and occurred_at < $start::timestamp and verdict = 'human' and name = 'web.page.served' and session <> 0 group by all)
    group by all
  ) using (channel)
),
whole as (select count(*) as total_rows, sum(page_views) as total, max(visitors) as largest, sum(conversions) as conversions_total, sum(revenue) as revenue_total from now)
select
  now.*, earlier.visitors as visitors_before, earlier.sessions as sessions_before,
  earlier.page_views as page_views_before, earlier.bounce as bounce_before,
  earlier.conversions as conversions_before, earlier.rate as rate_before, earlier.revenue as revenue_before, whole.*
from (select * from now order by visitors desc, channel limit 50) as now
left join earlier using (channel)
cross join whole
order by now.visitors desc, channel;
