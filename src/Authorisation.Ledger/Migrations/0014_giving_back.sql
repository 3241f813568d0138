-- What operator staff give back: refunds and voids from the control plane, whose role can make no purchase.

-- Who of the staff did an operation. The operation itself is a row like any other, of no client and no app.
create table control.staff_operation (
  operation_id uuid primary key,
  person_id    uuid not null references control.person,
  person_email text not null
);

-- The state of an authorisation as the API names it.
create function control.state_name(state smallint) returns text language sql immutable parallel safe
  set search_path = public, pg_temp as $$
  select case state when 10 then 'declined' when 20 then 'held' when 30 then 'captured' when 40 then 'voided'
                    when 50 then 'expired' when 60 then 'refunded' end
$$;

-- Writes what was decided under the lock of its accounts: voids and refunds, each with its person, the holds that were
-- found lapsed, and the balances afterwards; with a line of the audit trail for each, in the same transaction. Here and
-- nowhere else does the control plane's role write rows of the ledger, and whatever it is made to send, nothing is taken
-- from anybody with it, and no more is given back than was taken.
create function control.give_back(
  operations operation_row[], balances balance_row[], staff_operations uuid[], persons uuid[], emails text[], addresses text[])
  returns void language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if exists (
    select
    from unnest(operations) o
    left join authorisation e on e.id = o.authorisation_id and e.operator_id = o.operator_id
    where e.id is null or o.kind not in (2, 3, 4) or (o.kind = 4) = (o.id = any (staff_operations))
      or o.client_id is not null or o.app_account_id is not null or o.made_offline
      or o.spent_minor > 0 or o.held_minor > 0 or o.invoiced_minor > 0
  ) or exists (
    select
    from unnest(balances) u
    left join credit_account a on a.id = u.id and a.month = u.month
    where a.id is null or u.spent_minor > a.spent_minor or u.held_minor > a.held_minor or u.version <= a.version
  ) then
    raise exception 'The control plane voids, refunds and expires; it takes nothing.' using errcode = 'insufficient_privilege';
  end if;

  insert into operation (
    id, authorisation_id, ordinal, operator_id, kind, client_id, app_account_id, requested_minor, reason, made_offline,
    state_after, amount_minor, spent_minor, held_minor, invoiced_minor, account_id, billing_snapshot_id, credit_month,
    invoice_month, made_at, over_limit)
  select
    id, authorisation_id, ordinal, operator_id, kind, client_id, app_account_id, requested_minor, reason, made_offline,
    state_after, amount_minor, spent_minor, held_minor, invoiced_minor, account_id, billing_snapshot_id, credit_month,
    invoice_month, made_at, over_limit
  from unnest(operations);

  if exists (
    select
    from unnest(operations) o
    join authorisation e on e.id = o.authorisation_id
    where (case when e.decision = 1 and not e.hold and e.billing_snapshot_id is not null then e.amount_minor else 0 end)
          + (select sum(d.invoiced_minor) from operation d where d.authorisation_id = e.id) < 0
  ) then
    raise exception 'More would be given back than was taken.' using errcode = 'insufficient_privilege';
  end if;

  update credit_account a
  set month = u.month, spent_minor = u.spent_minor, held_minor = u.held_minor, next_hold_expiry = u.next_hold_expiry,
      version = u.version
  from unnest(balances) u
  where a.id = u.id;

  insert into control.staff_operation (operation_id, person_id, person_email)
  select s.id, s.person, s.email
  from unnest(staff_operations, persons, emails) s(id, person, email);

  insert into control.audit_entry (
    operator_id, organisation_id, department_id, person_id, person_email, address, action, subject, before, after)
  select
    o.operator_id, p.organisation_id, p.department_id, s.person, s.email, s.address,
    case o.kind when 2 then 'authorisation.voided' else 'authorisation.refunded' end,
    'authorisation:' || o.authorisation_id,
    jsonb_build_object('state', control.state_name(coalesce(
      (select d.state_after from operation d where d.authorisation_id = o.authorisation_id and d.ordinal = o.ordinal - 1),
      case when e.decision = 2 then 10 when e.hold then 20 else 30 end::smallint))),
    jsonb_build_object(
      'state', control.state_name(o.state_after), 'operation_id', o.id, 'amount_minor', o.amount_minor,
      'invoiced_minor', o.invoiced_minor, 'reason', o.reason)
  from unnest(staff_operations, persons, emails, addresses) s(id, person, email, address)
  join unnest(operations) o on o.id = s.id
  join authorisation e on e.id = o.authorisation_id
  left join billing_snapshot p on p.id = o.billing_snapshot_id;
end $$;
revoke all on function control.give_back from public;
