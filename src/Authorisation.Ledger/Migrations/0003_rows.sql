-- The shapes in which a batch's rows are sent: one array of rows for all entries and one for all accounts. An array for
-- each column would be unpacked twenty-five times over. Never altered: a server of the release before sends as many
-- attributes as it knows of, and Postgres refuses any other number. A change is a new type.

-- A row of authorisation, and for a decision by snapshot which account it is on: its place in the answer, and whether
-- something is spent on that account.
create type entry_row as (
  id               uuid,
  operator_id      integer,
  client_id        bigint,
  account_id       uuid,
  card_number      text,
  billing_snapshot_id   bigint,
  decision         smallint,
  decline_reason   smallint,
  amount_minor     bigint,
  hold             boolean,
  expires_at       timestamptz,
  credit_month     integer,
  invoice_month    integer,
  decided_at       timestamptz,
  vat_basis_points integer,
  vat_category     text,
  vat_rate_given   boolean,
  purpose          text,
  product          text,
  occurred_at      timestamptz,
  vehicle          text,
  line             text,
  zone             text,
  stop             text,
  device_id        text,
  place            integer,
  is_spent_on      boolean
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
