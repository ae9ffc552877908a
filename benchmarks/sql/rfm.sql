-- Recency, frequency and money of each known person, what was given back of orders taken off; tuned by hand.
-- Parameters: $start, $end (UTC).
with
orders as (
  select subject, max(case when name = 'shop.order.placed' then person end) as person,
    min(case when name = 'shop.order.placed' then occurred_at end) as placed, sum(amount_site) as money,
    sum(quantity) as pieces
  from facts
  where site = 1 and name in ('shop.order.placed', 'shop.order.refunded') and verdict in ('human', 'server')
    and occurred_at >= $start::timestamp and occurred_at < $end::timestamp
  group by subject
)
select person - 4611686018427387904 as person, count(*) as purchases, epoch_us(min(placed)) as first,
  epoch_us(max(placed)) as last, sum(money) as money, sum(pieces) as pieces
from orders where placed is not null and money > 0 and person > 4611686018427387904
group by person order by person;
