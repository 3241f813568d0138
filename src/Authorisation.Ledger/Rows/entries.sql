-- The entries that some ids have already.
select
  id, operator_id, client_id, account_id, card_number, particulars_id, decision, decline_reason, amount_minor, hold,
  expires_at, credit_month, invoice_month, decided_at, vat_basis_points, vat_category, vat_rate_given, purpose, product,
  occurred_at, vehicle, line, zone, stop, device_id
from authorisation
where id = any ($1::uuid[])
