-- What the control plane keeps: who administers, what was changed by whom, the codes and messages that follow from it.
-- All of that is in a schema of its own, which the data plane's role cannot look into.
create schema control;

-- Terms of the operator that administration needs.
alter table operator
  add column country text not null default 'SE' check (country in ('SE', 'NO')),
  add column language text not null default 'sv' check (language in ('sv', 'nb', 'en')),
  add column offers_app_credit boolean not null default true,
  -- The most that the limits of one traveller's open credits may be together; null: as much as wanted.
  add column cap_minor bigint check (cap_minor >= 100),
  -- What a traveller types beside the code: 1 a user name, 2 the e-mail address, 3 the mobile number.
  add column activation_login smallint not null default 1 check (activation_login in (1, 2, 3)),
  add column sms_sender text not null default 'Resor' check (length(sms_sender) between 1 and 15);

-- An organisation begins as an application.
alter table organisation
  -- 1 applied, 2 customer, 3 refused, 4 joined: its applicant administers the customer of applies_to from then on.
  add column status smallint not null default 2 check (status in (1, 2, 3, 4)),
  add column applies_to uuid references organisation,
  add column organisation_number text check (organisation_number ~ '^[0-9]{9,10}$'),
  add column vat_number text,
  add column contact_name text,
  add column contact_email text,
  add column contact_phone text,
  add column billing_reference text,
  add column billing_address jsonb,
  add column e_invoice_address text,
  -- Lower than the operator's; null: the operator's.
  add column cap_minor bigint check (cap_minor >= 100),
  add column made_at timestamptz not null default clock_timestamp(),
  add column revision bigint not null default 1;
create unique index organisation_customer on organisation (operator_id, organisation_number) where status = 2;
create index organisation_of_operator on organisation (operator_id, id);

-- A department's billing details are its own or those of the one above it. billing_reference is the one in force.
alter table department
  add column parent_id uuid references department,
  add column inherits_billing boolean not null default false,
  add column billing_address jsonb,
  add column e_invoice_address text,
  add column closed_at timestamptz,
  add column revision bigint not null default 1;
create index department_of_organisation on department (organisation_id, id);

alter table traveller
  -- Where the traveller belongs; null for those from before departments had travellers.
  add column department_id uuid references department,
  add column mobile text check (mobile ~ '^\+[1-9][0-9]{7,14}$'),
  -- Stands for a department whose members share a card.
  add column is_shared boolean not null default false,
  add column removed_at timestamptz,
  add column revision bigint not null default 1;
create unique index traveller_email on traveller (organisation_id, email)
  where removed_at is null and department_id is not null;
create index traveller_of_organisation on traveller (organisation_id, id);
create index billing_snapshot_of_traveller on billing_snapshot (traveller_id);
create index billing_snapshot_of_department on billing_snapshot (department_id);

alter table credit_account
  -- The mobile number that app credit was given to: one open app credit per number and operator.
  add column mobile text,
  -- Raised by every administrator's change, and by nothing that a purchase does.
  add column revision bigint not null default 1;
create unique index credit_account_open_mobile on credit_account (operator_id, mobile)
  where mobile is not null and removed_at is null;

-- People who administer, whatever they administer: one e-mail address and one password each.
create table control.person (
  id            uuid primary key,
  email         text not null unique,
  name          text not null,
  password_hash text,
  failures      smallint not null default 0,
  locked_until  timestamptz
);

create table control.session (
  sha256     bytea primary key check (length(sha256) = 32),
  person_id  uuid not null references control.person,
  made_at    timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  ended_at   timestamptz
);

create table control.staff (
  person_id   uuid not null references control.person,
  operator_id integer not null references operator,
  made_at     timestamptz not null default clock_timestamp(),
  removed_at  timestamptz,
  primary key (person_id, operator_id)
);

create table control.administrator (
  id                   uuid primary key,
  organisation_id      uuid not null references organisation,
  person_id            uuid not null references control.person,
  is_organisation_wide boolean not null,
  -- The sum of: 1 travellers, 2 credits, 4 purchases, 8 reports, 16 administrators.
  rights               smallint not null check (rights between 0 and 31),
  accepted_at          timestamptz,
  removed_at           timestamptz,
  revision             bigint not null default 1
);
create unique index administrator_once on control.administrator (organisation_id, person_id) where removed_at is null;
create index administrator_of_person on control.administrator (person_id) where removed_at is null;

create table control.administrator_department (
  administrator_id uuid not null references control.administrator,
  department_id    uuid not null references department,
  primary key (administrator_id, department_id)
);

create table control.invitation (
  sha256           bytea primary key check (length(sha256) = 32),
  administrator_id uuid not null references control.administrator,
  expires_at       timestamptz not null,
  used_at          timestamptz,
  ended_at         timestamptz
);
create index invitation_of_administrator on control.invitation (administrator_id);

-- Who did what, when and from where, with the state before and after. Only ever added to, by whatever role.
create table control.audit_entry (
  id              bigint generated always as identity primary key,
  made_at         timestamptz not null default clock_timestamp(),
  operator_id     integer not null,
  organisation_id uuid,
  department_id   uuid,
  person_id       uuid,
  person_email    text not null,
  address         text,
  action          text not null,
  subject         text not null,
  before          jsonb,
  after           jsonb
);
create index audit_of_operator on control.audit_entry (operator_id, id);
create index audit_of_organisation on control.audit_entry (organisation_id, id) where organisation_id is not null;

create function control.refuse_change_of_audit() returns trigger language plpgsql as $$
begin
  raise exception 'The audit trail is only ever added to.';
end $$;
create trigger refuse_change_of_audit before update or delete or truncate on control.audit_entry
  for each statement execute function control.refuse_change_of_audit();

-- The answer that a POST with an idempotency key got, kept for a day. An answer that held a secret is not kept, only that
-- it was given.
create table control.idempotency (
  owner    text not null,
  key      text not null,
  request  bytea not null,
  status   smallint not null,
  location text,
  etag     text,
  body     text,
  secret   boolean not null,
  made_at  timestamptz not null default clock_timestamp(),
  primary key (owner, key)
);
create index idempotency_age on control.idempotency (made_at);

-- One-time codes that connect an app, as HMAC only.
create table control.activation_code (
  id            uuid primary key,
  account_id    uuid not null references credit_account,
  operator_id   integer not null references operator,
  login         text not null,
  hmac          bytea not null check (length(hmac) = 32),
  made_at       timestamptz not null,
  expires_at    timestamptz not null,
  tries         smallint not null default 0,
  used_at       timestamptz,
  ended_at      timestamptz,
  activation_id uuid,
  device_name   text,
  terms_version text
);
create unique index activation_code_in_force on control.activation_code (account_id)
  where used_at is null and ended_at is null;
create index activation_code_login on control.activation_code (operator_id, login) where ended_at is null;
create index activation_code_of_account on control.activation_code (account_id, made_at desc);

-- Activations that were refused, to bound guessing: by login, by client and by operator.
create table control.activation_failure (
  operator_id integer not null,
  client_id   bigint not null,
  login       bytea not null,
  failed_at   timestamptz not null
);
create index activation_failure_login on control.activation_failure (operator_id, login, failed_at);
create index activation_failure_client on control.activation_failure (client_id, failed_at);
create index activation_failure_operator on control.activation_failure (operator_id, failed_at);

-- Messages to people: written in the transaction of the change that causes them, delivered at least once after it.
create table control.message (
  id              uuid primary key,
  operator_id     integer not null references operator,
  organisation_id uuid,
  traveller_id    uuid,
  account_id      uuid,
  channel         smallint not null check (channel in (1, 2)), -- 1 SMS, 2 e-mail
  kind            text not null,
  sender          text not null,
  recipient       text not null,
  subject         text,
  -- Encrypted; null once it is delivered, given up or overtaken.
  text            bytea,
  state           smallint not null default 1 check (state in (1, 2, 3, 4)), -- 1 waiting, 2 sent, 3 dead, 4 overtaken
  attempts        smallint not null default 0,
  next_attempt_at timestamptz not null default clock_timestamp(),
  -- After this nobody needs it any more.
  expires_at      timestamptz not null,
  last_error      text,
  made_at         timestamptz not null default clock_timestamp(),
  sent_at         timestamptz
);
create index message_waiting on control.message (next_attempt_at) where state = 1;
create index message_of_operator on control.message (operator_id, id);
create index message_to on control.message (recipient, made_at);
create index message_of_account on control.message (account_id) where account_id is not null;

-- Files of travellers: staged whole, then applied in chunks.
create table control.traveller_import (
  id              uuid primary key,
  organisation_id uuid not null references organisation,
  person_id       uuid not null references control.person,
  address         text,
  state           smallint not null check (state in (1, 2, 3)), -- 1 being applied, 2 done, 3 refused
  valid_rows_only boolean not null,
  rows_total      integer not null,
  rows_applied    integer not null default 0,
  rows_unchanged  integer not null default 0,
  rows_failed     integer not null default 0,
  made_at         timestamptz not null default clock_timestamp(),
  done_at         timestamptz
);
create index traveller_import_waiting on control.traveller_import (made_at) where state = 1;
create table control.traveller_import_row (
  import_id     uuid not null references control.traveller_import,
  line          integer not null,
  email         text not null,
  name          text not null,
  mobile        text,
  department_id uuid,
  limit_minor   bigint,
  is_done       boolean not null default false,
  primary key (import_id, line)
);
create index traveller_import_row_waiting on control.traveller_import_row (import_id, line) where not is_done;
create table control.traveller_import_error (
  import_id uuid not null references control.traveller_import,
  line      integer not null,
  place     integer not null,
  field     text not null,
  message   text not null
);
create index traveller_import_error_of on control.traveller_import_error (import_id, line);
