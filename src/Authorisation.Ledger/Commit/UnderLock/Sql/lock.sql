-- Locks the accounts of a batch in the order of their ids, the same order everywhere, so that batches wait for each
-- other in one direction only. It is a separate statement: after waiting for a lock a statement continues with the
-- snapshot it began with, and what it then read of other rows would be old.
select a.id
from credit_account a
where a.id in (
  select f.id
  from unnest($1::integer[], $2::smallint[], $3::text[], $4::uuid[])
    as i(operator_id, kind, card_number, account_id)
  cross join lateral (
    select id
    from credit_account
    where i.kind in (2, 3) and id = i.account_id and operator_id = i.operator_id and (i.kind = 3 or credit_account.kind = 2)
    union all
    (
      select id
      from credit_account
      where i.kind = 1 and operator_id = i.operator_id and card_number = i.card_number
      order by removed_at desc nulls first
      limit 1
    )
  ) f
)
order by a.id
for no key update
