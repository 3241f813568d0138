-- What runs with the owner's rights finds its names in the schemas of the owner alone: pg_temp, which is searched first
-- unless it is named, is named last.
do $$
declare
  definer regprocedure;
begin
  for definer in
    select p.oid::regprocedure from pg_proc p
    where p.prosecdef and p.pronamespace in ('public'::regnamespace, 'control'::regnamespace, 'scheduler'::regnamespace)
  loop
    execute format('alter function %s set search_path = public, pg_temp', definer);
  end loop;
end $$;

-- The last moment at which a host's clock and the database's agreed: one row, written every few seconds by the hosts that do
-- the nights' work.
create table control.clock_moment (
  id           boolean primary key default true check (id),
  host         text not null,
  host_at      timestamptz not null,
  database_at  timestamptz not null,
  steady_since timestamptz not null -- since when the clocks have been watched without a jump
);

-- Where the clocks jumped, or nobody watched them for long. A month whose end lies in there waits for a person.
create table control.clock_gap (
  id          bigint generated always as identity primary key,
  host        text not null,
  from_at     timestamptz not null,
  to_at       timestamptz not null,   -- before from_at: the clocks were set back
  was_watched boolean not null        -- false: nobody was there to see what the clocks did
);

-- A night can be asked for by a person, and the month that it closed be opened again.
alter table control.month_end
  add column asked_at timestamptz,
  add column reopened_at timestamptz,
  add column reopened_by text,
  add column reopen_reason text,
  drop constraint month_end_state_check,
  add constraint month_end_state_check check (state in (1, 2, 3, 4)); -- 4: its month was opened again; it counts no more
drop index control.month_end_closing;
create unique index month_end_closing on control.month_end (operator_id, month) where month is not null and state <> 4;
drop index control.month_end_not_done;
create index month_end_not_done on control.month_end (operator_id, night) where state in (1, 3);

-- A closed month stays as it is. The empty statements of one that is open again go, as they are written anew when it is closed.
create function control.refuse_deletion_of_closed() returns trigger language plpgsql as $$
begin
  if exists (select from public.operator o where o.id = old.operator_id and o.first_open_month <= old.month) then
    return old;
  end if;
  raise exception 'What a closed month says is never changed.';
end $$;
drop trigger refuse_change on control.statement;
create trigger refuse_change before update or truncate on control.statement
  for each statement execute function control.refuse_change_of_closed();
create trigger refuse_deletion before delete on control.statement
  for each row execute function control.refuse_deletion_of_closed();

-- Whether a row stands on the invoice of one of the months from p_first on and before p_open.
create function control.is_month_used(p_operator_id integer, p_first integer, p_open integer) returns boolean
  language sql set search_path = public, pg_temp as $$
  select exists (
      select from credit_account a
      where a.operator_id = p_operator_id and (
        exists (select from authorisation e where e.account_id = a.id and e.operator_id = p_operator_id
                and e.credit_month >= p_first and e.credit_month < p_open and e.invoice_month < p_open)
        or exists (select from authorisation e where e.account_id = a.id and e.operator_id = p_operator_id
                   and e.invoice_month > e.credit_month and e.invoice_month >= p_first and e.invoice_month < p_open)
        or exists (select from operation o where o.account_id = a.id and o.operator_id = p_operator_id
                   and o.credit_month >= p_first and o.credit_month < p_open and o.invoice_month < p_open)
        or exists (select from operation o where o.account_id = a.id and o.operator_id = p_operator_id
                   and o.invoice_month > o.credit_month and o.invoice_month >= p_first and o.invoice_month < p_open)))
    -- On no account of the operator's: what another operator's account was typed for is here too.
    or exists (select from authorisation e where e.operator_id = p_operator_id
               and (e.account_id is null or e.billing_snapshot_id is null) and e.invoice_month >= p_first and e.invoice_month < p_open)
    or exists (select from operation o where o.operator_id = p_operator_id
               and (o.account_id is null or o.billing_snapshot_id is null) and o.invoice_month >= p_first and o.invoice_month < p_open)
$$;

-- The accounts with rows or a balance of a month that is still to come, or with rows that stand on a later invoice only since
-- the first open month was too late.
create function control.misplaced_accounts(p_operator_id integer, p_open integer, p_now integer) returns uuid[]
  language sql set search_path = public, pg_temp as $$
  select coalesce(array_agg(a.id order by a.id), '{}')
  from credit_account a
  where a.operator_id = p_operator_id and (
    a.month > p_now
    or exists (select from authorisation e where e.account_id = a.id and e.operator_id = p_operator_id
               and e.credit_month > p_now)
    or exists (select from operation o where o.account_id = a.id and o.operator_id = p_operator_id
               and o.credit_month > p_now)
    or exists (select from authorisation e where e.account_id = a.id and e.operator_id = p_operator_id
               and e.invoice_month > e.credit_month and e.invoice_month >= p_open)
    or exists (select from operation o where o.account_id = a.id and o.operator_id = p_operator_id
               and o.invoice_month > o.credit_month and o.invoice_month >= p_open))
$$;

-- Opens again the months from p_first on, which are closed with nothing in them. What was decided meanwhile stands on an invoice
-- that is open, so it is sealed nowhere: it goes to the invoice that it belongs on. What was decided while the clock was ahead
-- counts in the month that it is (p_now), since it was bought no later than now.
--
-- Locks as a batch does: the accounts in the order of their ids, then the month. Whoever writes to the first open month as it was
-- (p_open) shares that lock, so after it nothing is written by what is no longer true; a batch that had read it before is refused
-- by its own check. What came in between the two locks has the call begin anew.
create function control.reopen_months(
  p_operator_id integer, p_first integer, p_open integer, p_now integer, p_person text, p_reason text,
  out turns bigint, out purchases bigint, out operations bigint)
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v_now timestamptz := ledger_now();
  v_latest timestamptz;
  v_accounts uuid[];
  v_more bigint;
begin
  v_accounts := control.misplaced_accounts(p_operator_id, p_open, p_now);
  perform from credit_account a where a.id = any (v_accounts) order by a.id for no key update;
  perform pg_advisory_xact_lock(p_operator_id, p_open);
  if (select o.first_open_month from operator o where o.id = p_operator_id) is distinct from p_open
    or not control.misplaced_accounts(p_operator_id, p_open, p_now) <@ v_accounts
  then
    raise exception 'Something was decided meanwhile.' using errcode = 'serialization_failure';
  end if;
  if control.is_month_used(p_operator_id, p_first, p_open)
    or exists (select from control.invoice i where i.operator_id = p_operator_id and i.month >= p_first)
    or exists (select from control.month_end t where t.operator_id = p_operator_id and t.month >= p_first and t.state <> 4
               and t.closed_at is not null and t.sealed_rows > 0)
  then
    raise exception 'A month with something in it stays closed.' using errcode = 'restrict_violation';
  end if;

  select v_now + make_interval(secs => o.hold_seconds) into v_latest from operator o where o.id = p_operator_id;
  update operator set first_open_month = p_first where id = p_operator_id;

  update authorisation e
  set credit_month = least(e.credit_month, p_now), invoice_month = greatest(least(e.credit_month, p_now), p_first),
      expires_at = case when e.credit_month > p_now and e.expires_at > v_latest then v_latest else e.expires_at end
  where e.account_id = any (v_accounts) and e.operator_id = p_operator_id
    and (e.credit_month > p_now or (e.invoice_month > e.credit_month and e.invoice_month >= p_open));
  get diagnostics purchases = row_count;
  update authorisation e
  set credit_month = least(e.credit_month, p_now), invoice_month = greatest(least(e.credit_month, p_now), p_first)
  where e.operator_id = p_operator_id and (e.account_id is null or e.billing_snapshot_id is null) and e.invoice_month >= p_open
    and (e.credit_month > p_now or e.invoice_month > e.credit_month);
  get diagnostics v_more = row_count;
  purchases := purchases + v_more;
  update operation o
  set credit_month = least(o.credit_month, p_now), invoice_month = greatest(least(o.credit_month, p_now), p_first)
  where o.account_id = any (v_accounts) and o.operator_id = p_operator_id
    and (o.credit_month > p_now or (o.invoice_month > o.credit_month and o.invoice_month >= p_open));
  get diagnostics operations = row_count;
  update operation o
  set credit_month = least(o.credit_month, p_now), invoice_month = greatest(least(o.credit_month, p_now), p_first)
  where o.operator_id = p_operator_id and (o.account_id is null or o.billing_snapshot_id is null) and o.invoice_month >= p_open
    and (o.credit_month > p_now or o.invoice_month > o.credit_month);
  get diagnostics v_more = row_count;
  operations := operations + v_more;

  -- A hold lasts no longer than holds do from now on, and counts where its purchase does.
  update open_hold h set credit_month = p_now, expires_at = least(h.expires_at, v_latest)
  where h.account_id = any (v_accounts) and h.credit_month > p_now;
  update credit_account a
  set month = p_now,
      spent_minor =
        coalesce((select sum(e.amount_minor) from authorisation e
                  where e.account_id = a.id and e.credit_month = p_now and e.decision = 1), 0)
        + coalesce((select sum(o.spent_minor) from operation o where o.account_id = a.id and o.credit_month = p_now), 0),
      held_minor =
        coalesce((select sum(e.amount_minor) from authorisation e
                  where e.account_id = a.id and e.credit_month = p_now and e.decision = 1 and e.hold), 0)
        + coalesce((select sum(o.held_minor) from operation o where o.account_id = a.id and o.credit_month = p_now), 0),
      next_hold_expiry = (select min(h.expires_at) from open_hold h where h.account_id = a.id and h.credit_month = p_now),
      version = a.version + 1
  where a.id = any (v_accounts);

  delete from control.statement s where s.operator_id = p_operator_id and s.month >= p_first and s.month < p_open;
  update control.month_end t
  set state = 4, reopened_at = v_now, reopened_by = p_person, reopen_reason = p_reason
  where t.operator_id = p_operator_id and t.month >= p_first and t.state <> 4;
  get diagnostics turns = row_count;
end $$;
revoke all on function control.reopen_months, control.misplaced_accounts, control.is_month_used from public;
