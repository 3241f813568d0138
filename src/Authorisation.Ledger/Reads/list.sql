-- What was asked of an instrument in a month, newest first, from a position on. Of a card: on every account that it ever
-- had, and while it had none. Each part is read from the end of an index, no further than the page is long.
select
  e.id, e.operator_id, e.client_id, e.account_id, e.card_number, e.particulars_id, e.decision, e.decline_reason,
  e.amount_minor, e.hold, e.expires_at, e.credit_month, e.invoice_month, e.decided_at, e.vat_basis_points,
  e.vat_category, e.vat_rate_given, e.purpose, e.product, e.occurred_at, e.vehicle, e.line, e.zone, e.stop, e.device_id
from (
  select of_account.*
  from (
    select $2::uuid as id where $3::text is null
    union all
    select id from credit_account where operator_id = $1 and card_number = $3
  ) a
  cross join lateral (
    select *
    from authorisation
    where account_id = a.id and operator_id = $1 and credit_month = $4 and amount_minor is not null
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
