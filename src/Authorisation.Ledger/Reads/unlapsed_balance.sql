-- What an account has used of its month, without the holds that have lapsed and are not expired yet. In one statement: of a
-- balance that was read before, a hold that is expired meanwhile would be counted still, and found no more among the lapsed.
select a.spent_minor - l.minor, a.held_minor - l.minor
from credit_account a
cross join lateral (
  select coalesce(sum(e.amount_minor), 0)::bigint as minor
  from open_hold h
  join authorisation e on e.id = h.authorisation_id
  where h.account_id = a.id and h.credit_month = a.month and h.expires_at <= $3
) l
where a.id = $1 and a.month = $2
