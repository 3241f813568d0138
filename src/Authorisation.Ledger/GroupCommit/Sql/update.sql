-- The balances of the accounts that something was spent on; they are locked since the batch began.
update credit_account a
set month = u.month, spent_minor = u.spent_minor, held_minor = u.held_minor, next_hold_expiry = u.next_hold_expiry,
    version = u.version
from unnest($1::uuid[], $2::integer[], $3::bigint[], $4::bigint[], $5::timestamptz[], $6::bigint[])
  as u(id, month, spent_minor, held_minor, next_hold_expiry, version)
where a.id = u.id
