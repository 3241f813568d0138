-- Subscriptions, which employees order by a link or administrators add, and what the employer takes from salaries for them.

-- What opens the operator's app on a telephone, for messages to travellers.
alter table operator add column app_link text check (length(app_link) between 1 and 300);

-- The employee's number at the employer, for its payroll.
alter table traveller add column employee_number text check (length(employee_number) between 1 and 40);

create table control.subscription_settings (
  organisation_id         uuid primary key references organisation,
  -- Pays for what is ordered by the link.
  department_id           uuid not null references department,
  approves_automatically  boolean not null,
  -- What the order form asks for beside name and product: 0 not, 1 if wanted, 2 always.
  asks_email              smallint not null check (asks_email between 0 and 2),
  asks_employee_number    smallint not null check (asks_employee_number between 0 and 2),
  -- What the employer bears of each month, in per cent or as an amount; the rest is taken from the salary.
  employer_percent        smallint check (employer_percent between 0 and 100),
  employer_minor          bigint check (employer_minor between 1 and 10000000),
  revision                bigint not null default 1,
  check (num_nonnulls(employer_percent, employer_minor) <= 1)
);

-- The link to an organisation's order form: with it, anybody may order. Its token is kept encrypted, since administrators
-- look it up to hand it out.
create table control.order_link (
  id              uuid primary key,
  organisation_id uuid not null references organisation,
  sha256          bytea not null unique check (length(sha256) = 32),
  token           bytea not null,
  made_at         timestamptz not null default ledger_now(),
  revoked_at      timestamptz
);
create unique index order_link_in_force on control.order_link (organisation_id) where revoked_at is null;

-- One-time codes by SMS, as HMAC only, which prove that somebody has a telephone.
create table control.phone_code (
  id         uuid primary key,
  link_id    uuid not null references control.order_link,
  mobile     text not null,
  hmac       bytea not null check (length(hmac) = 32),
  made_at    timestamptz not null default ledger_now(),
  expires_at timestamptz not null,
  tries      smallint not null default 0,
  used_at    timestamptz,
  ended_at   timestamptz
);
create unique index phone_code_in_force on control.phone_code (link_id, mobile) where used_at is null and ended_at is null;
create index phone_code_of_mobile on control.phone_code (mobile, made_at);
create index phone_code_age on control.phone_code (made_at);

create table control.phone_session (
  sha256     bytea primary key check (length(sha256) = 32),
  link_id    uuid not null references control.order_link,
  mobile     text not null,
  made_at    timestamptz not null default ledger_now(),
  expires_at timestamptz not null
);
create index phone_session_age on control.phone_session (expires_at);

create table control.subscription (
  id              uuid primary key,
  operator_id     integer not null references operator,
  organisation_id uuid not null references organisation,
  department_id   uuid not null references department, -- which pays
  traveller_id    uuid not null references traveller,
  mobile          text not null check (mobile ~ '^\+[1-9][0-9]{7,14}$' or mobile = ''), -- empty: the person was erased
  first_name      text not null,
  last_name       text not null,
  -- Ordered by the link, or added by an administrator.
  is_by_link      boolean not null,
  state           smallint not null check (state in (1, 2, 3, 4)), -- 1 pending, 2 approved, 3 refused, 4 withdrawn before it began
  ordered_at      timestamptz not null default ledger_now(),
  decided_at      timestamptz,
  refusal_reason  text,
  -- It begins on the 1st of the first month and ends on the last day of the last one; null: it goes on.
  first_month     integer not null,
  last_month      integer,
  -- The last month that the ticket system was asked for, and the last one that was begun; 0: none.
  announced_month integer not null default 0,
  begun_month     integer not null default 0,
  revision        bigint not null default 1,
  check (last_month is null or last_month >= first_month)
);
create index subscription_of_organisation on control.subscription (organisation_id, id);
create index subscription_of_department on control.subscription (department_id, id);
create index subscription_of_mobile on control.subscription (organisation_id, mobile, id);
create index subscription_of_traveller on control.subscription (traveller_id, id);
create index subscription_in_state on control.subscription (organisation_id, state, id);
-- Those that go on, or whose last month was not begun yet: what is looked through for the months to begin.
create index subscription_running on control.subscription (operator_id, id)
  where state = 2 and (last_month is null or begun_month < last_month or announced_month < last_month);

-- The product from a month on, until that month of a later row. Those of months that have begun stay.
create table control.subscription_product (
  subscription_id uuid not null references control.subscription,
  from_month      integer not null,
  product         text not null,
  primary key (subscription_id, from_month)
);

-- Each month that began, once. No charge: the organisation was suspended when it began.
create table control.subscription_month (
  subscription_id uuid not null references control.subscription,
  month           integer not null,
  product         text not null,
  price_minor     bigint not null,
  charge_id       uuid unique references billing.charge,
  begun_at        timestamptz not null default ledger_now(),
  primary key (subscription_id, month)
);

-- What an employer takes from a salary, in the payroll of a month; only ever added. What was wrong is put right by a row of the
-- opposite sign in an open month.
create table billing.payroll_deduction (
  id              uuid primary key,
  operator_id     integer not null references operator,
  organisation_id uuid not null references organisation,
  department_id   uuid not null references department,
  traveller_id    uuid not null references traveller,
  source_kind     text not null check (source_kind ~ '^[a-z][a-z_]{0,31}$'),
  source_id       text not null check (length(source_id) between 1 and 100),
  charge_id       uuid references billing.charge,
  -- The deduction that this one takes back.
  reverses        uuid unique references billing.payroll_deduction,
  month           integer not null,  -- in whose payroll it is
  price_minor     bigint not null,   -- what the employer is charged for it, VAT included
  deduction_minor bigint not null check (deduction_minor <> 0 and abs(deduction_minor) <= 100000000),
  product         text,
  description     text not null check (length(description) between 1 and 200),
  -- The employee's number when the person was erased, until the name on the invoice is: the payroll keeps both as long.
  employee_number text,
  made_at         timestamptz not null default ledger_now(),
  unique (operator_id, source_kind, source_id)
);
create index payroll_deduction_of_organisation on billing.payroll_deduction (organisation_id, month, id);
create index payroll_deduction_of_department on billing.payroll_deduction (department_id, month, id);
create index payroll_deduction_of_traveller on billing.payroll_deduction (traveller_id, month);
create index payroll_deduction_of_charge on billing.payroll_deduction (charge_id);

create function billing.check_new_payroll_deduction() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  perform pg_advisory_xact_lock_shared(new.operator_id, new.month);
  if new.month < (select o.first_open_month from operator o where o.id = new.operator_id) then
    raise exception 'Month % is closed: a deduction is in the payroll of an open month.', new.month
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger check_new_payroll_deduction before insert on billing.payroll_deduction
  for each row execute function billing.check_new_payroll_deduction();

create function billing.refuse_change_of_payroll_deduction() returns trigger language plpgsql as $$
begin
  raise exception 'A payroll deduction is never changed: another one takes it back.';
end $$;
create trigger refuse_change before delete or truncate or update of
    id, operator_id, organisation_id, department_id, traveller_id, source_kind, source_id, charge_id, reverses, month,
    price_minor, deduction_minor, product, description, made_at
  on billing.payroll_deduction
  for each statement execute function billing.refuse_change_of_payroll_deduction();

-- What a payroll has of a person stays when the person is erased, as the name on the invoice does, and goes with that name.
create function billing.keep_employee_number() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update billing.payroll_deduction p set employee_number = old.employee_number where p.traveller_id = old.id;
  return null;
end $$;
revoke all on function billing.keep_employee_number from public;
create trigger keep_employee_number after update of employee_number on traveller
  for each row when (old.employee_number is not null and new.employee_number is null and new.removed_at is not null)
  execute function billing.keep_employee_number();

create function billing.erase_employee_number() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update billing.payroll_deduction p set employee_number = null
  from billing.charge c
  where p.traveller_id = new.traveller_id and c.id = p.charge_id and c.billing_snapshot_id = new.id;
  return null;
end $$;
revoke all on function billing.erase_employee_number from public;
-- The name is changed by erase_name alone.
create trigger erase_employee_number after update of traveller_name on billing_snapshot
  for each row execute function billing.erase_employee_number();
