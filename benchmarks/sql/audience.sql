-- Facts of a shop: three in four are views by nobody who is known. Of people who are known a third each is
-- so by their own number, by a number of the site that was merged into it, and by a browser that was joined.
INSERT INTO facts BY NAME
SELECT
    md5_number(i::VARCHAR)::UUID AS id,
    1 AS site,
    CASE WHEN is_known AND h % 10 < 2 THEN 'shop.order.placed'
         WHEN is_known AND h % 10 < 6 THEN 'mail.letter.opened'
         ELSE 'web.page.viewed' END AS name,
    'import' AS origin,
    TIMESTAMP '2026-11-20' - to_microseconds(((h2 % 31536000) * 1000000)::BIGINT) AS occurred_at,
    TIMESTAMP '2026-11-20' AS received_at,
    (h2 % 3000000 + 1)::BIGINT AS visitor,
    CASE WHEN NOT is_known OR p % 3 = 2 THEN 0
         WHEN p % 3 = 0 THEN (1::BIGINT << 62) | p
         ELSE p END::BIGINT AS person,
    CASE WHEN is_known AND p % 3 = 2 THEN 1000000000 + p ELSE 0 END::BIGINT AS known,
    'human' AS verdict,
    '/page-' || (h % 20000) AS path,
    '{}' AS props
FROM (
    SELECT i, hash(i) AS h, hash(i * 7 + 1) AS h2, (hash(i * 13 + 5) % $people)::BIGINT + 1 AS p,
           hash(i) % 4 = 0 AS is_known
    FROM range($facts) AS made(i)
);
INSERT INTO visitor_person
SELECT 1, 1000000000 + p, (1::BIGINT << 62) | p, TIMESTAMP '2026-01-01', false
FROM range(1, $people + 1) AS made(p) WHERE p % 3 = 2;
INSERT INTO person_current
SELECT p, (1::BIGINT << 62) | p FROM range(1, $people + 1) AS made(p) WHERE p % 3 = 1;
