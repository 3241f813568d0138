-- Commits what was decided on copies of accounts, as far as the copies are still true. The accounts come sorted by
-- id, so that they are locked in the order that is the same everywhere. Those that something is spent on are locked
-- and compared in one go: an update that had to wait looks at the version again. Those that only decline are compared
-- without a lock, as they were when the statement began: they consume nothing, and a decline was right if it was right
-- at that moment, which is its moment of decision; the locks are waited for later. Entries of accounts whose version is
-- another by now are not inserted. The answer says which accounts held, as a bit for each, and the moments of decision:
-- after all the locks, and before them. Nothing is written outside the months decided for, nor when one of them is closed,
-- which the clock can come back to; $6 and $7 are these months, by operator, and the statement before this one keeps them
-- from being closed from here on. $8 are the organisations and $9 the sum of their versions: with another one by the
-- moment of decision the statement fails and nothing is written. Nor is anything written while commits do not wait for a standby that is required (the
-- condition in braces). The answer says whether it was allowed, as otherwise an account that did not hold is one whose
-- copy was old. $10 to $13 are what is bought of those that have budgets, by the place of the account: what held is spent of
-- them, with all the account locks, and when it does not fit the statement fails.
with began as materialized (
  select
    n.at,
    n.at between $3 and $4
      and not exists (
        select from unnest($6::integer[], $7::integer[]) m(operator_id, month)
        join operator o on o.id = m.operator_id and o.first_open_month > m.month)
      and {may_commit} as allowed
  from (select ledger_now() as at) n
), spent_on as (
  update credit_account a
  set month = u.month, spent_minor = u.spent_minor, held_minor = u.held_minor, next_hold_expiry = u.next_hold_expiry,
      version = u.version
  from unnest($1::balance_row[]) u
  where a.id = u.id and a.version = u.version_before and (select allowed from began)
  returning u.place
), looked_at as (
  select u.place
  from unnest($2::balance_row[]) u
  join credit_account a on a.id = u.id and a.version = u.version_before
  where (select allowed from began)
), held_true as (
  select
    coalesce(bit_or(set_bit(repeat('0', 512)::bit(512), p.place, 1)), repeat('0', 512)::bit(512)) as places,
    decided_now($8, $9) as decided_at, (select at from began) as looked_at
  from (select place from spent_on union all select place from looked_at) p
), inserted as (
  insert into authorisation (
    id, operator_id, client_id, account_id, card_number, billing_snapshot_id, decision, decline_reason, declined_by, amount_minor,
    hold, expires_at, credit_month, invoice_month, decided_at, vat_basis_points, vat_category, vat_rate_given, purpose,
    product, occurred_at, vehicle, line, zone, stop, device_id)
  select
    e.id, e.operator_id, e.client_id, e.account_id, e.card_number, e.billing_snapshot_id, e.decision, e.decline_reason, e.declined_by,
    e.amount_minor, e.hold, e.expires_at, e.credit_month, e.invoice_month,
    case when e.is_spent_on then h.decided_at else h.looked_at end, e.vat_basis_points,
    e.vat_category, e.vat_rate_given, e.purpose, e.product, e.occurred_at, e.vehicle, e.line, e.zone, e.stop, e.device_id
  from held_true h
  cross join unnest($5::purchase_row[]) e
  where get_bit(h.places, e.place) = 1
)
select
  h.places::text, (select allowed from began), h.decided_at, h.looked_at,
  case when cardinality($10::bigint[]) > 0 then (
    select spend_budgets(array_agg(b.billing_snapshot), array_agg(b.month), array_agg(b.minor), true)
    from unnest($10, $11::integer[], $12::bigint[], $13::integer[]) b(billing_snapshot, month, minor, place)
    where get_bit(h.places, b.place) = 1) end
from held_true h
