-- The balances of the accounts that something was spent on; they are locked since the batch began.
update credit_account a
set month = u.month, spent_minor = u.spent_minor, held_minor = u.held_minor, next_hold_expiry = u.next_hold_expiry,
    version = u.version
from unnest($1::balance_row[]) u
where a.id = u.id
