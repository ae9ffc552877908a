-- Retention by week (UTC, Monday) over a period: who came for the first time ever, and in which of the
-- twelve weeks since again; tuned by hand. Parameters: $start, $end (UTC).
with
each as materialized (
  select visitor, epoch_us(occurred_at) - (epoch_us(occurred_at) + 3 * 86400000000) % (7 * 86400000000) as week,
    min(occurred_at) as first_at
  from facts where site = 1 and verdict = 'human' and name = 'web.page.served' and visitor <> 0 group by all
),
new as materialized (
  select visitor, min(week) as cohort from each group by visitor
  having min(first_at) >= $start::timestamp and min(first_at) < $end::timestamp
),
came as (
  select cohort, (week - cohort) // (7 * 86400000000) as step, count(*) as came
  from each join new using (visitor) group by all
),
sizes as (select cohort, count(*) as people from new group by cohort),
newest as (select max(occurred_at) as newest_at from facts where site = 1),
steps as (
  select cohort, people, step, (epoch_us(newest_at) - cohort) // (7 * 86400000000) as running
  from sizes, newest, range(13) as numbers(step)
),
told as (
  select cohort, step, people, case when step < running then coalesce(came, 0) end as came, running
  from steps left join came using (cohort, step) where step <= running
)
select cohort, step, people, came, came / people as share,
  case when step > 0 then (came / people + 1.9207294103 / people
    - 1.9599639845 * sqrt(came / people * (1 - came / people) / people + 0.9603647051 / people / people))
    / (1 + 3.8414588207 / people) end as rate_low,
  case when step > 0 then (came / people + 1.9207294103 / people
    + 1.9599639845 * sqrt(came / people * (1 - came / people) / people + 0.9603647051 / people / people))
    / (1 + 3.8414588207 / people) end as rate_high
from told order by cohort, step;
