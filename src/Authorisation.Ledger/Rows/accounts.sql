-- The accounts on the instruments asked for, one row for each instrument, found or not, and the time. Run after the
-- lock, so that it sees every change that was committed before the lock was given.
select
  i.ordinal, ledger_now(),
  a.id, a.version, a.limit_minor, a.month, a.spent_minor, a.held_minor, a.next_hold_expiry, a.particulars_id,
  i.kind = 1 and not o.offers_card_credit,
  a.removed_at is not null,
  a.kind = 2 and a.activated_at is null,
  a.blocked_at is not null,
  g.suspended_at is not null,
  p.card_number is not null,
  a.allowed_products, a.max_purchase_minor
from unnest($1::integer[], $2::smallint[], $3::text[], $4::uuid[])
  with ordinality as i(operator_id, kind, card_number, account_id, ordinal)
left join lateral (
  select *
  from credit_account
  where i.kind = 2 and id = i.account_id and operator_id = i.operator_id and credit_account.kind = 2
  union all
  (
    select *
    from credit_account
    where i.kind = 1 and operator_id = i.operator_id and card_number = i.card_number
    order by removed_at desc nulls first
    limit 1
  )
) a on true
left join operator o on o.id = i.operator_id
left join particulars t on t.id = a.particulars_id
left join organisation g on g.id = t.organisation_id
left join prepaid_card p on i.kind = 1 and p.operator_id = i.operator_id and p.card_number = i.card_number
