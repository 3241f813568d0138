-- Sales on cards that had no credit, oldest first: those that no clerk has assigned to an account and that were not
-- reversed since.
select
  {entry}
from operation o
join authorisation e on e.id = o.authorisation_id
where o.operator_id = $1 and o.kind = 5 and o.account_id is null
  and not exists (select from operation later where later.authorisation_id = o.authorisation_id and later.ordinal > o.ordinal
                  and (later.account_id is not null or later.state_after <> 30))
order by o.made_at, e.id
limit $2
