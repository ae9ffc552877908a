-- Facts of a made-up site with realistic distinct counts, in the order in which they happened.
-- Parameters: $facts (about how many), $visitors, $paths, $days, $end (UTC). The seed is in hash().
insert into facts by name
with
visit as (
  select
    i,
    hash(i, 1) % 1000000 / 1e6 as r1,
    hash(i, 2) % 1000000 / 1e6 as r2,
    hash(i, 3) % 1000000 / 1e6 as r3,
    hash(i, 4) % 1000000 / 1e6 as r4,
    1 + least(39, floor(-ln(1 - (hash(i, 5) % 1000000) / 1e6) * 3.5))::bigint as length
  from range(($facts / 3.93)::bigint) as numbers(i)
),
who as (
  select
    *,
    (hash(floor($visitors * r1 ** 1.3)::bigint, 11) >> 1)::bigint as visitor,
    hash(floor($visitors * r1 ** 1.3)::bigint, 12) % 1000000 / 1e6 as v1,
    hash(floor($visitors * r1 ** 1.3)::bigint, 13) % 1000000 / 1e6 as v2,
    epoch_us($end::timestamp) - ($days * r2 * 86400e6)::bigint as began,
    case when r3 < 0.86 then 'human' when r3 < 0.95 then 'bot' when r3 < 0.98 then 'ai' else 'headless' end as verdict
  from visit
),
touch as (
  select
    *,
    ['organic_search', 'direct', 'email', 'paid_search', 'organic_social', 'ai_assistant', 'referral', 'display',
     'paid_social', 'affiliates'][1 + floor(10 * r4 ** 2)::int] as channel,
    floor(200 * (hash(i, 6) % 1000000 / 1e6) ** 3)::int as source_number,
    floor(400 * (hash(i, 7) % 1000000 / 1e6) ** 3)::int as bot_number
  from who
),
fact as (
  select
    t.*,
    step,
    began + step * 41000000 + (hash(i, step, 21) % 30000000)::bigint as happened,
    hash(i, step, 22) % 1000000 / 1e6 as f1,
    hash(i, step, 23) % 1000000 / 1e6 as f2
  from touch as t, unnest(range(length)) as steps(step)
)
select
  md5(concat(i, '-', step))::uuid as id,
  1 as site,
  case
    when f1 < 0.70 or step = 0 then 'web.page.served'
    when f1 < 0.88 then 'web.asset.served'
    when f1 < 0.92 then 'web.redirect.served'
    when f1 < 0.97 then 'web.error.served'
    else 'web.call.served'
  end as name,
  'log' as origin,
  make_timestamp(happened) as occurred_at,
  make_timestamp(happened) as received_at,
  case when verdict = 'human' then visitor else visitor % 2000 + 1 end as visitor,
  (hash(i, 31) >> 1)::bigint as session,
  verdict,
  case verdict when 'human' then '' else 'bot' || bot_number end as reason,
  'shop.example' as host,
  '/section-' || floor(sqrt($paths * f2 ** 3))::int || '/page-' || floor($paths * f2 ** 3)::int as path,
  case when step = 0 and channel <> 'direct' then 'site' || source_number || '.example' else '' end as referrer_host,
  case channel when 'direct' then '' else 'source' || source_number end as source,
  channel as medium,
  case when channel in ('email', 'paid_search', 'display') then 'campaign' || source_number % 40 else '' end as campaign,
  channel,
  '/section-' || floor(sqrt($paths * r4 ** 3))::int || '/page-' || floor($paths * r4 ** 3)::int as landing,
  ['phone', 'desktop', 'tablet'][1 + floor(3 * v1 ** 2)::int] as device,
  ['Chrome', 'Safari', 'Firefox', 'Edge', 'Samsung Internet', 'Opera'][1 + floor(6 * v2 ** 2)::int] as browser,
  (90 + floor(40 * v1))::int::varchar as browser_version,
  ['Android', 'iOS', 'Windows', 'macOS', 'Linux'][1 + floor(5 * v1)::int] as os,
  (10 + floor(8 * v2))::int::varchar as os_version,
  chr(65 + floor(26 * v1 ** 2)::int) || chr(65 + floor(9 * v2 ** 2)::int) as country,
  ['es', 'en', 'de', 'fr', 'pt', 'ru', 'zh'][1 + floor(7 * v2 ** 3)::int] as language,
  case
    when f1 < 0.88 or step = 0 then 200
    when f1 < 0.92 then 301
    when f1 < 0.965 then 404
    when f1 < 0.97 then 500
    else 200
  end as status,
  case when f1 >= 0.97 and step > 0 and f2 > 0.8 then 10 + floor(90 * f2)::int else 0 end as amount_site
from fact
where happened < epoch_us($end::timestamp)
order by happened;
