-- Whose card it was at a moment: the account that was open then, else the one that had been taken away last before it.
select id
from credit_account
where operator_id = $1 and card_number = $2 and given_at <= $3
order by (removed_at is null or removed_at > $3) desc, removed_at desc nulls first
limit 1
