-- What was bought on some accounts in a month, newest first, from a position on; with $3 only what those departments paid.
-- What a clerk put on an account afterwards is found by the operation that did it. Of each account one index is read from
-- its end, no further than the page is long: with many accounts that is what it costs.
with account as materialized (
  {accounts}
)
select
  {entry}
from (
  select of_account.*
  from account a
  cross join lateral (
    select e.*
    from authorisation e
    where e.account_id = a.id and e.operator_id = $1 and e.credit_month = $6 and e.amount_minor is not null
      and e.decided_at <= $7 and (e.decided_at, e.id) < ($7, $8)
      and ($3::uuid[] is null
        or exists (select from billing_snapshot p where p.id = e.billing_snapshot_id and p.department_id = any ($3)))
    order by e.decided_at desc, e.id desc
    limit $9
  ) of_account
  union all
  select matched.*
  from account a
  cross join lateral (
    select e.*
    from operation o
    join authorisation e on e.id = o.authorisation_id
    where o.account_id = a.id and o.credit_month = $6 and o.kind = 6 and e.operator_id = $1
      and (e.decided_at, e.id) < ($7, $8)
      and ($3::uuid[] is null
        or exists (select from billing_snapshot p where p.id = o.billing_snapshot_id and p.department_id = any ($3)))
    offset 0
  ) matched
) e
order by e.decided_at desc, e.id desc
limit $9
