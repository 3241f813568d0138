-- What an account had used of a month that is not the one its balance is of.
select
  coalesce((select sum(amount_minor) from authorisation where account_id = $1 and credit_month = $2 and decision = 1), 0)::bigint
    + coalesce((select sum(spent_minor) from operation where account_id = $1 and credit_month = $2), 0)::bigint,
  coalesce((select sum(amount_minor) from authorisation where account_id = $1 and credit_month = $2 and decision = 1 and hold), 0)::bigint
    + coalesce((select sum(held_minor) from operation where account_id = $1 and credit_month = $2), 0)::bigint,
  (select min(expires_at) from open_hold where account_id = $1 and credit_month = $2)
