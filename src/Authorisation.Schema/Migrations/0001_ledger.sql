-- The ledger: decided purchases, what happened to them afterwards, and the accounts they are decided on. Both planes read it.
-- Money is bigint minor units; a month is the number yyyymm in the operator's time zone.

-- The ledger's clock --------------------------------------------------------------------------------------------------

-- The moment of decision. Read after the account's lock is taken, and by every server the same way, so that servers
-- cannot disagree about the time.
create function ledger_now() returns timestamptz
  language sql volatile parallel safe
  as 'select clock_timestamp()';

-- Operators and their customers ---------------------------------------------------------------------------------------

create table operator (
  id                 integer generated always as identity primary key,
  code               text not null unique check (code ~ '^[a-z][a-z0-9-]{0,31}$'),
  name               text not null,
  country            text not null default 'SE' check (country in ('SE', 'NO')),
  language           text not null default 'sv' check (language in ('sv', 'nb', 'en')),
  currency           text not null check (currency ~ '^[A-Z]{3}$'),
  time_zone          text not null,
  offers_card_credit boolean not null,
  offers_app_credit  boolean not null default true,
  purpose_rule       smallint not null check (purpose_rule in (0, 1, 2)),
  hold_seconds       integer not null check (hold_seconds between 1 and 31536000),
  -- The most that the limits of one traveller's open credits may come to together; null: no bound.
  cap_minor          bigint check (cap_minor >= 100),
  vat_basis_points   integer not null check (vat_basis_points between 1 and 10000),
  -- The rates of VAT that purchases may have: a category's letter and its rate in hundredths of a percent, such as S600 or
  -- Z0. Null: those of the operator's country. The operator's own rate is allowed in any case.
  vat_rates          text[]
    check (cardinality(vat_rates) > 0 and array_to_string(vat_rates, ',', '?') ~ '^(S[1-9][0-9]{0,4}|Z0|O0)(,(S[1-9][0-9]{0,4}|Z0|O0))*$'),
  -- What a traveller types beside the code: 1 a user name, 2 the e-mail address, 3 the mobile number.
  activation_login   smallint not null default 1 check (activation_login in (1, 2, 3)),
  sms_sender         text not null default 'Resor' check (length(sms_sender) between 1 and 15),
  -- The countries that SMS are sent to, by calling code; those of the Nordic countries unless the operator says otherwise.
  sms_calling_codes  text[] not null default '{46,47,45,358,354}'
    check (array_length(sms_calling_codes, 1) between 1 and 50 and array_to_string(sms_calling_codes, ',') ~ '^[1-9][0-9]{0,3}(,[1-9][0-9]{0,3})*$'),
  -- How many SMS and e-mails one organisation may cause in an hour.
  organisation_sms_per_hour    integer not null default 1000 check (organisation_sms_per_hour between 1 and 1000000),
  organisation_emails_per_hour integer not null default 200 check (organisation_emails_per_hour between 1 and 1000000),
  -- The first month whose invoices are still open; 0 while none has been closed. What belongs to a closed month is on
  -- the invoice of this one.
  first_open_month   integer not null default 0,
  -- Raised by what a decision looks at and belongs to all accounts of the operator; read together with the organisation's.
  version            bigint not null default 0
);

-- A customer of an operator. It begins as an application.
create table organisation (
  id                   uuid primary key,
  operator_id          integer not null references operator,
  name                 text not null,
  -- 1 applied, 2 customer, 3 refused, 4 joined: its applicant administers the customer of applies_to from then on.
  status               smallint not null default 2 check (status in (1, 2, 3, 4)),
  applies_to           uuid references organisation,
  -- When a customer's administrators got an e-mail about an application to join it; null until then.
  deciders_notified_at timestamptz,
  organisation_number  text check (organisation_number ~ '^[0-9]{9,10}$'),
  vat_number           text,
  contact_name         text,
  contact_email        text,
  contact_phone        text,
  billing_reference    text,
  billing_address      jsonb,
  e_invoice_address    text,
  -- Lower than the operator's; null: the operator's.
  cap_minor            bigint check (cap_minor >= 100),
  suspended_at         timestamptz,
  made_at              timestamptz not null default ledger_now(),
  -- Raised by every administrator's change.
  revision             bigint not null default 1,
  -- Raised by whatever a decision looks at or a purchase is invoiced with, and belongs to all accounts of the organisation.
  -- Accounts are read with the sum of this and the operator's: each only grows, so an equal sum means that both are the same.
  version              bigint not null default 1,
  -- Says whether a change was of what purchases are invoiced with. Copies of accounts go on through any other change: the
  -- flags are taken from the last read, and only after a change of names or references are the billing snapshots in force
  -- looked for, for all accounts of a batch at once.
  names_version        bigint not null default 1
);
create unique index organisation_customer on organisation (operator_id, organisation_number) where status = 2;
create index organisation_of_operator on organisation (operator_id, id);
create index organisation_application_unannounced on organisation (applies_to)
  where status = 1 and applies_to is not null and deciders_notified_at is null;

-- A department's billing details are its own or those of the one above it. billing_reference is the one in force.
create table department (
  id                uuid primary key,
  organisation_id   uuid not null references organisation,
  parent_id         uuid references department,
  name              text not null,
  inherits_billing  boolean not null default false,
  billing_reference text not null,
  billing_address   jsonb,
  e_invoice_address text,
  -- What purchases are booked on; inherited with the other billing details.
  cost_centre       text,
  closed_at         timestamptz,
  revision          bigint not null default 1
);
create index department_of_organisation on department (organisation_id, id);

create table traveller (
  id              uuid primary key,
  organisation_id uuid not null references organisation,
  -- The traveller's department; null without one.
  department_id   uuid references department,
  name            text not null,
  email           text not null,
  mobile          text check (mobile ~ '^\+[1-9][0-9]{7,14}$'),
  -- Represents a department whose members share a card.
  is_shared       boolean not null default false,
  removed_at      timestamptz,
  revision        bigint not null default 1
);
create unique index traveller_email on traveller (organisation_id, email)
  where removed_at is null and department_id is not null;
create index traveller_of_organisation on traveller (organisation_id, id);
-- Travellers who were removed, by address: one who is added again goes on with what the month had spent.
create index traveller_removed on traveller (organisation_id, email) where removed_at is not null;

-- What an invoice line needs besides the purchase itself, as it was at one time. Rows are only ever added: an edit of a
-- name or a reference adds a row, and purchases decided before keep the row they had.
create table billing_snapshot (
  id                bigint generated always as identity primary key,
  organisation_id   uuid not null references organisation,
  organisation_name text not null,
  department_id     uuid not null references department,
  department_name   text not null,
  traveller_id      uuid not null references traveller,
  traveller_name    text not null,
  billing_reference text not null,
  cost_centre       text
);
create index billing_snapshot_of_organisation on billing_snapshot (organisation_id, id);
create index billing_snapshot_of_department on billing_snapshot (department_id);
create index billing_snapshot_of_traveller on billing_snapshot (traveller_id);

-- Accounts and access -------------------------------------------------------------------------------------------------

create table credit_account (
  id                  uuid primary key,
  operator_id         integer not null references operator,
  kind                smallint not null check (kind in (1, 2)),
  card_number         text check (card_number ~ '^[0-9]{6,20}$'),
  -- The mobile number that app credit was given to: one open app credit per number and operator.
  mobile              text,
  billing_snapshot_id bigint not null references billing_snapshot,
  limit_minor         bigint not null check (limit_minor >= 100),
  -- When the credit was given: whose card it was at a moment in the past.
  given_at            timestamptz not null default ledger_now(),
  activated_at        timestamptz,
  blocked_at          timestamptz,
  removed_at          timestamptz,
  allowed_products    text[],
  max_purchase_minor  bigint,
  -- The balance, of the month that it names: a purchase in a newer month starts from 0.
  month               integer not null default 0,
  spent_minor         bigint not null default 0 check (spent_minor >= held_minor),
  held_minor          bigint not null default 0 check (held_minor >= 0),
  next_hold_expiry    timestamptz,
  -- Raised by whatever a decision looks at; see raise_account_version.
  version             bigint not null default 1,
  -- Raised by every administrator's change, and by nothing that a purchase does.
  revision            bigint not null default 1,
  check ((kind = 1) = (card_number is not null))
)
-- Room for new versions of a row in its own page: no index has a column that a purchase changes.
with (fillfactor = 60);

-- A card has one open account at a time, and a history of removed ones.
create unique index credit_account_open_card on credit_account (operator_id, card_number) where removed_at is null;
create index credit_account_card on credit_account (operator_id, card_number, removed_at desc nulls first)
  where card_number is not null;
create unique index credit_account_open_mobile on credit_account (operator_id, mobile)
  where mobile is not null and removed_at is null;
create index credit_account_of_billing_snapshot on credit_account (billing_snapshot_id);

-- Travellers whose account belongs to another traveller now: a person who was removed and added again under the same
-- address is another traveller. What was bought before stays in the name of the first.
create table former_holder (
  traveller_id uuid not null references traveller,
  account_id   uuid not null references credit_account,
  primary key (traveller_id, account_id)
);

-- Cards that carry prepaid tickets: a card has credit or tickets, not both.
create table prepaid_card (
  operator_id integer not null references operator,
  card_number text not null check (card_number ~ '^[0-9]{6,20}$'),
  marked_at   timestamptz not null default ledger_now(),
  primary key (operator_id, card_number)
);

create table client (
  id          bigint generated always as identity primary key,
  operator_id integer not null references operator,
  kind        smallint not null check (kind in (1, 2, 3)),
  name        text not null
);

-- Bearer tokens of clients and of activated apps, as SHA-256 only.
create table access_token (
  sha256             bytea primary key check (length(sha256) = 32),
  operator_id        integer not null references operator,
  client_id          bigint references client,
  account_id         uuid references credit_account,
  -- When set, the token holds only on a connection with this client certificate.
  certificate_sha256 bytea check (length(certificate_sha256) = 32),
  issued_at          timestamptz not null default ledger_now(),
  ended_at           timestamptz,
  -- The transaction that changed the row last. A reader that asks for all changes since the oldest transaction still
  -- running at its previous look misses none, whatever order they commit in.
  changed_xid        xid8 not null default pg_current_xact_id(),
  check ((client_id is null) <> (account_id is null))
);
create index access_token_changed on access_token (changed_xid);

-- Purchases -----------------------------------------------------------------------------------------------------------

-- One row for each decided purchase, declines too; inserted and never changed. The client's id is the primary key,
-- so that the same id cannot be decided twice on any server. There are no foreign keys: what they point at was read
-- under the same account's lock, is never deleted, and checking it again would cost more than the insert.
-- A void of an id that was never seen leaves its tombstone under that id: a row that is no purchase and has no amount.
-- account_id is what the caller asked for. Where there is a billing snapshot as well it is an account of the operator;
-- without one it may be anything, another operator's account too.
create table authorisation (
  id                  uuid primary key,
  operator_id         integer not null,
  client_id           bigint,           -- the client that made the id; null: the app of account_id
  account_id          uuid,             -- null: a card that no account has ever been on
  card_number         text,             -- null: an app purchase
  billing_snapshot_id bigint,           -- null: the instrument was unknown
  decision            smallint not null check (decision in (1, 2)),
  decline_reason      smallint not null check ((decline_reason = 0) = (decision = 1)),
  amount_minor        bigint check (amount_minor between 1 and 10000000),
  hold                boolean not null,
  expires_at          timestamptz,
  credit_month        integer not null,
  invoice_month       integer not null,
  decided_at          timestamptz not null,
  vat_basis_points    integer not null check (vat_basis_points between 0 and 10000),
  vat_category        text not null check (vat_category in ('S', 'Z', 'O')),
  vat_rate_given      boolean not null, -- false: the rate is the operator's of that time
  purpose             text,
  product             text,
  occurred_at         timestamptz,
  vehicle             text,
  line                text,
  zone                text,
  stop                text,
  device_id           text,
  check ((expires_at is not null) = (hold and decision = 1)),
  check ((amount_minor is null) = (decline_reason = 10))
);
-- The rows of one account and month: what a month other than the balance's had used, and what an account has bought.
create index authorisation_of_account on authorisation (account_id, credit_month, decided_at)
  where account_id is not null;
-- Rows that are on the invoice of a later month than the one they count in, and rows that are on no account: few, and
-- looked for by their invoice month. All others are found by account and credit month.
create index authorisation_late on authorisation (account_id, invoice_month) where invoice_month > credit_month;
create index authorisation_on_no_account on authorisation (operator_id, invoice_month, id)
  where account_id is null or billing_snapshot_id is null;
-- Purchases on cards that no account has ever been on, for lists of what was asked of a card.
create index authorisation_of_unknown_card on authorisation (operator_id, card_number, credit_month, decided_at)
  where account_id is null and card_number is not null;

-- What happens to an authorisation after its decision: one row for each operation; inserted and never changed. What an
-- authorisation is now follows from its own row and these, what an account has spent in a month from the sums of both.
-- Two operations that race for one place among those of an authorisation meet in the unique constraint, whichever
-- accounts they have locked.
create table operation (
  id                  uuid primary key,
  authorisation_id    uuid not null,
  ordinal             integer not null check (ordinal > 0),
  operator_id         integer not null,
  kind                smallint not null check (kind between 1 and 6),
  client_id           bigint,           -- the client that made the id,
  app_account_id      uuid,             -- or the account whose app did; neither: the service itself
  requested_minor     bigint check (requested_minor between 1 and 10000000), -- null: all that there was
  reason              text,
  made_offline        boolean not null,
  state_after         smallint not null check (state_after in (10, 20, 30, 40, 50, 60)),
  amount_minor        bigint not null check (amount_minor between 0 and 10000000),
  spent_minor         bigint not null,  -- by how much it changes what account and month have spent,
  held_minor          bigint not null,  -- hold,
  invoiced_minor      bigint not null,  -- and what stands on the invoice of invoice_month
  account_id          uuid,             -- the account that the authorisation is on from now on; null: unknown
  billing_snapshot_id bigint,
  credit_month        integer not null,
  invoice_month       integer not null check (invoice_month >= credit_month),
  made_at             timestamptz not null,
  over_limit          boolean not null,
  check (client_id is null or app_account_id is null),
  unique (authorisation_id, ordinal)
);
create index operation_of_account on operation (account_id, credit_month) where account_id is not null;
create index operation_late on operation (account_id, invoice_month) where invoice_month > credit_month;
create index operation_on_no_account on operation (operator_id, invoice_month, id)
  where account_id is null or billing_snapshot_id is null;
-- Sales on unknown cards that wait for a clerk to say whose they are.
create index operation_unmatched on operation (operator_id, made_at) where kind = 5 and account_id is null;

-- The holds that were neither captured nor voided nor have been expired: what the search for lapsed ones looks through.
create table open_hold (
  authorisation_id uuid primary key,
  account_id       uuid not null,
  operator_id      integer not null,
  credit_month     integer not null,
  expires_at       timestamptz not null
);
create index open_hold_of_account on open_hold (account_id, credit_month, expires_at);
create index open_hold_lapse on open_hold (expires_at);

-- Rows as a batch sends them ------------------------------------------------------------------------------------------

-- One array of rows for all entries and one for all accounts: an array for each column would be unpacked twenty-five times
-- over. Never altered: a server of the release before sends as many attributes as it knows of, and Postgres refuses any
-- other number. A change is a new type.

-- A row of authorisation, and for a decision by snapshot which account it is on: its place in the answer, and whether
-- something is spent on that account.
create type entry_row as (
  id                  uuid,
  operator_id         integer,
  client_id           bigint,
  account_id          uuid,
  card_number         text,
  billing_snapshot_id bigint,
  decision            smallint,
  decline_reason      smallint,
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

-- A row of operation.
create type operation_row as (
  id                  uuid,
  authorisation_id    uuid,
  ordinal             integer,
  operator_id         integer,
  kind                smallint,
  client_id           bigint,
  app_account_id      uuid,
  requested_minor     bigint,
  reason              text,
  made_offline        boolean,
  state_after         smallint,
  amount_minor        bigint,
  spent_minor         bigint,
  held_minor          bigint,
  invoiced_minor      bigint,
  account_id          uuid,
  billing_snapshot_id bigint,
  credit_month        integer,
  invoice_month       integer,
  made_at             timestamptz,
  over_limit          boolean
);

-- The balance of an account after a batch, and for a decision by snapshot the version that it was decided on and the
-- account's place in the answer.
create type balance_row as (
  id               uuid,
  month            integer,
  spent_minor      bigint,
  held_minor       bigint,
  next_hold_expiry timestamptz,
  version          bigint,
  version_before   bigint,
  place            integer
);

-- Cards for validators without coverage -------------------------------------------------------------------------------

-- Which cards may be accepted offline and which must be refused. A transaction that changes what a card's status rests
-- on leaves a row in card_change, without a number: numbering would make all such transactions wait for one another.
-- One sequencer for each operator takes the rows that are committed, works out the cards' status, and numbers those
-- that changed, in one transaction.

-- Cards that were changed and not looked at since. A row says only that there is something to look at.
create table card_change (
  operator_id integer not null,
  card_number text not null
)
-- Rows live for a fraction of a second, so what is dead is a multiple of what there is.
with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_insert_threshold = -1);
create index card_change_of_operator on card_change (operator_id);

-- Organisations whose cards are all to be looked at, and how far that has come.
create table organisation_change (
  id                     bigint generated always as identity primary key,
  operator_id            integer not null,
  organisation_id        uuid not null,
  after_billing_snapshot bigint not null default 0
);
create index organisation_change_of_operator on organisation_change (operator_id, id);

-- The last number given to each operator's cards, and where a watcher can go on from.
create table card_numbering (
  operator_id    integer primary key references operator,
  last_version   bigint not null default 0,
  -- A watcher that has seen less than this must start again: states of up to this version were removed.
  oldest_version bigint not null default 0 check (oldest_version <= last_version),
  -- Which Postgres gives the numbers. After a failover or a restore there may be numbers that were given and are
  -- unknown here: an epoch begins, whose numbers are above all that were given before, seen or not.
  origin         text not null default '',
  epoch          bigint not null default 0
);

-- The status of each card, with the number of its last change.
create table card_state (
  operator_id integer not null references operator,
  card_number text not null,
  version     bigint not null,
  reason      smallint not null,      -- of the denial; 0: the card may be accepted
  lapses_at   timestamptz check (lapses_at is null or reason <> 0),
  is_gone     boolean not null,       -- there is no open account on it
  changed_at  timestamptz not null,
  primary key (operator_id, card_number)
);
create unique index card_state_version on card_state (operator_id, version);
create index card_state_gone on card_state (operator_id, changed_at) where is_gone;

-- Versions ------------------------------------------------------------------------------------------------------------

-- A decision can rest on a copy of an account, as long as the versions of account and organisation are still the copy's
-- when it is committed. So whatever a decision looks at must raise a version when it changes, whatever changes it and
-- how.
--
-- What belongs to one account raises the account's. What belongs to all accounts of an organisation or an operator raises
-- that one's version and touches no account, however many there are. What purchases are invoiced with is looked at when the
-- account is read.
--
-- A copy can also be taken while such a change is not committed yet, of an account that the change did not find: one
-- that is being given, or moved to where the change is. With marks of prepaid tickets alone an account and a change can
-- miss each other so: a transaction that gives or moves an account locks the operator's row shared, one that marks a
-- card locks it alone, so that one of them waits and then sees what the other did.

-- The account itself. The service raises the version with every purchase; this catches everybody else, psql included.
create function raise_account_version() returns trigger language plpgsql as $$
begin
  new.version := old.version + 1;
  return new;
end $$;
create trigger raise_account_version before update on credit_account
  for each row when (new.version = old.version) execute function raise_account_version();

-- At its end, the statement that gives accounts waits for marks of the operators concerned, and keeps others from
-- beginning until the accounts can be seen.
create function share_surroundings_of_given() returns trigger language plpgsql as $$
begin
  perform from operator o where o.id in (select operator_id from given where kind = 1) order by o.id for share;
  return null;
end $$;
create trigger share_surroundings_of_given after insert on credit_account
  referencing new table as given for each statement execute function share_surroundings_of_given();

-- An account that is moved: likewise.
create function share_surroundings_of_moved() returns trigger language plpgsql as $$
begin
  perform from operator o where o.id = new.operator_id for share;
  return null;
end $$;
create trigger share_surroundings_of_moved after update of operator_id, kind, card_number on credit_account
  for each row
  when ((old.operator_id, old.kind, old.card_number) is distinct from (new.operator_id, new.kind, new.card_number))
  execute function share_surroundings_of_moved();

-- Billing snapshots are only ever added. If a row is given to another organisation all the same, its accounts follow.
create function raise_versions_of_billing_snapshot() returns trigger language plpgsql as $$
begin
  perform from organisation g where g.id = new.organisation_id for share;
  perform from credit_account a where a.billing_snapshot_id = new.id order by a.id for no key update;
  update credit_account a set version = version + 1 where a.billing_snapshot_id = new.id;
  return null;
end $$;
create trigger raise_versions_of_billing_snapshot after update of organisation_id on billing_snapshot
  for each row when (new.organisation_id is distinct from old.organisation_id)
  execute function raise_versions_of_billing_snapshot();

-- Marking cards as prepaid, or taking marks away, is a change of the cards' accounts. The operator's row guards its
-- marks: a transaction that gives a credit locks it shared, so that neither credit nor mark misses the other.
create function raise_versions_of_prepaid_cards() returns trigger language plpgsql as $$
begin
  perform from operator o where o.id in (select operator_id from marks) order by o.id for no key update;
  perform from credit_account a
  where (a.operator_id, a.card_number) in (select operator_id, card_number from marks)
  order by a.id for no key update;
  update credit_account a set version = version + 1
  where (a.operator_id, a.card_number) in (select operator_id, card_number from marks);
  return null;
end $$;
create trigger raise_versions_of_marked_cards after insert on prepaid_card
  referencing new table as marks for each statement execute function raise_versions_of_prepaid_cards();
create trigger raise_versions_of_unmarked_cards after delete on prepaid_card
  referencing old table as marks for each statement execute function raise_versions_of_prepaid_cards();
create trigger raise_versions_of_cards_marked_instead after update on prepaid_card
  referencing new table as marks for each statement execute function raise_versions_of_prepaid_cards();
create trigger raise_versions_of_cards_marked_before after update on prepaid_card
  referencing old table as marks for each statement execute function raise_versions_of_prepaid_cards();

-- A truncation does not report which marks it removed.
create function refuse_truncation() returns trigger language plpgsql as $$
begin
  raise exception 'Delete the marks instead: a truncation is not seen by the accounts.';
end $$;
create trigger refuse_truncation before truncate on prepaid_card
  for each statement execute function refuse_truncation();

-- Suspension and name of an organisation, credit on cards at an operator.
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

create function raise_names_version() returns trigger language plpgsql as $$
begin
  new.names_version := old.names_version + 1;
  return new;
end $$;
create trigger raise_version_of_names before update on organisation
  for each row when (new.name is distinct from old.name) execute function raise_names_version();

-- What departments are called and billed on is a change of their organisation.
create function raise_versions_of_departments() returns trigger language plpgsql as $$
begin
  update organisation g set version = version + 1, names_version = names_version + 1
  where g.id in (
    select d.organisation_id
    from departments_before b join departments d on d.id = b.id
    where (d.name, d.billing_reference, d.cost_centre) is distinct from (b.name, b.billing_reference, b.cost_centre));
  return null;
end $$;
create trigger raise_versions_of_departments after update on department
  referencing old table as departments_before new table as departments
  for each statement execute function raise_versions_of_departments();

-- The moment of decision of what was decided on copies of accounts, unless one of their organisations has another
-- version by now: versions only grow, so their sum shows it. They are read after the clock, with all that is committed
-- by then, also where the statement that calls this had to wait for an account. So what was committed before the moment
-- of decision is a part of it.
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

-- Who is billed -------------------------------------------------------------------------------------------------------

-- The billing snapshots that purchases are invoiced with now, of accounts that point at some: these, or where
-- organisation or department have changed since, a row with the new values. Rows are only ever added, so what was
-- decided keeps what it had. The answers are in the order of the question, null for what does not exist, and no two
-- equal rows are added. The owner's rights, as the servers may add a billing snapshot in no other way.
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

-- The same for one.
create function billing_snapshot_in_force(p_id bigint) returns bigint
  language sql security definer set search_path = public, pg_temp as $$
  select (billing_snapshot_in_force(array[p_id]))[1]
$$;
revoke all on function billing_snapshot_in_force(bigint) from public;

create function note_former_holder() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  insert into former_holder (traveller_id, account_id)
  select o.traveller_id, new.id
  from billing_snapshot o join billing_snapshot n on n.id = new.billing_snapshot_id
  where o.id = old.billing_snapshot_id and o.traveller_id <> n.traveller_id
  on conflict do nothing;
  return null;
end $$;
create trigger note_former_holder after update of billing_snapshot_id on credit_account
  for each row when (new.billing_snapshot_id <> old.billing_snapshot_id) execute function note_former_holder();

-- Tokens --------------------------------------------------------------------------------------------------------------

create function note_access_token_change() returns trigger language plpgsql as $$
begin
  new.changed_xid := pg_current_xact_id();
  perform pg_notify('access_token_changed', '');
  return new;
end $$;
create trigger note_access_token_change before insert or update on access_token
  for each row execute function note_access_token_change();

-- Open holds ----------------------------------------------------------------------------------------------------------

-- Kept by triggers, so that no server can insert a hold and forget this, one of the release before included.
create function open_hold_of_authorisation() returns trigger language plpgsql
  security definer set search_path = public, pg_temp as $$
begin
  insert into open_hold (authorisation_id, account_id, operator_id, credit_month, expires_at)
  values (new.id, new.account_id, new.operator_id, new.credit_month, new.expires_at);
  return null;
end $$;
create trigger open_hold_of_authorisation after insert on authorisation
  for each row when (new.expires_at is not null) execute function open_hold_of_authorisation();

create function end_hold_of_operation() returns trigger language plpgsql
  security definer set search_path = public, pg_temp as $$
begin
  delete from open_hold where authorisation_id = new.authorisation_id;
  return null;
end $$;
create trigger end_hold_of_operation after insert on operation
  for each row when (new.held_minor < 0) execute function end_hold_of_operation();

-- Changed cards -------------------------------------------------------------------------------------------------------

-- Accounts given or deleted. The owner's rights, so that a purchase never fails for want of a right to this table.
create function note_cards() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into card_change (operator_id, card_number) select operator_id, card_number from noted where kind = 1;
  return null;
end $$;
create trigger note_given_cards after insert on credit_account
  referencing new table as noted for each statement execute function note_cards();
create trigger note_deleted_cards after delete on credit_account
  referencing old table as noted for each statement execute function note_cards();

create function note_card() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if old.kind = 1 then
    insert into card_change (operator_id, card_number) values (old.operator_id, old.card_number);
  end if;
  if new.kind = 1 and (old.operator_id, old.card_number) is distinct from (new.operator_id, new.card_number) then
    insert into card_change (operator_id, card_number) values (new.operator_id, new.card_number);
  end if;
  return null;
end $$;
-- The condition is all that a purchase pays for, as long as something remains after it. The month in which nothing
-- remains, if it is one, is what a purchase can change of the status: not at midnight, but when a card is used again
-- that was spent in an older month. Everything else that a decision looks at raises the version of the account without
-- changing its balance, wherever it is: that is the second line. The third is for changes made by hand in one go with the
-- balance.
create trigger note_card after update on credit_account for each row when (
  (new.kind = 1 or old.kind = 1) and (
    case when new.spent_minor >= new.limit_minor then new.month end
      is distinct from case when old.spent_minor >= old.limit_minor then old.month end
    or (new.spent_minor = old.spent_minor and new.held_minor = old.held_minor and new.month = old.month)
    or new.blocked_at is distinct from old.blocked_at or new.removed_at is distinct from old.removed_at
    or new.card_number is distinct from old.card_number or new.billing_snapshot_id <> old.billing_snapshot_id
    or new.operator_id <> old.operator_id or new.kind <> old.kind
  )
) execute function note_card();

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

-- Notes the cards of the next page of the organisation that was changed last, for the sequencer when it has nothing else to
-- do: cards of the next billing snapshots, whole snapshots and at least p_cards if there are so many. By cards and not by
-- snapshots, of which each change of names leaves more that no account points at. False when no organisation was changed.
-- The last that was changed comes first, so that a small one does not wait behind a large one. What was noted of the same
-- organisation before goes when its first page is taken: its cards are all looked at after that. An account that is given
-- meanwhile, or moved to a billing snapshot of a page that was taken, is noted by itself. The owner's rights, as the servers
-- may note nothing in any other way.
create function note_changed_organisation(p_operator_id integer, p_cards integer) returns boolean
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v_change organisation_change;
  v_snapshots_max integer := 20 * p_cards;
  v_snapshots integer;
  v_last_of_snapshots bigint;
  v_cards integer;
  v_last_of_cards bigint;
begin
  select * into v_change from organisation_change c where c.operator_id = p_operator_id order by c.id desc limit 1;
  if not found then
    return false;
  end if;
  if v_change.after_billing_snapshot = 0 then
    delete from organisation_change c
    where c.operator_id = p_operator_id and c.organisation_id = v_change.organisation_id and c.id < v_change.id;
  end if;
  with page as materialized (
    select p.id
    from billing_snapshot p
    where p.organisation_id = v_change.organisation_id and p.id > v_change.after_billing_snapshot
    order by p.id
    limit v_snapshots_max
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
  select p.many, p.last, c.many, c.last into v_snapshots, v_last_of_snapshots, v_cards, v_last_of_cards
  from (select count(*) as many, max(id) as last from page) p, (select count(*) as many, max(id) as last from cards) c;
  if v_cards >= p_cards then
    update organisation_change c set after_billing_snapshot = v_last_of_cards where c.id = v_change.id;
  elsif v_snapshots = v_snapshots_max then
    update organisation_change c set after_billing_snapshot = v_last_of_snapshots where c.id = v_change.id;
  else
    delete from organisation_change c where c.id = v_change.id;
  end if;
  return true;
end $$;
revoke all on function note_changed_organisation(integer, integer) from public;
