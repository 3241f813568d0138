-- The entries that some ids have already.
select
  {entry}
from authorisation e
where e.id = any ($1::uuid[])
