-- The holds of some accounts' months that have lapsed, those that lapsed first first, and no more than $4 of an account.
-- The accounts are locked, so nobody else ends these holds meanwhile.
select
  e.id, e.operator_id, e.client_id, e.account_id, e.card_number, e.particulars_id, e.decision, e.decline_reason,
  e.amount_minor, e.hold, e.expires_at, e.credit_month, e.invoice_month, e.decided_at, e.vat_basis_points,
  e.vat_category, e.vat_rate_given, e.purpose, e.product, e.occurred_at, e.vehicle, e.line, e.zone, e.stop, e.device_id
from unnest($1::uuid[], $2::integer[]) a(id, month)
cross join lateral (
  select authorisation_id
  from open_hold
  where account_id = a.id and credit_month = a.month and expires_at <= $3
  order by expires_at
  limit $4
) h
join authorisation e on e.id = h.authorisation_id
