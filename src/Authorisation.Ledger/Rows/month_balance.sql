-- What an account had used of a month that is not the one its balance is of.
select
  coalesce(sum(amount_minor), 0)::bigint,
  coalesce(sum(amount_minor) filter (where hold), 0)::bigint,
  min(expires_at)
from authorisation
where account_id = $1 and credit_month = $2 and decision = 1
