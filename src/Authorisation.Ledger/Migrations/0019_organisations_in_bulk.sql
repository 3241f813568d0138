-- An organisation's version says that something changed; this one says whether it was what purchases are invoiced with. Copies
-- of accounts go on through a change: the flags are taken from whoever saw them last, and only after a change of names or
-- references are the billing snapshot in force looked for, for all accounts of a batch at once.
alter table organisation add column names_version bigint not null default 1;

create function raise_names_version() returns trigger language plpgsql as $$
begin
  new.names_version := old.names_version + 1;
  return new;
end $$;
create trigger raise_version_of_names before update on organisation
  for each row when (new.name is distinct from old.name) execute function raise_names_version();

create or replace function raise_versions_of_departments() returns trigger language plpgsql as $$
begin
  update organisation g set version = version + 1, names_version = names_version + 1
  where g.id in (
    select d.organisation_id
    from departments_before b join departments d on d.id = b.id
    where (d.name, d.billing_reference, d.cost_centre) is distinct from (b.name, b.billing_reference, b.cost_centre));
  return null;
end $$;

-- As billing_snapshot_in_force of 0013, for many at once: the answers stand in the order of what was asked for, null for what there is
-- not, and no two rows are added that say the same.
create function billing_snapshot_in_force(p_ids bigint[]) returns bigint[]
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v_ids bigint[];
begin
  with wanted as materialized (
    select i.place, p.id as asked, g.id as organisation_id, g.name as organisation_name, d.id as department_id,
      d.name as department_name, t.id as traveller_id, coalesce(nullif(t.name, ''), t.email) as traveller_name,
      d.billing_reference, d.cost_centre
    from unnest(p_ids) with ordinality as i(id, place)
    left join billing_snapshot p on p.id = i.id
    left join organisation g on g.id = p.organisation_id
    left join department d on d.id = p.department_id
    left join traveller t on t.id = p.traveller_id
  ), found as materialized (
    select w.*, f.id
    from wanted w
    left join lateral (
      select p.id
      from billing_snapshot p
      where p.traveller_id = w.traveller_id
        and (p.organisation_id, p.organisation_name, p.department_id, p.department_name, p.traveller_name,
             p.billing_reference, p.cost_centre)
          is not distinct from
            (w.organisation_id, w.organisation_name, w.department_id, w.department_name, w.traveller_name,
             w.billing_reference, w.cost_centre)
      order by (p.id = w.asked) desc, p.id desc
      limit 1) f on true
  ), added as (
    insert into billing_snapshot as p (
      organisation_id, organisation_name, department_id, department_name, traveller_id, traveller_name, billing_reference,
      cost_centre)
    select distinct
      f.organisation_id, f.organisation_name, f.department_id, f.department_name, f.traveller_id, f.traveller_name,
      f.billing_reference, f.cost_centre
    from found f
    where f.id is null and f.asked is not null
    returning p.*
  )
  select array_agg(coalesce(f.id, a.id) order by f.place) into v_ids
  from found f
  left join added a on f.id is null
    and (a.organisation_id, a.department_id, a.traveller_id) = (f.organisation_id, f.department_id, f.traveller_id);
  return v_ids;
end $$;
revoke all on function billing_snapshot_in_force(bigint[]) from public;

create or replace function billing_snapshot_in_force(p_id bigint) returns bigint
  language sql security definer set search_path = public, pg_temp as $$
  select (billing_snapshot_in_force(array[p_id]))[1]
$$;

-- As in 0013, by cards and no longer by billing snapshot, of which each change of names leaves more that no account points at. The
-- sequencer takes a page a turn: cards of the next billing snapshot, whole billing snapshots and at least p_cards if there are so many. False
-- when no organisation was changed. The last that was changed comes first, so that a small one does not wait behind a large one. An
-- account that is given meanwhile, or moved to a billing snapshot of a page that was taken, is noted by itself.
drop function note_changed_organisation(integer, integer);
create function note_changed_organisation(p_operator_id integer, p_cards integer) returns boolean
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v_change organisation_change;
  v_billing_snapshot_max integer := 20 * p_cards;
  v_billing_snapshot integer;
  v_last_of_billing_snapshot bigint;
  v_cards integer;
  v_last_of_cards bigint;
begin
  select * into v_change from organisation_change c where c.operator_id = p_operator_id order by c.id desc limit 1;
  if not found then
    return false;
  end if;
  with page as materialized (
    select p.id
    from billing_snapshot p
    where p.organisation_id = v_change.organisation_id and p.id > v_change.after_billing_snapshot
    order by p.id
    limit v_billing_snapshot_max
  ), cards as materialized (
    select page.id, a.card_number
    from page
    cross join lateral (
      select c.card_number
      from credit_account c
      where c.billing_snapshot_id = page.id and c.kind = 1 and c.removed_at is null
      offset 0) a
    order by page.id
    fetch first (p_cards) rows with ties
  ), noted as (
    insert into card_change (operator_id, card_number)
    select p_operator_id, c.card_number from cards c
  )
  select p.many, p.last, c.many, c.last into v_billing_snapshot, v_last_of_billing_snapshot, v_cards, v_last_of_cards
  from (select count(*) as many, max(id) as last from page) p, (select count(*) as many, max(id) as last from cards) c;
  if v_cards >= p_cards then
    update organisation_change c set after_billing_snapshot = v_last_of_cards where c.id = v_change.id;
  elsif v_billing_snapshot = v_billing_snapshot_max then
    update organisation_change c set after_billing_snapshot = v_last_of_billing_snapshot where c.id = v_change.id;
  else
    delete from organisation_change c where c.id = v_change.id;
  end if;
  return true;
end $$;
revoke all on function note_changed_organisation(integer, integer) from public;
