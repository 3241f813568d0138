-- The operations of some authorisations, and those that have some ids; in the order in which they were done.
select
  id, authorisation_id, ordinal, operator_id, kind, client_id, app_account_id, requested_minor, reason, made_offline,
  state_after, amount_minor, spent_minor, held_minor, invoiced_minor, account_id, billing_snapshot_id, credit_month,
  invoice_month, made_at, over_limit
from (
  select * from operation where authorisation_id = any ($1::uuid[])
  union
  select * from operation where id = any ($2::uuid[])
) o
order by authorisation_id, ordinal
