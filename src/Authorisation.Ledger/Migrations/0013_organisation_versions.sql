-- Changes of an organisation and of its departments touch none of its accounts, however many there are. An organisation has a
-- version of its own beside those of its accounts: a decision rests on a copy of an account and on the organisation's
-- version that the copy was read with. What purchases are invoiced with is looked at when the account is read.
--
-- Servers of the release before compare the versions of accounts alone. Until all of them are replaced, a suspension does not
-- reach the accounts that they remember: docs/operations.md says what to do.

-- First, as it takes a while where there are many, and nothing that purchases need is locked by it.
create index billing_snapshots_in_order on billing_snapshot (organisation_id, id);

-- Raised by whatever a decision looks at or a purchase is invoiced with, and belongs to all accounts of the organisation or
-- operator. Accounts are read with the sum of both: each of them only grows, so an equal sum means that both are the same.
alter table organisation add column version bigint not null default 1;
alter table operator add column version bigint not null default 0;

drop trigger raise_versions_of_organisation on organisation;
drop function raise_versions_of_organisation();
drop trigger raise_versions_of_cards on operator;
drop function raise_versions_of_cards();

create function raise_own_version() returns trigger language plpgsql as $$
begin
  new.version := old.version + 1;
  return new;
end $$;
create trigger raise_version_of_organisation before update on organisation
  for each row when (
    new.version = old.version
    and (new.suspended_at is distinct from old.suspended_at or new.name is distinct from old.name))
  execute function raise_own_version();
create trigger raise_version_of_operator before update on operator
  for each row when (new.version = old.version and new.offers_card_credit is distinct from old.offers_card_credit)
  execute function raise_own_version();

create function raise_versions_of_departments() returns trigger language plpgsql as $$
begin
  update organisation g set version = version + 1
  where g.id in (
    select d.organisation_id
    from departments_before b join departments d on d.id = b.id
    where (d.name, d.billing_reference, d.cost_centre) is distinct from (b.name, b.billing_reference, b.cost_centre));
  return null;
end $$;
create trigger raise_versions_of_departments after update on department
  referencing old table as departments_before new table as departments
  for each statement execute function raise_versions_of_departments();

-- The moment of decision of what was decided on copies of accounts, unless one of their organisations has another version by
-- now: versions only grow, so their sum tells. The look comes after the clock and sees all that is committed by then, also
-- where the statement that calls this had to wait for an account. So what was committed before the moment of decision is a
-- part of it.
create function decided_now(p_organisations uuid[], p_versions bigint) returns timestamptz language plpgsql volatile as $$
declare
  v_now timestamptz := ledger_now();
begin
  if (
    select coalesce(sum(g.version + o.version), 0)
    from organisation g join operator o on o.id = g.operator_id
    where g.id = any (p_organisations)) <> p_versions
  then
    raise serialization_failure using message = 'An organisation was changed after its accounts were read.';
  end if;
  return v_now;
end $$;

-- Given or moved: with marks of prepaid tickets alone an account and a change can still miss each other (0002).
create or replace function share_surroundings_of_given() returns trigger language plpgsql as $$
begin
  perform from operator o where o.id in (select operator_id from given where kind = 1) order by o.id for share;
  return null;
end $$;
create or replace function share_surroundings_of_moved() returns trigger language plpgsql as $$
begin
  perform from operator o where o.id = new.operator_id for share;
  return null;
end $$;
drop trigger share_surroundings_of_moved on credit_account;
create trigger share_surroundings_of_moved after update of operator_id, kind, card_number on credit_account
  for each row
  when ((old.operator_id, old.kind, old.card_number) is distinct from (new.operator_id, new.kind, new.card_number))
  execute function share_surroundings_of_moved();

-- The billing snapshot that a purchase is invoiced with now, of an account that points at some: these, or where organisation or
-- department say something else by now, a row that says it. Rows are only ever added, so what was decided keeps what it had.
-- The owner's rights, as the servers may add a billing snapshot in no other way.
create function billing_snapshot_in_force(p_id bigint) returns bigint
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v_wanted billing_snapshot;
  v_id bigint;
begin
  select g.id, g.name, d.id, d.name, t.id, coalesce(nullif(t.name, ''), t.email), d.billing_reference, d.cost_centre
  into v_wanted.organisation_id, v_wanted.organisation_name, v_wanted.department_id, v_wanted.department_name,
       v_wanted.traveller_id, v_wanted.traveller_name, v_wanted.billing_reference, v_wanted.cost_centre
  from billing_snapshot p
  join organisation g on g.id = p.organisation_id
  join department d on d.id = p.department_id
  join traveller t on t.id = p.traveller_id
  where p.id = p_id;
  select p.id into v_id
  from billing_snapshot p
  where p.traveller_id = v_wanted.traveller_id
    and (p.organisation_id, p.organisation_name, p.department_id, p.department_name, p.traveller_name, p.billing_reference,
         p.cost_centre)
      is not distinct from
        (v_wanted.organisation_id, v_wanted.organisation_name, v_wanted.department_id, v_wanted.department_name,
         v_wanted.traveller_name, v_wanted.billing_reference, v_wanted.cost_centre)
  order by (p.id = p_id) desc, p.id desc
  limit 1;
  if v_id is null then
    insert into billing_snapshot (
      organisation_id, organisation_name, department_id, department_name, traveller_id, traveller_name, billing_reference,
      cost_centre)
    values (
      v_wanted.organisation_id, v_wanted.organisation_name, v_wanted.department_id, v_wanted.department_name,
      v_wanted.traveller_id, v_wanted.traveller_name, v_wanted.billing_reference, v_wanted.cost_centre)
    returning id into v_id;
  end if;
  return v_id;
end $$;
revoke all on function billing_snapshot_in_force from public;

-- Organisations whose cards are all to be looked at, and how far that has come.
create table organisation_change (
  id                bigint generated always as identity primary key,
  operator_id       integer not null,
  organisation_id   uuid not null,
  after_billing_snapshot bigint not null default 0
);
create index organisation_change_of_operator on organisation_change (operator_id, id);

create function note_organisation() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into organisation_change (operator_id, organisation_id) values (new.operator_id, new.id);
  return null;
end $$;
create trigger note_organisation after update of suspended_at on organisation
  for each row when (new.suspended_at is distinct from old.suspended_at) execute function note_organisation();

create function note_organisations() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into organisation_change (operator_id, organisation_id)
  select g.operator_id, g.id from organisation g where g.operator_id = new.id;
  return null;
end $$;
create trigger note_organisations after update of offers_card_credit on operator
  for each row when (new.offers_card_credit is distinct from old.offers_card_credit) execute function note_organisations();

-- Notes the cards of the next page of the organisation that was changed first, for the sequencer when it has nothing else to do.
-- False when there is none. An account that is given meanwhile, or moved to a billing snapshot of a page that was taken, is noted by
-- itself. The owner's rights, as the servers may note nothing in any other way.
create function note_changed_organisation(p_operator_id integer, p_billing_snapshot integer) returns boolean
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v_change organisation_change;
  v_last bigint;
  v_count integer;
begin
  select * into v_change from organisation_change c where c.operator_id = p_operator_id order by c.id limit 1;
  if not found then
    return false;
  end if;
  with page as materialized (
    select p.id
    from billing_snapshot p
    where p.organisation_id = v_change.organisation_id and p.id > v_change.after_billing_snapshot
    order by p.id
    limit p_billing_snapshot
  ), noted as (
    insert into card_change (operator_id, card_number)
    select p_operator_id, a.card_number
    from page
    cross join lateral (
      select c.card_number
      from credit_account c
      where c.billing_snapshot_id = page.id and c.kind = 1 and c.removed_at is null
      offset 0) a
  )
  select max(page.id), count(*) into v_last, v_count from page;
  if v_count < p_billing_snapshot then
    delete from organisation_change c where c.id = v_change.id;
  else
    update organisation_change c set after_billing_snapshot = v_last where c.id = v_change.id;
  end if;
  return true;
end $$;
revoke all on function note_changed_organisation from public;

-- billing_snapshots_in_order does what this one did.
drop index billing_snapshot_of_organisation;
