-- Rows come sorted by id: two batches that insert the same ids wait for each other in one direction only.
insert into operation (
  id, authorisation_id, ordinal, operator_id, kind, client_id, app_account_id, requested_minor, reason, made_offline,
  state_after, amount_minor, spent_minor, held_minor, invoiced_minor, account_id, billing_snapshot_id, credit_month,
  invoice_month, made_at, over_limit)
select
  id, authorisation_id, ordinal, operator_id, kind, client_id, app_account_id, requested_minor, reason, made_offline,
  state_after, amount_minor, spent_minor, held_minor, invoiced_minor, account_id, billing_snapshot_id, credit_month,
  invoice_month, made_at, over_limit
from unnest($1::operation_row[])
