-- The ledger of decided purchases and the accounts they are decided on.
-- Money is bigint minor units; a month is the number yyyymm in the operator's time zone.

-- The moment of decision. Read after the account's lock is taken, and by every server the same way, so that servers
-- cannot disagree about the time.
create function ledger_now() returns timestamptz
  language sql volatile parallel safe
  as 'select clock_timestamp()';

create table operator (
  id                 integer generated always as identity primary key,
  code               text not null unique check (code ~ '^[a-z][a-z0-9-]{0,31}$'),
  name               text not null,
  currency           text not null check (currency ~ '^[A-Z]{3}$'),
  time_zone          text not null,
  offers_card_credit boolean not null,
  purpose_rule       smallint not null check (purpose_rule in (0, 1, 2)),
  vat_basis_points   integer not null check (vat_basis_points between 1 and 10000),
  hold_seconds       integer not null check (hold_seconds between 1 and 31536000)
);

create table organisation (
  id           uuid primary key,
  operator_id  integer not null references operator,
  name         text not null,
  suspended_at timestamptz
);

create table department (
  id                uuid primary key,
  organisation_id   uuid not null references organisation,
  name              text not null,
  billing_reference text not null
);

create table traveller (
  id              uuid primary key,
  organisation_id uuid not null references organisation,
  name            text not null,
  email           text not null
);

-- What an invoice line needs besides the purchase itself, as it was at one time. Rows are only ever added: an edit of a
-- name or a reference adds a row and points the accounts at it, and purchases decided before keep the row they had.
create table billing_snapshot (
  id                bigint generated always as identity primary key,
  organisation_id   uuid not null references organisation,
  organisation_name text not null,
  department_id     uuid not null references department,
  department_name   text not null,
  traveller_id      uuid not null references traveller,
  traveller_name    text not null,
  billing_reference text not null
);

create table credit_account (
  id                 uuid primary key,
  operator_id        integer not null references operator,
  kind               smallint not null check (kind in (1, 2)),
  card_number        text check (card_number ~ '^[0-9]{6,20}$'),
  billing_snapshot_id     bigint not null references billing_snapshot,
  limit_minor        bigint not null check (limit_minor >= 100),
  activated_at       timestamptz,
  blocked_at         timestamptz,
  removed_at         timestamptz,
  allowed_products   text[],
  max_purchase_minor bigint,
  -- The balance, of the month that it names: a purchase in a newer month starts from 0.
  month              integer not null default 0,
  spent_minor        bigint not null default 0 check (spent_minor >= held_minor),
  held_minor         bigint not null default 0 check (held_minor >= 0),
  next_hold_expiry   timestamptz,
  version            bigint not null default 1,
  check ((kind = 1) = (card_number is not null))
)
-- Room for new versions of a row in its own page: no index has a column that a purchase changes.
with (fillfactor = 60);

-- A card has one open account at a time, and a history of removed ones.
create unique index credit_account_open_card on credit_account (operator_id, card_number) where removed_at is null;
create index credit_account_card on credit_account (operator_id, card_number, removed_at desc nulls first)
  where card_number is not null;

-- Cards that carry prepaid tickets: a card has credit or tickets, not both.
create table prepaid_card (
  operator_id integer not null references operator,
  card_number text not null check (card_number ~ '^[0-9]{6,20}$'),
  marked_at   timestamptz not null default clock_timestamp(),
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
  issued_at          timestamptz not null default clock_timestamp(),
  ended_at           timestamptz,
  -- The transaction that changed the row last. A reader that asks for all changes since the oldest transaction still
  -- running at its previous look misses none, whatever order they commit in.
  changed_xid        xid8 not null default pg_current_xact_id(),
  check ((client_id is null) <> (account_id is null))
);
create index access_token_changed on access_token (changed_xid);

create function note_access_token_change() returns trigger language plpgsql as $$
begin
  new.changed_xid := pg_current_xact_id();
  perform pg_notify('access_token_changed', '');
  return new;
end $$;
create trigger note_access_token_change before insert or update on access_token
  for each row execute function note_access_token_change();

-- One row for each decided purchase, declines too; inserted and never changed. The client's id is the primary key,
-- so that the same id cannot be decided twice on any server. There are no foreign keys: what they point at was read
-- under the same account's lock, is never deleted, and checking it again would cost more than the insert.
create table authorisation (
  id               uuid primary key,
  operator_id      integer not null,
  client_id        bigint,           -- who made the id; null: the app of account_id
  account_id       uuid,             -- null: a card that no account has ever been on
  card_number      text,             -- null: an app purchase
  billing_snapshot_id   bigint,           -- null: the instrument was unknown
  decision         smallint not null check (decision in (1, 2)),
  decline_reason   smallint not null check ((decline_reason = 0) = (decision = 1)),
  amount_minor     bigint not null check (amount_minor between 1 and 10000000),
  hold             boolean not null,
  expires_at       timestamptz,
  credit_month     integer not null,
  invoice_month    integer not null,
  decided_at       timestamptz not null,
  vat_basis_points integer not null check (vat_basis_points between 0 and 10000),
  vat_category     text not null check (vat_category in ('S', 'Z', 'O')),
  vat_rate_given   boolean not null, -- false: the rate is the operator's of that time
  purpose          text,
  product          text,
  occurred_at      timestamptz,
  vehicle          text,
  line             text,
  zone             text,
  stop             text,
  device_id        text,
  check ((expires_at is not null) = (hold and decision = 1))
);

-- The rows of one account and month: what a month other than the balance's had used, and what an account has bought.
create index authorisation_of_account on authorisation (account_id, credit_month, decided_at)
  where account_id is not null;
