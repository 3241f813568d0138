-- Rows come sorted by id: two batches that insert the same ids wait for each other in one direction only.
insert into authorisation (
  id, operator_id, client_id, account_id, card_number, billing_snapshot_id, decision, decline_reason, declined_by, amount_minor,
  hold, expires_at, credit_month, invoice_month, decided_at, vat_basis_points, vat_category, vat_rate_given, purpose, product,
  occurred_at, vehicle, line, zone, stop, device_id)
select
  id, operator_id, client_id, account_id, card_number, billing_snapshot_id, decision, decline_reason, declined_by, amount_minor,
  hold, expires_at, credit_month, invoice_month, decided_at, vat_basis_points, vat_category, vat_rate_given, purpose, product,
  occurred_at, vehicle, line, zone, stop, device_id
from unnest($1::purchase_row[])
