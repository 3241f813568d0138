-- Rows come sorted by id: two batches that insert the same ids wait for each other in one direction only.
insert into authorisation (
  id, operator_id, client_id, account_id, card_number, particulars_id, decision, decline_reason, amount_minor, hold,
  expires_at, credit_month, invoice_month, decided_at, vat_basis_points, vat_category, vat_rate_given, purpose, product,
  occurred_at, vehicle, line, zone, stop, device_id)
select *
from unnest(
  $1::uuid[], $2::integer[], $3::bigint[], $4::uuid[], $5::text[], $6::bigint[], $7::smallint[], $8::smallint[],
  $9::bigint[], $10::boolean[], $11::timestamptz[], $12::integer[], $13::integer[], $14::timestamptz[],
  $15::integer[], $16::text[], $17::boolean[], $18::text[], $19::text[], $20::timestamptz[], $21::text[], $22::text[],
  $23::text[], $24::text[], $25::text[])
