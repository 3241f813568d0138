-- The accounts asked for, one row for each place, found or not, and the time. Run after the
-- lock, so that it sees every change that was committed before the lock was given. Kind 3 asks for the account itself,
-- whatever it is on; the answer says which card. The billing snapshots are those that the account points at or, for decisions,
-- those in force: that adds a row where organisation or department say something else than the row that is pointed at. Rules are
-- looked for where there can be some, and what was bought today and the day before only where a rule bounds that: the moment of
-- decision was read before, and may be on the other side of midnight.
select
  i.ordinal, ledger_now(),
  a.id, a.version, a.limit_minor, a.month, a.spent_minor, a.held_minor, a.next_hold_expiry,
  {billing_snapshot},
  a.removed_at is not null,
  a.kind = 2 and a.activated_at is null,
  a.blocked_at is not null,
  p.card_number is not null,
  r.found, day_spent(a.id, o.time_zone, n.today), day_spent(a.id, o.time_zone, n.today - 1), n.today - date '0001-01-01',
  a.first_day, a.last_day, a.extra_month, a.extra_minor,
  a.card_number, coalesce(o.first_open_month, 0), t.organisation_id,
  g.version + o.version, g.names_version, g.rules_version + o.rules_version, g.suspended_at is not null, o.offers_card_credit,
  g.has_budgets
from unnest($1::integer[], $2::smallint[], $3::text[], $4::uuid[])
  with ordinality as i(operator_id, kind, card_number, account_id, ordinal)
left join lateral (
  select *
  from credit_account
  where i.kind in (2, 3) and id = i.account_id and operator_id = i.operator_id and (i.kind = 3 or credit_account.kind = 2)
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
left join billing_snapshot t on t.id = a.billing_snapshot_id
left join organisation g on g.id = t.organisation_id
left join department d on d.id = t.department_id
left join prepaid_card p on a.kind = 1 and p.operator_id = a.operator_id and p.card_number = a.card_number
left join lateral (
  select case when a.has_rule or g.rules_version > 0 or o.not_on_credit is not null
    then purchase_rules(a.id, t.department_id, g.id, o.id) end as found
  offset 0) r on true
left join lateral (
  select (ledger_now() at time zone o.time_zone)::date as today where r.found ? 'counts_days'
  offset 0) n on true
