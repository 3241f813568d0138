-- When the next hold of some accounts' months lapses.
select a.id, h.expires_at
from unnest($1::uuid[], $2::integer[]) a(id, month)
cross join lateral (
  select expires_at
  from open_hold
  where account_id = a.id and credit_month = a.month and expires_at > $3
  order by expires_at
  limit 1
) h
