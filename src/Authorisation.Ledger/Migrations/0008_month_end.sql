-- The night's work: closing a month, writing what each account used of it, making the invoice bases, and looking whether
-- everything still adds up.

-- Rows that stand on the invoice of a later month than the one they count in, and rows that are on no account: few, and
-- looked for by their invoice month. All others are found by account and credit month. Building them keeps the tables from being
-- written while all rows are read: on a large ledger they are built beforehand, concurrently, as docs/operations.md says.
create index if not exists authorisation_late on authorisation (account_id, invoice_month) where invoice_month > credit_month;
create index if not exists operation_late on operation (account_id, invoice_month) where invoice_month > credit_month;
create index if not exists authorisation_without_account on authorisation (operator_id, invoice_month, id) where account_id is null;
create index if not exists operation_without_account on operation (operator_id, invoice_month, id) where account_id is null;

-- Travellers who were removed, by address: who is added again goes on with what the month had spent.
create index traveller_removed on traveller (organisation_id, email) where removed_at is not null;

-- The cost centre that a department's purchases are booked on; inherited with the other billing details.
alter table department add column cost_centre text;
alter table billing_snapshot add column cost_centre text;

-- What a row says, in eight bytes: the beginning of the SHA-256 of its columns in the order of the table, in their binary form.
-- Of a session's settings it depends on client_encoding alone, as texts are sent in it: it has to be UTF8, which Npgsql always
-- sets. A column that is added later is not part of it.
create function control.digest(e authorisation) returns bytea language sql stable parallel safe as $$
  select substring(sha256(record_send(row(
    e.id, e.operator_id, e.client_id, e.account_id, e.card_number, e.billing_snapshot_id, e.decision, e.decline_reason,
    e.amount_minor, e.hold, e.expires_at, e.credit_month, e.invoice_month,
    e.decided_at, e.vat_basis_points, e.vat_category, e.vat_rate_given, e.purpose, e.product,
    e.occurred_at, e.vehicle, e.line, e.zone, e.stop, e.device_id))) for 8)
$$;
create function control.digest(o operation) returns bytea language sql stable parallel safe as $$
  select substring(sha256(record_send(row(
    o.id, o.authorisation_id, o.ordinal, o.operator_id, o.kind, o.client_id, o.app_account_id, o.requested_minor, o.reason,
    o.made_offline, o.state_after, o.amount_minor, o.spent_minor, o.held_minor, o.invoiced_minor, o.account_id,
    o.billing_snapshot_id, o.credit_month, o.invoice_month, o.made_at, o.over_limit))) for 8)
$$;

-- What an operator invoices with and how: the seller's details, where to pay, the series of invoice numbers.
create table control.invoicing (
  operator_id             integer primary key references operator,
  seller                  jsonb not null,
  payment                 jsonb not null,
  payment_days            smallint not null check (payment_days between 0 and 365),
  number_prefix           text not null check (length(number_prefix) <= 12),
  next_number             bigint not null check (next_number > 0),
  -- A line for each purchase on a card, or one line with the sum of each card.
  itemises_cards          boolean not null,
  -- Whether administrators see purchases at once, or when the invoice basis of their month is published.
  shows_purchases_at_once boolean not null,
  revision                bigint not null default 1
);

-- One row for each operator and night on which there was something to do. The work goes on where it was left, from whatever
-- host: each step commits its place together with what it wrote.
create table control.month_end (
  id             uuid primary key,
  operator_id    integer not null references operator,
  night          date not null,      -- the operator's day that began
  month          integer,            -- the month that was over and is closed; null on other nights
  state          smallint not null check (state in (1, 2, 3)), -- 1 under way, 2 done, 3 waits for what a finding asks for
  step           smallint not null check (step between 1 and 9),
  after_id       uuid not null,      -- the last account or organisation that the step is done with
  started_at     timestamptz not null,
  finished_at    timestamptz,
  closed_at      timestamptz,
  codes_ended    integer not null default 0,
  statements     integer not null default 0,
  sealed_rows    bigint not null default 0,
  invoices       integer not null default 0,
  accounts_checked  integer not null default 0,
  snapshots_checked integer not null default 0,
  differences    integer not null default 0,
  previous_hash  bytea check (length(previous_hash) = 32),
  hash           bytea check (length(hash) = 32)           -- while the work is under way: of the rows sealed so far
);
-- A month is closed once, and a night that closes none has its work once.
create unique index month_end_closing on control.month_end (operator_id, month) where month is not null;
create unique index month_end_night on control.month_end (operator_id, night) where month is null;
create index month_end_not_done on control.month_end (operator_id, night) where state <> 2;

-- What somebody has to look at. Never mended by the service itself.
create table control.month_end_finding (
  month_end_id  uuid not null references control.month_end,
  ordinal  integer not null,
  kind     text not null,
  subject  text not null,
  expected text not null,
  found    text not null,
  found_at timestamptz not null,
  primary key (month_end_id, ordinal)
);

-- What an account used of a closed month; written once. The limit is that of the moment of writing. Seals are 24 bytes for each
-- row of the invoice month: its id and its digest, authorisations first and each kind by id.
create table control.statement (
  operator_id    integer not null,
  month          integer not null,
  account_id     uuid not null,
  billing_snapshot_id bigint not null,
  limit_minor    bigint not null,
  spent_minor    bigint not null,
  held_minor     bigint not null,
  purchases      integer not null,
  seals          bytea not null,
  primary key (operator_id, month, account_id)
);

-- The same by who pays and by rate of VAT: what reports and invoices are made of.
create table control.statement_part (
  operator_id      integer not null,
  month            integer not null,
  account_id       uuid not null,
  billing_snapshot_id   bigint not null,
  vat_category     text not null,
  vat_basis_points integer not null,
  purchases        integer not null,
  spent_minor      bigint not null,
  invoiced_minor   bigint not null,
  late_rows        integer not null, -- how many of older months stand on the invoice: it shows them also where all comes to 0
  primary key (operator_id, month, account_id, billing_snapshot_id, vat_category, vat_basis_points)
);
create index statement_part_of_billing_snapshot on control.statement_part (billing_snapshot_id, month);

-- The seals of a closed month's rows that are on no account: tombstones, and what unknown cards asked for.
create table control.unassigned_seal (
  operator_id integer not null,
  month       integer not null,
  is_operation boolean not null,
  id          uuid not null,
  digest      bytea not null,
  primary key (operator_id, month, is_operation, id)
);

-- Invoice bases; made once and never changed. Their lines are the closed month's rows.
create table control.invoice (
  id                uuid primary key,
  operator_id       integer not null references operator,
  month             integer not null,
  organisation_id   uuid not null references organisation,
  billing_reference text not null,
  organisation_name text not null,
  kind              smallint not null check (kind in (1, 2)), -- 1 invoice, 2 credit note
  number            text not null,
  currency          text not null,
  net_minor         bigint not null,
  vat_minor         bigint not null,
  rounding_minor    bigint not null,
  total_minor       bigint not null check (total_minor = net_minor + vat_minor + rounding_minor),
  published_on      date not null,
  due_on            date not null,
  itemises_cards    boolean not null,
  seller            jsonb not null,
  payment           jsonb not null,
  buyer             jsonb not null,
  made_at           timestamptz not null,
  unique (operator_id, month, organisation_id, billing_reference),
  unique (operator_id, number)
);
create index invoice_of_organisation on control.invoice (organisation_id, month);

create table control.invoice_tax (
  invoice_id       uuid not null references control.invoice,
  vat_category     text not null,
  vat_basis_points integer not null,
  gross_minor      bigint not null,
  net_minor        bigint not null,
  vat_minor        bigint not null,
  primary key (invoice_id, vat_category, vat_basis_points)
);

-- The earlier invoices that a credit note takes something off.
create table control.invoice_correction (
  invoice_id   uuid not null references control.invoice,
  corrected_id uuid not null references control.invoice,
  primary key (invoice_id, corrected_id)
);

-- A closed month stays as it is, whoever asks.
create function control.refuse_change_of_closed() returns trigger language plpgsql as $$
begin
  raise exception 'What a closed month says is never changed.';
end $$;
create trigger refuse_change before update or delete or truncate on control.statement
  for each statement execute function control.refuse_change_of_closed();
create trigger refuse_change before update or delete or truncate on control.statement_part
  for each statement execute function control.refuse_change_of_closed();
create trigger refuse_change before update or delete or truncate on control.unassigned_seal
  for each statement execute function control.refuse_change_of_closed();
create trigger refuse_change before update or delete or truncate on control.invoice
  for each statement execute function control.refuse_change_of_closed();
create trigger refuse_change before update or delete or truncate on control.invoice_tax
  for each statement execute function control.refuse_change_of_closed();
create trigger refuse_change before update or delete or truncate on control.invoice_correction
  for each statement execute function control.refuse_change_of_closed();

-- The tables of the job scheduler, Quartz, which makes them itself.
create schema scheduler;
