-- The holds of some accounts' months that have lapsed, those that lapsed first first, and no more than $4 of an
-- account. The accounts are locked, so no other session ends these holds meanwhile.
select
  {entry}
from unnest($1::uuid[], $2::integer[]) a(id, month)
cross join lateral (
  select authorisation_id
  from open_hold
  where account_id = a.id and credit_month = a.month and expires_at <= $3
  order by expires_at
  limit $4
) h
join authorisation e on e.id = h.authorisation_id
