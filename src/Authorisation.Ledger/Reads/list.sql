-- What was asked of an instrument in a month, newest first, from a position on. Of a card: on every account that it ever
-- had, and while it had none. Each part is read from the end of an index, no further than the page is long.
-- On an account that there is, a row without a billing snapshot is not the account's: its caller typed the account's id where an app was to
-- be named.
select
  {entry}
from (
  select of_account.*
  from (
    select $2::uuid as id, exists (select from credit_account where id = $2 and operator_id = $1) as is_known
    where $3::text is null
    union all
    select id, true from credit_account where operator_id = $1 and card_number = $3
  ) a
  cross join lateral (
    select *
    from authorisation
    where account_id = a.id and operator_id = $1 and credit_month = $4 and amount_minor is not null
      and (billing_snapshot_id is not null or not a.is_known)
      and decided_at <= $5 and (decided_at, id) < ($5, $6)
    order by decided_at desc, id desc
    limit $7
  ) of_account
  union all
  (
    select *
    from authorisation
    where account_id is null and operator_id = $1 and card_number = $3 and credit_month = $4
      and decided_at <= $5 and (decided_at, id) < ($5, $6)
    order by decided_at desc, id desc
    limit $7
  )
) e
order by e.decided_at desc, e.id desc
limit $7
