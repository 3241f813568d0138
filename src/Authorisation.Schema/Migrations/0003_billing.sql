-- What is owed: closed months with their seals, the invoices made of them, and the clocks that a closing trusts.
-- The data plane's role cannot look into this schema.
create schema billing;

-- How an operator invoices --------------------------------------------------------------------------------------------

-- What the operator calls the products that clients name by code. Rows are only ever added: an invoice goes on saying what it said.
create table billing.product_texts (
  id          bigint generated always as identity primary key,
  operator_id integer not null references operator,
  texts       jsonb not null
);

-- The seller's details, where to pay, the series of invoice numbers.
create table billing.invoicing (
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
  product_texts_id        bigint references billing.product_texts,
  revision                bigint not null default 1
);

-- The nightly run -----------------------------------------------------------------------------------------------------

-- One row for each operator and night on which there was something to do. The work goes on where it was left, from whatever
-- host: each step commits its place together with what it wrote.
create table billing.month_end (
  id                uuid primary key,
  operator_id       integer not null references operator,
  night             date not null,      -- the operator's day that began
  month             integer,            -- the month that was over and is closed; null on other nights
  -- 1 under way, 2 done, 3 waits for what a finding asks for, 4 its month was opened again and it counts no more
  state             smallint not null check (state in (1, 2, 3, 4)),
  step              smallint not null check (step between 1 and 10),
  after_id          uuid not null,      -- the last account or organisation that the step is done with
  started_at        timestamptz not null,
  finished_at       timestamptz,
  closed_at         timestamptz,
  codes_ended       integer not null default 0,
  statements        integer not null default 0,
  sealed_rows       bigint not null default 0,
  invoices          integer not null default 0,
  accounts_checked  integer not null default 0,
  snapshots_checked integer not null default 0,
  differences       integer not null default 0,
  previous_hash     bytea check (length(previous_hash) = 32),
  hash              bytea check (length(hash) = 32), -- while the work is under way: of the rows sealed so far
  asked_at          timestamptz,        -- when a person asked for it; null: it came by itself
  reopened_at       timestamptz,
  reopened_by       text,
  reopen_reason     text
);
-- A month is closed once, and a night that closes none has its work once.
create unique index month_end_closing on billing.month_end (operator_id, month) where month is not null and state <> 4;
create unique index month_end_night on billing.month_end (operator_id, night) where month is null;
create index month_end_not_done on billing.month_end (operator_id, night) where state in (1, 3);

-- What a person must check. Never corrected by the service itself.
create table billing.month_end_finding (
  month_end_id uuid not null references billing.month_end,
  ordinal      integer not null,
  kind         text not null,
  subject      text not null,
  expected     text not null,
  found        text not null,
  found_at     timestamptz not null,
  primary key (month_end_id, ordinal)
);

-- The last moment at which a host's clock and the database's agreed: one row, written every few seconds by the hosts that do
-- the nights' work.
create table billing.clock_moment (
  id           boolean primary key default true check (id),
  host         text not null,
  host_at      timestamptz not null,
  database_at  timestamptz not null,
  steady_since timestamptz not null -- since when the clocks have been watched without a jump
);

-- Where the clocks jumped, or no host watched them for long. A month whose end lies in there waits for a person.
create table billing.clock_gap (
  id          bigint generated always as identity primary key,
  host        text not null,
  from_at     timestamptz not null,
  to_at       timestamptz not null,   -- before from_at: the clocks were set back
  was_watched boolean not null        -- false: nobody was there to see what the clocks did
);

-- Charges -------------------------------------------------------------------------------------------------------------

-- What is owed and was bought on no credit: a ticket, a subscription's month, and what takes such a thing back. One row
-- each; inserted and never changed. It is on the invoice of invoice_month, which is open when it is inserted, and is
-- sealed with the rows of that month. The payer and the traveller are frozen in the billing snapshot.
create table billing.charge (
  id                  uuid primary key,
  operator_id         integer not null references operator,
  billing_snapshot_id bigint not null references billing_snapshot,
  -- What it is for: the same thing is charged once, however often that is tried.
  source_kind         text not null check (source_kind ~ '^[a-z][a-z_]{0,31}$'), -- such as ticket or subscription_month
  source_id           text not null check (length(source_id) between 1 and 100),
  -- The charge that this one takes back, on whose invoice a credit note comes back.
  reverses            uuid unique references billing.charge,
  amount_minor        bigint not null check (amount_minor <> 0 and amount_minor between -100000000 and 100000000), -- VAT included
  vat_basis_points    integer not null check (vat_basis_points between 0 and 10000),
  vat_category        text not null check (vat_category in ('S', 'Z', 'O')),
  credit_month        integer not null,  -- the month that it is for,
  invoice_month       integer not null check (invoice_month >= credit_month), -- and the one on whose invoice it stands
  charged_at          timestamptz not null default ledger_now(),
  -- What the invoice's line says: a sentence in the operator's language, and the product as clients name it.
  description         text not null check (length(description) between 1 and 200),
  product             text,
  purpose             text,
  occurred_at         timestamptz,       -- when it was ordered or begins, if that is another time than charged_at
  check ((vat_category = 'S') = (vat_basis_points > 0)),
  check (reverses is null or reverses <> id),
  unique (operator_id, source_kind, source_id)
);
create index charge_of_month on billing.charge (operator_id, invoice_month, id);
create index charge_of_billing_snapshot on billing.charge (operator_id, invoice_month, billing_snapshot_id, id);

-- A transaction that writes rows of a month holds a shared lock of it, which closing takes alone: so this sees the
-- first open month as it is until the row is committed.
create function billing.check_new_charge() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare
  v_operator_id integer;
begin
  perform pg_advisory_xact_lock_shared(new.operator_id, new.invoice_month);
  if new.invoice_month < (select o.first_open_month from operator o where o.id = new.operator_id) then
    raise exception 'Month % is closed: a charge stands on the invoice of an open month.', new.invoice_month
      using errcode = 'restrict_violation';
  end if;
  select g.operator_id into v_operator_id
  from billing_snapshot p join organisation g on g.id = p.organisation_id
  where p.id = new.billing_snapshot_id;
  if v_operator_id <> new.operator_id then
    raise exception 'The one who is billed is another operator''s customer.' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger check_new_charge before insert on billing.charge
  for each row execute function billing.check_new_charge();

create function billing.refuse_change_of_charge() returns trigger language plpgsql as $$
begin
  raise exception 'A charge is never changed: another one takes it back.';
end $$;
create trigger refuse_change before update or delete or truncate on billing.charge
  for each statement execute function billing.refuse_change_of_charge();

-- A closed month ------------------------------------------------------------------------------------------------------

-- What an account had on the invoices of a closed month, and what it held when that was closed; written once. What it had
-- used of its limit is the invoiced without the late, and the held. The limit is that of the moment of writing. Seals are
-- 24 bytes for each row of the invoice month: its id and its digest, authorisations first and each kind by id.
create table billing.statement (
  operator_id         integer not null,
  month               integer not null,
  account_id          uuid not null,
  billing_snapshot_id bigint not null,
  limit_minor         bigint not null,
  invoiced_minor      bigint not null default 0,
  late_minor          bigint not null default 0,
  held_minor          bigint not null,
  purchases           integer not null,
  seals               bytea not null,
  primary key (operator_id, month, account_id)
);

-- The same by payer and by rate of VAT: the source of reports and invoices.
create table billing.statement_part (
  operator_id         integer not null,
  month               integer not null,
  account_id          uuid not null,
  billing_snapshot_id bigint not null,
  vat_category        text not null,
  vat_basis_points    integer not null,
  purchases           integer not null,
  invoiced_minor      bigint not null,
  late_minor          bigint not null default 0,
  late_rows           integer not null, -- how many of older months stand on the invoice: it shows them also where all comes to 0
  primary key (operator_id, month, account_id, billing_snapshot_id, vat_category, vat_basis_points)
);
create index statement_part_of_billing_snapshot on billing.statement_part (billing_snapshot_id, month);

-- The seals of a closed month's rows that are on no account: tombstones, what unknown cards asked for, and charges.
create table billing.unassigned_seal (
  operator_id integer not null,
  month       integer not null,
  source      smallint not null check (source in (1, 2, 3)), -- as in billing.month_row
  id          uuid not null,
  digest      bytea not null,
  primary key (operator_id, month, source, id)
);

-- Invoices ------------------------------------------------------------------------------------------------------------

-- Invoice bases; made once and never changed. Their lines are the closed month's rows.
create table billing.invoice (
  id                uuid primary key,
  operator_id       integer not null references operator,
  month             integer not null,
  organisation_id   uuid not null references organisation,
  billing_reference text not null,
  organisation_name text not null,
  kind              smallint not null check (kind in (1, 2)), -- 1 invoice, 2 credit note
  number            text not null,
  -- The number without the prefix, which never ends with a digit.
  series_number     bigint generated always as (right(substring(number from '[0-9]+$'), 15)::bigint) stored,
  currency          text not null,
  net_minor         bigint not null,
  vat_minor         bigint not null,
  rounding_minor    bigint not null,
  total_minor       bigint not null check (total_minor = net_minor + vat_minor + rounding_minor),
  -- The rate used for rows whose own rate the seller's country does not have; null where there were none.
  vat_basis_points_instead integer check (vat_basis_points_instead between 1 and 10000),
  published_on      date not null,
  due_on            date not null,
  itemises_cards    boolean not null,
  product_texts_id  bigint references billing.product_texts,
  seller            jsonb not null,
  payment           jsonb not null,
  buyer             jsonb not null,
  made_at           timestamptz not null,
  -- The invoice that this one takes back whole, all signs turned; and the one that it stands instead of.
  cancels           uuid unique references billing.invoice,
  replaces          uuid unique references billing.invoice,
  check (cancels is null or replaces is null),
  unique (operator_id, number)
);
-- One is in force for each organisation, reference and month: the first one is made once, and each is taken back once and replaced
-- once.
create unique index invoice_first on billing.invoice (operator_id, month, organisation_id, billing_reference)
  where cancels is null and replaces is null;
create index invoice_of_organisation on billing.invoice (organisation_id, month);
create index invoice_of_month on billing.invoice (operator_id, month, series_number);
create index invoice_in_series on billing.invoice (operator_id, series_number desc);

create table billing.invoice_tax (
  invoice_id       uuid not null references billing.invoice,
  vat_category     text not null,
  vat_basis_points integer not null,
  gross_minor      bigint not null,
  net_minor        bigint not null,
  vat_minor        bigint not null,
  primary key (invoice_id, vat_category, vat_basis_points)
);

-- The earlier invoices that a credit note takes something off.
create table billing.invoice_correction (
  invoice_id   uuid not null references billing.invoice,
  corrected_id uuid not null references billing.invoice,
  primary key (invoice_id, corrected_id)
);

-- What is never changed -----------------------------------------------------------------------------------------------

-- A closed month stays as it is, for every role.
create function billing.refuse_change_of_closed() returns trigger language plpgsql as $$
begin
  raise exception 'What a closed month says is never changed.';
end $$;
create trigger refuse_change before update or delete or truncate on billing.product_texts
  for each statement execute function billing.refuse_change_of_closed();
create trigger refuse_change before update or truncate on billing.statement
  for each statement execute function billing.refuse_change_of_closed();
create trigger refuse_change before update or delete or truncate on billing.statement_part
  for each statement execute function billing.refuse_change_of_closed();
create trigger refuse_change before update or delete or truncate on billing.unassigned_seal
  for each statement execute function billing.refuse_change_of_closed();
create trigger refuse_change before update or delete or truncate on billing.invoice
  for each statement execute function billing.refuse_change_of_closed();
create trigger refuse_change before update or delete or truncate on billing.invoice_tax
  for each statement execute function billing.refuse_change_of_closed();
create trigger refuse_change before update or delete or truncate on billing.invoice_correction
  for each statement execute function billing.refuse_change_of_closed();

-- The empty statements of a month that is open again go, as they are written again when it is closed.
create function billing.refuse_deletion_of_closed() returns trigger language plpgsql as $$
begin
  if exists (select from public.operator o where o.id = old.operator_id and o.first_open_month <= old.month) then
    return old;
  end if;
  raise exception 'What a closed month says is never changed.';
end $$;
create trigger refuse_deletion before delete on billing.statement
  for each row execute function billing.refuse_deletion_of_closed();

-- The rows of a month -------------------------------------------------------------------------------------------------

-- What a row says, in eight bytes: the beginning of the SHA-256 of its columns in the order of the table, in their binary form.
-- Of a session's settings it depends on client_encoding alone, as texts are sent in it: it has to be UTF8, which Npgsql always
-- sets.
create function billing.digest(e authorisation) returns bytea language sql stable parallel safe as $$
  select substring(sha256(record_send(row(
    e.id, e.operator_id, e.client_id, e.account_id, e.card_number, e.billing_snapshot_id, e.decision, e.decline_reason,
    e.amount_minor, e.hold, e.expires_at, e.credit_month, e.invoice_month,
    e.decided_at, e.vat_basis_points, e.vat_category, e.vat_rate_given, e.purpose, e.product,
    e.occurred_at, e.vehicle, e.line, e.zone, e.stop, e.device_id))) for 8)
$$;
create function billing.digest(o operation) returns bytea language sql stable parallel safe as $$
  select substring(sha256(record_send(row(
    o.id, o.authorisation_id, o.ordinal, o.operator_id, o.kind, o.client_id, o.app_account_id, o.requested_minor, o.reason,
    o.made_offline, o.state_after, o.amount_minor, o.spent_minor, o.held_minor, o.invoiced_minor, o.account_id,
    o.billing_snapshot_id, o.credit_month, o.invoice_month, o.made_at, o.over_limit))) for 8)
$$;
create function billing.digest(c billing.charge) returns bytea language sql stable parallel safe as $$
  select substring(sha256(record_send(row(
    c.id, c.operator_id, c.billing_snapshot_id, c.source_kind, c.source_id, c.reverses, c.amount_minor, c.vat_basis_points,
    c.vat_category, c.credit_month, c.invoice_month, c.charged_at, c.description, c.product, c.purpose, c.occurred_at))) for 8)
$$;

-- A row of a month, whichever table has it. It is of the month on whose invoice it stands. It is late if it counts in an older
-- month, which was closed before it came.
create type billing.month_row as (
  source              smallint,    -- the table that has it: 1 authorisation, 2 operation, 3 charge
  id                  uuid,
  authorisation_id    uuid,        -- null: it is a charge
  kind                smallint,    -- of the operation; null: the authorisation or the charge itself
  billing_snapshot_id bigint,      -- who pays
  vat_category        text,
  vat_basis_points    integer,
  card_number         text,
  description         text,        -- of the charge; others are described by their kind
  purpose             text,
  product             text,
  occurred_at         timestamptz, -- by the device's clock, which knows nothing of refunds
  recorded_at         timestamptz,
  credit_month        integer,
  purchases           integer,     -- by how much it changes the count
  invoiced_minor      bigint,      -- what it puts on the invoice, or takes off
  late_minor          bigint,      -- how much of that is of an older month
  held_minor          bigint,      -- by how much it changes what the month itself holds
  digest              bytea
);

-- The rows of a month: statements, seals, verifications, invoices and reports are made from this function and nothing else, so an
-- invoice knows rows and not where they came from. There is one for the rows of an account and one for those on none.
-- Postgres puts the body in the place of the call, so each caller reads by the index of what it asks for; and a digest is
-- computed only for callers that name it.

-- All that a month has of one account.
-- Holds and declines put nothing on an invoice. Nor does an operation whose authorisation is gone: its rate of
-- VAT is not known any more, so it has no category here.
-- A purchase counts once, in the month on whose invoice it was put. A void takes it out of the count of that month; in
-- a later month it takes nothing out, since the purchase was counted elsewhere. So no count is below 0.
-- Callers that ask for many accounts put "offset 0" around it, so that each index is searched by account.
create function billing.month_rows(p_operator_id integer, p_account_id uuid, p_month integer) returns setof billing.month_row
  language sql stable parallel safe as $$
  select 1::smallint, e.id, e.id, null::smallint, e.billing_snapshot_id, e.vat_category, e.vat_basis_points, e.card_number,
         null::text, e.purpose, e.product, e.occurred_at, e.decided_at, e.credit_month,
         (e.decision = 1 and not e.hold)::integer,
         case when e.decision = 1 and not e.hold then e.amount_minor else 0 end,
         case when e.decision = 1 and not e.hold and e.invoice_month > e.credit_month then e.amount_minor else 0 end,
         case when e.decision = 1 and e.hold and e.invoice_month = e.credit_month then e.amount_minor else 0 end,
         billing.digest(row(e.*)::authorisation)
  from (
    select * from authorisation where account_id = p_account_id and credit_month = p_month and invoice_month = p_month
    union all
    select * from authorisation where account_id = p_account_id and invoice_month = p_month and invoice_month > credit_month
  ) e
  where e.operator_id = p_operator_id and e.billing_snapshot_id is not null
  union all
  select 2::smallint, o.id, o.authorisation_id, o.kind, o.billing_snapshot_id, e.vat_category, e.vat_basis_points, e.card_number,
         null::text, e.purpose, e.product, case when o.invoiced_minor > 0 then e.occurred_at end, o.made_at, o.credit_month,
         case
           when e.id is null then 0
           when o.invoiced_minor > 0 then 1
           when o.kind = 2 and o.invoiced_minor < 0 and o.invoice_month = coalesce(
             (select t.invoice_month from operation t
              where t.authorisation_id = o.authorisation_id and t.invoiced_minor > 0 order by t.ordinal desc limit 1),
             e.invoice_month) then -1
           else 0
         end,
         case when e.id is null then 0 else o.invoiced_minor end,
         case when e.id is null or o.invoice_month = o.credit_month then 0 else o.invoiced_minor end,
         case when o.invoice_month = o.credit_month then o.held_minor else 0 end,
         billing.digest(row(o.*)::operation)
  from (
    select * from operation where account_id = p_account_id and credit_month = p_month and invoice_month = p_month
    union all
    select * from operation where account_id = p_account_id and invoice_month = p_month and invoice_month > credit_month
  ) o
  left join authorisation e on e.id = o.authorisation_id
  where o.operator_id = p_operator_id and o.billing_snapshot_id is not null
$$;

-- All that a month has of an operator on none of its accounts: tombstones and what was asked of unknown cards and apps, another
-- operator's among them, which put nothing on an invoice; and charges, which count as no purchases.
-- Callers compare source with a constant, and ask by pages in the order of the ids, or for the charges of one billing snapshot.
create function billing.month_rows(p_operator_id integer, p_month integer) returns setof billing.month_row
  language sql stable parallel safe as $$
  (select 1::smallint, e.id, e.id, null::smallint, null::bigint, null::text, null::integer, e.card_number,
         null::text, e.purpose, e.product, e.occurred_at, e.decided_at, e.credit_month, 0, 0::bigint, 0::bigint, 0::bigint,
         billing.digest(e)
  from authorisation e
  where e.operator_id = p_operator_id and e.invoice_month = p_month
    and (e.account_id is null or e.billing_snapshot_id is null)
  order by e.id)
  union all
  (select 2::smallint, o.id, o.authorisation_id, o.kind, null::bigint, null::text, null::integer, null::text,
         null::text, null::text, null::text, null::timestamptz, o.made_at, o.credit_month, 0, 0::bigint, 0::bigint, 0::bigint,
         billing.digest(o)
  from operation o
  where o.operator_id = p_operator_id and o.invoice_month = p_month
    and (o.account_id is null or o.billing_snapshot_id is null)
  order by o.id)
  union all
  (select 3::smallint, c.id, null::uuid, null::smallint, c.billing_snapshot_id, c.vat_category, c.vat_basis_points, null::text,
         c.description, c.purpose, c.product, c.occurred_at, c.charged_at, c.credit_month, 0,
         c.amount_minor, case when c.invoice_month > c.credit_month then c.amount_minor else 0 end, 0::bigint,
         billing.digest(c)
  from billing.charge c
  where c.operator_id = p_operator_id and c.invoice_month = p_month
  order by c.id)
$$;

-- Opening a month again -----------------------------------------------------------------------------------------------

-- Whether a row is on the invoice of one of the months from p_first on and before p_open.
create function billing.is_month_used(p_operator_id integer, p_first integer, p_open integer) returns boolean
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
               and (o.account_id is null or o.billing_snapshot_id is null) and o.invoice_month >= p_first and o.invoice_month < p_open)    or exists (select from billing.charge c where c.operator_id = p_operator_id
               and c.invoice_month >= p_first and c.invoice_month < p_open)
$$;

-- The accounts with rows or a balance of a month that is still to come, or with rows that are on a later invoice only
-- because the first open month was too late.
create function billing.misplaced_accounts(p_operator_id integer, p_open integer, p_now integer) returns uuid[]
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

-- Opens again the months from p_first on, which are closed with nothing in them. What was decided meanwhile is on an
-- open invoice, so it is sealed nowhere: it goes to the invoice that it belongs on. What was decided while the clock
-- was ahead counts in the month that it is (p_now), since it was bought no later than now.
--
-- Locks as a batch does: the accounts in the order of their ids, then the month. A transaction that writes to the first
-- open month as it was (p_open) shares that lock, so after it nothing is written by an outdated month; a batch that had
-- read it before is refused by its own check. A change between the two locks makes the call start again.
--
-- Charges are never changed, so each keeps the invoice that it was put on.
create function billing.reopen_months(
  p_operator_id integer, p_first integer, p_open integer, p_now integer, p_person text, p_reason text,
  out runs bigint, out purchases bigint, out operations bigint)
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v_now timestamptz := ledger_now();
  v_latest timestamptz;
  v_accounts uuid[];
  v_more bigint;
begin
  v_accounts := billing.misplaced_accounts(p_operator_id, p_open, p_now);
  perform from credit_account a where a.id = any (v_accounts) order by a.id for no key update;
  perform pg_advisory_xact_lock(p_operator_id, p_open);
  if (select o.first_open_month from operator o where o.id = p_operator_id) is distinct from p_open
    or not billing.misplaced_accounts(p_operator_id, p_open, p_now) <@ v_accounts
  then
    raise exception 'Something was decided meanwhile.' using errcode = 'serialization_failure';
  end if;
  if billing.is_month_used(p_operator_id, p_first, p_open)
    or exists (select from billing.invoice i where i.operator_id = p_operator_id and i.month >= p_first)
    or exists (select from billing.month_end t where t.operator_id = p_operator_id and t.month >= p_first and t.state <> 4
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

  delete from billing.statement s where s.operator_id = p_operator_id and s.month >= p_first and s.month < p_open;
  update billing.month_end t
  set state = 4, reopened_at = v_now, reopened_by = p_person, reopen_reason = p_reason
  where t.operator_id = p_operator_id and t.month >= p_first and t.state <> 4;
  get diagnostics runs = row_count;
end $$;
revoke all on function billing.reopen_months, billing.misplaced_accounts, billing.is_month_used from public;
