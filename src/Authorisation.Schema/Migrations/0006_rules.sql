-- What an employer lets be bought: rules on purchases, credits for some days and with more for one month, and budgets. See
-- decisions 056 and 057. Servers of the release before know of none of it: rules and budgets hold once all servers are of this
-- release.

-- Rules ---------------------------------------------------------------------------------------------------------------

-- A rule of a credit, of a department or of an organisation. What is null is not limited.
create table purchase_rule (
  id                 uuid primary key,
  organisation_id    uuid not null references organisation,
  department_id      uuid references department,     -- null and no account: the rule is the organisation's
  account_id         uuid references credit_account,
  -- A purchase is of one of these products, or of a product of one of these kinds.
  products           text[] check (cardinality(products) <= 500),
  kinds              smallint[] check (cardinality(kinds) between 1 and 6),
  zones              text[] check (cardinality(zones) between 1 and 200),
  -- When it may be bought, in minutes of the operator's week from Monday 00:00: the first minute and the one after the last of
  -- each span, in order and apart. On quarters of an hour, as time zones differ by such.
  times              integer[] check (cardinality(times) between 2 and 1344 and cardinality(times) % 2 = 0),
  max_purchase_minor bigint check (max_purchase_minor between 1 and 10000000),
  max_day_minor      bigint check (max_day_minor between 1 and 1000000000),
  revision           bigint not null default 1,
  check (department_id is null or account_id is null),
  check (num_nonnulls(products, kinds, zones, times, max_purchase_minor, max_day_minor) > 0)
);
create unique index purchase_rule_of_account on purchase_rule (account_id) where account_id is not null;
create unique index purchase_rule_of_department on purchase_rule (department_id) where department_id is not null;
create unique index purchase_rule_of_organisation on purchase_rule (organisation_id)
  where department_id is null and account_id is null;

-- The old form of a rule, of an account alone, in the new one; looked for before anything is locked.
insert into purchase_rule (id, organisation_id, account_id, products, max_purchase_minor)
select gen_random_uuid(), p.organisation_id, a.id, a.allowed_products, a.max_purchase_minor
from credit_account a join billing_snapshot p on p.id = a.billing_snapshot_id
where a.allowed_products is not null or a.max_purchase_minor is not null;

-- Grows with every change of a rule of the organisation or its departments, and of what these rest on; 0: there never was one.
alter table organisation add column rules_version bigint not null default 0;
-- Grows with every change of products that decisions rest on.
alter table operator add column rules_version bigint not null default 0;
-- The products of the operator that are not sold on credit; null: none. Kept by a trigger.
alter table operator add column not_on_credit text[];

-- allowed_products and max_purchase_minor were rules of this account alone. Nothing reads them any more; they stay for servers
-- of the release before.
alter table credit_account
  add column has_rule boolean not null default false,
  -- The days on which something may be bought, in the operator's time zone; null: from the beginning, without an end.
  add column first_day date,
  add column last_day date,
  -- What may be spent beyond the limit in one month, which it names: it lapses with that.
  add column extra_month integer,
  add column extra_minor bigint,
  -- Not looked for in the rows that there are, which would keep purchases waiting: none has any of it.
  add constraint credit_account_days check (first_day <= last_day) not valid,
  add constraint credit_account_extra check ((extra_month is null) = (extra_minor is null) and extra_minor > 0) not valid;
update credit_account a set has_rule = true, version = version + 1
where a.id in (select r.account_id from purchase_rule r);

-- Whose rule declined a purchase: 1 the credit's, 2 a department's, 3 the organisation's, 4 the operator's. Null: none did.
alter table authorisation
  add column declined_by smallint,
  add constraint authorisation_declined_by_check check (declined_by between 1 and 4) not valid;

-- A row of authorisation as a batch sends it; entry_row, with whose rule it was.
create type purchase_row as (
  id                  uuid,
  operator_id         integer,
  client_id           bigint,
  account_id          uuid,
  card_number         text,
  billing_snapshot_id bigint,
  decision            smallint,
  decline_reason      smallint,
  declined_by         smallint,
  amount_minor        bigint,
  hold                boolean,
  expires_at          timestamptz,
  credit_month        integer,
  invoice_month       integer,
  decided_at          timestamptz,
  vat_basis_points    integer,
  vat_category        text,
  vat_rate_given      boolean,
  purpose             text,
  product             text,
  occurred_at         timestamptz,
  vehicle             text,
  line                text,
  zone                text,
  stop                text,
  device_id           text,
  place               integer,
  is_spent_on         boolean
);

-- As it was, and with whose rule it was where there is one: so the seals of months that were closed before stay good.
create or replace function billing.digest(e authorisation) returns bytea language sql stable parallel safe as $$
  select substring(sha256(
    record_send(row(
      e.id, e.operator_id, e.client_id, e.account_id, e.card_number, e.billing_snapshot_id, e.decision, e.decline_reason,
      e.amount_minor, e.hold, e.expires_at, e.credit_month, e.invoice_month,
      e.decided_at, e.vat_basis_points, e.vat_category, e.vat_rate_given, e.purpose, e.product,
      e.occurred_at, e.vehicle, e.line, e.zone, e.stop, e.device_id))
    || coalesce(int2send(e.declined_by), '')) for 8)
$$;

-- With a path set, as the other functions that reads call: Postgres then looks at the tables in its body when it is called, and
-- not when a statement is planned that may never call it.
--
-- All rules that a purchase on an account must keep, as servers read them, with products for kinds; null when there is none. Those
-- nearest to the account come first.
create function purchase_rules(p_account uuid, p_department uuid, p_organisation uuid, p_operator integer) returns jsonb
  language sql stable parallel safe set search_path = public, pg_temp as $$
  with recursive above(id, parent_id, distance) as (
    select d.id, d.parent_id, 1 from department d where d.id = p_department
    union all
    select d.id, d.parent_id, a.distance + 1 from above a join department d on d.id = a.parent_id
  ), applying as (
    select r, 1 as of_owner, 0 as distance from purchase_rule r where r.account_id = p_account
    union all
    select r, 2, a.distance from above a join purchase_rule r on r.department_id = a.id
    union all
    select r, 3, 0 from purchase_rule r
    where r.organisation_id = p_organisation and r.department_id is null and r.account_id is null
  ), gathered as (
    select
      jsonb_agg(
        jsonb_build_object(
          'by', a.of_owner,
          'products', case when (a.r).products is not null or (a.r).kinds is not null then (
            select coalesce(jsonb_agg(c.code order by c.code), '[]')
            from (select unnest((a.r).products) as code
                  union
                  select p.code from product p where p.operator_id = p_operator and p.kind = any ((a.r).kinds)) c) end,
          'zones', to_jsonb((a.r).zones),
          'products_within', case when (a.r).zones is not null then (
            select coalesce(jsonb_agg(p.code order by p.code), '[]')
            from product p where p.operator_id = p_operator and p.zones <@ (a.r).zones) end,
          'times', to_jsonb((a.r).times),
          'max_purchase', (a.r).max_purchase_minor,
          'max_day', (a.r).max_day_minor)
        order by a.of_owner, a.distance) as rules,
      bool_or((a.r).max_day_minor is not null) as counts_days
    from applying a
  )
  select nullif(
    jsonb_strip_nulls(jsonb_build_object(
      'rules', g.rules, 'counts_days', nullif(g.counts_days, false), 'not_on_credit', to_jsonb(o.not_on_credit))),
    '{}')
  from gathered g, operator o where o.id = p_operator
$$;

-- What was bought on an account on a day of its operator: what was decided on it, without what was returned of that on the same day. From the rows, so that it is right whatever has become of the balance.
create function day_spent(p_account uuid, p_zone text, p_day date) returns bigint
  language sql stable strict parallel safe set search_path = public, pg_temp as $$
  select coalesce(sum(
    case when e.decision = 1 then e.amount_minor else 0 end
    + (select coalesce(sum(o.spent_minor), 0) from operation o
       where o.authorisation_id = e.id and o.account_id = p_account
         and o.made_at < (p_day + 1)::timestamp at time zone p_zone)), 0)::bigint
  from authorisation e
  where e.account_id = p_account and e.credit_month = to_char(p_day, 'YYYYMM')::integer
    and e.decided_at >= p_day::timestamp at time zone p_zone and e.decided_at < (p_day + 1)::timestamp at time zone p_zone
$$;

-- A rule of an account is a change of the account, any other one of its organisation. The owner's rights, as the version of an
-- account is raised beside what an administrator may change.
create function raise_versions_of_rule() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v_rule purchase_rule;
begin
  v_rule := case when tg_op = 'DELETE' then old else new end;
  if v_rule.account_id is not null then
    update credit_account set has_rule = tg_op <> 'DELETE' where id = v_rule.account_id;
  else
    update organisation set version = version + 1, rules_version = rules_version + 1 where id = v_rule.organisation_id;
  end if;
  return null;
end $$;
create trigger raise_versions_of_rule after insert or update or delete on purchase_rule
  for each row execute function raise_versions_of_rule();

-- What of an operator's products is not sold on credit, what its kinds have and where its tickets are good.
create function raise_versions_of_products(p_operators integer[]) returns void
  language sql security definer set search_path = public, pg_temp as $$
  -- Waited for first, so that what another transaction did to products is seen by the statement that follows.
  select from operator o where o.id = any (p_operators) order by o.id for no key update;
  update operator o
  set not_on_credit = (
        select array_agg(p.code order by p.code) from product p where p.operator_id = o.id and p.sold_by & 1 = 0),
      rules_version = rules_version + 1, version = version + 1
  where o.id = any (p_operators)
$$;
revoke all on function raise_versions_of_products(integer[]) from public;

create function raise_versions_of_new_products() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform raise_versions_of_products(array(select distinct p.operator_id from products p));
  return null;
end $$;
create trigger raise_versions_of_new_products after insert on product
  referencing new table as products for each statement execute function raise_versions_of_new_products();

create function raise_versions_of_changed_products() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform raise_versions_of_products(c.operators)
  from (
    select array_agg(distinct p.operator_id) as operators
    from products p join products_before b on (b.operator_id, b.code) = (p.operator_id, p.code)
    where (p.sold_by, p.zones) is distinct from (b.sold_by, b.zones)) c
  where c.operators is not null;
  return null;
end $$;
create trigger raise_versions_of_changed_products after update on product
  referencing old table as products_before new table as products
  for each statement execute function raise_versions_of_changed_products();

-- As it was, and a department that is moved takes its accounts to other rules and budgets.
create or replace function raise_versions_of_departments() returns trigger language plpgsql as $$
begin
  update organisation g
  set version = g.version + 1, names_version = g.names_version + c.names,
      rules_version = g.rules_version + case when g.rules_version > 0 then c.moved else 0 end
  from (
    select d.organisation_id,
      max(((d.name, d.billing_reference, d.cost_centre) is distinct from (b.name, b.billing_reference, b.cost_centre))::integer) as names,
      max((d.parent_id is distinct from b.parent_id)::integer) as moved
    from departments_before b join departments d on d.id = b.id
    group by d.organisation_id) c
  where g.id = c.organisation_id and c.names + c.moved > 0;
  return null;
end $$;

-- As it was, with what a month has beyond the limit.
drop trigger note_card on credit_account;
create trigger note_card after update on credit_account for each row when (
  (new.kind = 1 or old.kind = 1) and (
    case when new.spent_minor >= new.limit_minor
           + case when new.extra_month = new.month then new.extra_minor else 0 end then new.month end
      is distinct from case when old.spent_minor >= old.limit_minor
           + case when old.extra_month = old.month then old.extra_minor else 0 end then old.month end
    or (new.spent_minor = old.spent_minor and new.held_minor = old.held_minor and new.month = old.month)
    or new.blocked_at is distinct from old.blocked_at or new.removed_at is distinct from old.removed_at
    or new.card_number is distinct from old.card_number or new.billing_snapshot_id <> old.billing_snapshot_id
    or new.operator_id <> old.operator_id or new.kind <> old.kind
  )
) execute function note_card();

-- Budgets -------------------------------------------------------------------------------------------------------------

-- A monthly ceiling over what a department and those below it, or a billing reference, is charged and what is bought on their
-- credits, held included.
create table budget (
  id                uuid primary key,
  organisation_id   uuid not null references organisation,
  department_id     uuid unique references department,
  billing_reference text,
  ceiling_minor     bigint not null check (ceiling_minor between 100 and 100000000000),
  mode              smallint not null check (mode in (1, 2)), -- 1 warn, 2 decline what would go beyond it
  -- The month that it was given in: what belongs to an older one is not counted.
  from_month        integer not null,
  revision          bigint not null default 1,
  check ((department_id is null) <> (billing_reference is null)),
  unique (organisation_id, billing_reference)
);

-- What a month has spent of a budget, in sixteen parts, so that purchases at the same time write into different rows. A part that
-- has no room left asks all of them, locked in their order, and the room of all is dealt out again. Room is never below 0 but in
-- the first part, when all of it is: then each of them says so.
create table budget_part (
  budget_id   uuid not null references budget on delete cascade,
  month       integer not null,
  part        smallint not null check (part between 0 and 15),
  spent_minor bigint not null,
  room_minor  bigint not null,
  declines    boolean not null,
  is_over     boolean not null,
  primary key (budget_id, month, part)
)
with (fillfactor = 50);

-- What administrators got an e-mail about: 80 or 100 per cent of a month.
create table budget_notice (
  budget_id uuid not null references budget on delete cascade,
  month     integer not null,
  per_cent  smallint not null check (per_cent in (80, 100)),
  sent_at   timestamptz not null default ledger_now(),
  primary key (budget_id, month, per_cent)
);

-- Whether anything of the organisation counts in a budget; its purchases ask for it.
alter table organisation add column has_budgets boolean not null default false;

drop trigger raise_version_of_organisation on organisation;
create trigger raise_version_of_organisation before update on organisation
  for each row when (
    new.version = old.version
    and (new.suspended_at is distinct from old.suspended_at or new.name is distinct from old.name
      or new.has_budgets <> old.has_budgets))
  execute function raise_own_version();

-- The budgets that what is billed on a billing snapshot counts in.
create function budgets_of(p_billing_snapshot bigint) returns setof budget language sql stable as $$
  with recursive above(id, parent_id) as (
    select d.id, d.parent_id
    from billing_snapshot p join department d on d.id = p.department_id where p.id = p_billing_snapshot
    union all
    select d.id, d.parent_id from above a join department d on d.id = a.parent_id
  )
  select b.* from above a join budget b on b.department_id = a.id
  union all
  select b.*
  from billing_snapshot p
  join budget b on b.organisation_id = p.organisation_id and b.billing_reference = p.billing_reference
  where p.id = p_billing_snapshot
$$;

-- Deals out what a month has left of a budget, all of whose parts are locked, after something more was spent.
create function deal_budget(p_budget uuid, p_month integer) returns void language sql as $$
  update budget_part t
  set room_minor = case when d.left_minor < 0 then case when t.part = 0 then d.left_minor else 0 end
        else d.left_minor / 16 + case when t.part < d.left_minor % 16 then 1 else 0 end end,
      declines = d.mode = 2, is_over = d.left_minor < 0
  from (
    select b.mode, b.ceiling_minor - sum(a.spent_minor)::bigint as left_minor
    from budget b join budget_part a on a.budget_id = b.id and a.month = p_month
    where b.id = p_budget group by b.id) d
  where t.budget_id = p_budget and t.month = p_month
$$;
revoke all on function deal_budget(uuid, integer) from public;

-- Spends of one budget, or returns to it. False: it does not fit and must; then nothing is spent. The parts of a month come to be
-- with the first that it spends.
create function spend_budget(p_budget uuid, p_month integer, p_minor bigint, p_must_fit boolean, p_all_parts boolean) returns boolean
  language plpgsql as $$
declare
  v_part smallint := pg_backend_pid() % 16;
  v_fits boolean;
begin
  if not exists (select from budget_part t where t.budget_id = p_budget and t.month = p_month) then
    insert into budget_part (budget_id, month, part, spent_minor, room_minor, declines, is_over)
    select b.id, p_month, n, 0, b.ceiling_minor / 16 + case when n < b.ceiling_minor % 16 then 1 else 0 end, b.mode = 2, false
    from budget b cross join generate_series(0, 15) n
    where b.id = p_budget
    order by n
    on conflict do nothing;
  end if;

  -- A part that had to be waited for is looked at again as it is then.
  update budget_part t set spent_minor = t.spent_minor + p_minor, room_minor = t.room_minor - p_minor
  where t.budget_id = p_budget and t.month = p_month and t.part = v_part and not p_all_parts
    and (not t.declines or (not t.is_over and t.room_minor >= p_minor));
  if found then
    return true;
  end if;

  perform from budget_part t where t.budget_id = p_budget and t.month = p_month order by t.part for update;
  if not found then
    return true; -- The budget was taken away meanwhile.
  end if;
  select b.mode <> 2 or sum(t.spent_minor) + p_minor <= b.ceiling_minor into v_fits
  from budget b join budget_part t on t.budget_id = b.id and t.month = p_month
  where b.id = p_budget group by b.id;
  if p_must_fit and p_minor > 0 and not v_fits then
    return false;
  end if;
  update budget_part t set spent_minor = t.spent_minor + p_minor
  where t.budget_id = p_budget and t.month = p_month and t.part = v_part;
  perform deal_budget(p_budget, p_month);
  return true;
end $$;
revoke all on function spend_budget(uuid, integer, bigint, boolean, boolean) from public;

-- Spends amounts of all budgets that they count in: of each budget once, in the order of their ids, the same everywhere. With a
-- budget that they must fit in and do not it fails with BU001, whose message says whose budget: 2 a department's, 3 the
-- organisation's.
create function spend_budgets(
  p_billing_snapshots bigint[], p_months integer[], p_minor bigint[], p_must_fit boolean, p_all_parts boolean default false)
  returns integer
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v_spent record;
  v_budgets integer := 0;
begin
  for v_spent in
    select b.id, s.month, sum(s.minor)::bigint as minor, min(case when b.department_id is null then 3 else 2 end) as of_owner
    from unnest(p_billing_snapshots, p_months, p_minor) s(billing_snapshot, month, minor)
    cross join lateral budgets_of(s.billing_snapshot) b
    where s.month >= b.from_month
    group by b.id, s.month
    order by b.id, s.month
  loop
    v_budgets := v_budgets + 1;
    if not spend_budget(v_spent.id, v_spent.month, v_spent.minor, p_must_fit, p_all_parts) then
      raise exception '%', v_spent.of_owner using errcode = 'BU001';
    end if;
  end loop;
  return v_budgets;
end $$;
revoke all on function spend_budgets(bigint[], integer[], bigint[], boolean, boolean) from public;

-- The same for one purchase under lock. Whose budget it does not fit in; 0: it was spent.
create function try_spend_budgets(p_billing_snapshot bigint, p_month integer, p_minor bigint) returns smallint
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  -- Several of these are in a transaction: one that holds a part would wait for the others' out of order.
  perform spend_budgets(array[p_billing_snapshot], array[p_month], array[p_minor], true, p_all_parts => true);
  return 0;
exception when sqlstate 'BU001' then
  return sqlerrm::smallint;
end $$;
revoke all on function try_spend_budgets(bigint, integer, bigint) from public;

-- What operations return or take: whichever program does them, it is counted, and never refused.
create function spend_budgets_of_operations() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform spend_budgets(c.billing_snapshots, c.months, c.minor, false)
  from (
    select array_agg(n.billing_snapshot_id) as billing_snapshots, array_agg(n.credit_month) as months,
      array_agg(n.spent_minor) as minor
    from new_operations n
    join billing_snapshot p on p.id = n.billing_snapshot_id
    join organisation g on g.id = p.organisation_id
    where n.spent_minor <> 0 and g.has_budgets) c
  where c.minor is not null;
  return null;
end $$;
create trigger spend_budgets_of_operations after insert on operation
  referencing new table as new_operations for each statement execute function spend_budgets_of_operations();

-- A charge counts in its credit month. What must be charged whatever happens, a subscription's month, and what takes a charge back
-- is never refused. Several charges of one statement are spent together, so that a transaction comes to each budget once.
create function spend_budgets_of_charges() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v_organisations uuid[] := array(
    select distinct p.organisation_id from new_charges n join billing_snapshot p on p.id = n.billing_snapshot_id);
begin
  -- A budget that is given meanwhile counts them, or this sees the budget.
  perform from organisation g where g.id = any (v_organisations) order by g.id for share;
  perform spend_budgets(c.billing_snapshots, c.months, c.minor, c.must_fit)
  from (
    select n.source_kind <> 'subscription_month' and n.reverses is null as must_fit,
      array_agg(n.billing_snapshot_id) as billing_snapshots, array_agg(n.credit_month) as months, array_agg(n.amount_minor) as minor
    from new_charges n
    join billing_snapshot p on p.id = n.billing_snapshot_id
    join organisation g on g.id = p.organisation_id
    where g.has_budgets
    group by 1) c;
  return null;
end $$;
create trigger spend_budgets_of_charges after insert on billing.charge
  referencing new table as new_charges for each statement execute function spend_budgets_of_charges();

-- What a month has spent of a budget by the rows.
create function count_budget(p_budget budget, p_month integer) returns bigint language sql stable as $$
  with recursive below(id) as (
    select p_budget.department_id where p_budget.department_id is not null
    union all
    select d.id from below b join department d on d.parent_id = b.id
  ), of_organisation as materialized (
    select p.id,
      p.billing_reference is not distinct from p_budget.billing_reference or p.department_id in (select b.id from below b) as counts
    from billing_snapshot p where p.organisation_id = p_budget.organisation_id
  ), account as materialized (
    select a.id from of_organisation p join credit_account a on a.billing_snapshot_id = p.id
  )
  select (
    coalesce((
      select sum(e.amount_minor)
      from account a join authorisation e on e.account_id = a.id and e.credit_month = p_month and e.decision = 1
      join of_organisation p on p.id = e.billing_snapshot_id and p.counts), 0)
    + coalesce((
      select sum(o.spent_minor)
      from account a join operation o on o.account_id = a.id and o.credit_month = p_month
      join of_organisation p on p.id = o.billing_snapshot_id and p.counts), 0)
    + coalesce((
      select sum(c.amount_minor)
      from billing.charge c join of_organisation p on p.id = c.billing_snapshot_id and p.counts
      where c.operator_id = (select g.operator_id from organisation g where g.id = p_budget.organisation_id)
        and c.credit_month = p_month and c.invoice_month >= p_month), 0))::bigint
$$;

-- Counts an organisation's budgets again. Its row is locked, so no charge is made and no credit given meanwhile; its accounts are
-- locked here, so nothing is bought or returned.
create function recount_budgets(p_organisation uuid) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v_budget budget;
  v_now integer;
begin
  perform from organisation g where g.id = p_organisation for no key update;
  perform
  from credit_account a
  where a.billing_snapshot_id in (select p.id from billing_snapshot p where p.organisation_id = p_organisation)
  order by a.id for no key update;
  select to_char(ledger_now() at time zone o.time_zone, 'YYYYMM')::integer into v_now
  from organisation g join operator o on o.id = g.operator_id where g.id = p_organisation;
  for v_budget in select b.* from budget b where b.organisation_id = p_organisation order by b.id loop
    delete from budget_part t where t.budget_id = v_budget.id and t.month >= v_now;
    insert into budget_part (budget_id, month, part, spent_minor, room_minor, declines, is_over)
    select v_budget.id, m.month, n, case when n = 0 then count_budget(v_budget, m.month) else 0 end, 0, false, false
    from (
      select v_now as month
      union
      select c.credit_month from billing.charge c
      where c.billing_snapshot_id in (select p.id from billing_snapshot p where p.organisation_id = p_organisation)
        and c.operator_id = (select g.operator_id from organisation g where g.id = p_organisation)
        and c.invoice_month >= v_now and c.credit_month > v_now) m
    cross join generate_series(0, 15) n;
    perform deal_budget(v_budget.id, t.month)
    from (select distinct month from budget_part where budget_id = v_budget.id and month >= v_now) t;
  end loop;
end $$;
revoke all on function recount_budgets(uuid) from public;

create function count_budgets() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v_organisation uuid := case when tg_op = 'DELETE' then old.organisation_id else new.organisation_id end;
begin
  update organisation g set has_budgets = exists (select from budget b where b.organisation_id = v_organisation)
  where g.id = v_organisation;
  perform recount_budgets(v_organisation);
  return null;
end $$;
create trigger count_budgets after insert or update or delete on budget
  for each row execute function count_budgets();

-- A department that is moved takes what it has spent this month along.
create function count_budgets_of_moved_departments() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform recount_budgets(g.id)
  from organisation g
  where g.has_budgets and g.id in (
    select d.organisation_id from departments_before b join departments d on d.id = b.id
    where d.parent_id is distinct from b.parent_id);
  return null;
end $$;
create trigger recount_budgets_of_departments after update on department
  referencing old table as departments_before new table as departments
  for each statement execute function count_budgets_of_moved_departments();
