-- Holds that had lapsed at a moment, those that lapsed first first, from a position on.
select h.authorisation_id, h.account_id, h.operator_id, h.credit_month, h.expires_at, a.card_number
from open_hold h
join credit_account a on a.id = h.account_id
where h.expires_at <= $4 and (h.expires_at, h.authorisation_id) > ($1, $2)
order by h.expires_at, h.authorisation_id
limit $3
