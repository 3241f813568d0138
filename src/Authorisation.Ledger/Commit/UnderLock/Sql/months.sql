-- Keeps the months that this batch can write from being closed under it: the month that it is, and the next one too
-- when the batch is about to cross the edge. Once a month has begun, its purchases ask for that month only, so they do
-- not wait for the close of the month before. Returns the months, so that a batch which was paused for longer notices.
-- With $2 a month that is being closed is not waited for, and is returned as not locked. $3 and $4 are months in the
-- past that something of the batch belongs to, by operator. They are never waited for: only what belongs to them is set
-- aside, and the rest of the batch goes on. Where a month is closed, it is the first open one after it that is written,
-- also instead of the month that it is, as the clock may have been set back. Whether one was closed while this waited
-- is seen in what is read next. Also returns the moment of decision: after the locks, so that decisions on one account
-- are in the order of their times, and before the accounts are loaded, so that every change committed before that
-- moment is seen.
select
  o.id, m.month,
  case when $2 or not m.is_current
    then pg_try_advisory_xact_lock_shared(o.id, m.month)
    else pg_advisory_xact_lock_shared(o.id, m.month) is not null
  end,
  ledger_now()
from operator o
cross join lateral (
  select greatest(w.month, o.first_open_month) as month, bool_or(w.is_current) as is_current
  from (
    select to_char(t.instant at time zone o.time_zone, 'YYYYMM')::integer as month, true as is_current
    from (values (ledger_now()), (ledger_now() + interval '30 seconds')) as t(instant)
    union all
    select p.month, false
    from unnest($3::integer[], $4::integer[]) p(operator_id, month)
    where p.operator_id = o.id
  ) w
  group by greatest(w.month, o.first_open_month)
) m
where o.id = any ($1::integer[])
