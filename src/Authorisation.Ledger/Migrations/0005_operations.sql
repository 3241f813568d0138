-- What happens to an authorisation after its decision.

-- The first month of the operator whose invoices are still open; 0 while none has been closed. What belongs to a closed
-- month stands on the invoice of this one.
alter table operator add column first_open_month integer not null default 0;

-- When the credit was given: whose card it was at a moment in the past. Accounts from before this was kept had their
-- cards for ever.
alter table credit_account add column given_at timestamptz not null default '-infinity';
alter table credit_account alter column given_at set default ledger_now();

-- A void of an id that was never seen leaves its tombstone under that id: a row that is no purchase and has no amount.
alter table authorisation alter column amount_minor drop not null;
alter table authorisation add check ((amount_minor is null) = (decline_reason = 10));

-- One row for each operation; inserted and never changed. What an authorisation is now follows from its own row and these,
-- what an account has spent in a month from the sums of both. Two operations that race for one place among those of an
-- authorisation meet in the unique constraint, whichever accounts they have locked.
create table operation (
  id               uuid primary key,
  authorisation_id uuid not null,
  ordinal          integer not null check (ordinal > 0),
  operator_id      integer not null,
  kind             smallint not null check (kind between 1 and 6),
  client_id        bigint,           -- who made the id: a client,
  app_account_id   uuid,             -- or the app of an account; neither: the service itself
  requested_minor  bigint check (requested_minor between 1 and 10000000), -- null: all that there was
  reason           text,
  made_offline     boolean not null,
  state_after      smallint not null check (state_after in (10, 20, 30, 40, 50, 60)),
  amount_minor     bigint not null check (amount_minor between 0 and 10000000),
  spent_minor      bigint not null,  -- by how much it changes what account and month have spent,
  held_minor       bigint not null,  -- hold,
  invoiced_minor   bigint not null,  -- and what stands on the invoice of invoice_month
  account_id       uuid,             -- the account that the authorisation is on from now on; null: unknown
  billing_snapshot_id   bigint,
  credit_month     integer not null,
  invoice_month    integer not null check (invoice_month >= credit_month),
  made_at          timestamptz not null,
  over_limit       boolean not null,
  check (client_id is null or app_account_id is null),
  unique (authorisation_id, ordinal)
);
create index operation_of_account on operation (account_id, credit_month) where account_id is not null;

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
insert into open_hold (authorisation_id, account_id, operator_id, credit_month, expires_at)
select id, account_id, operator_id, credit_month, expires_at from authorisation where expires_at is not null;

-- Kept by triggers, so that no server can insert a hold and forget this, one of the release before included.
create function open_hold_of_authorisation() returns trigger language plpgsql
  security definer set search_path from current as $$
begin
  insert into open_hold (authorisation_id, account_id, operator_id, credit_month, expires_at)
  values (new.id, new.account_id, new.operator_id, new.credit_month, new.expires_at);
  return null;
end $$;
create trigger open_hold_of_authorisation after insert on authorisation
  for each row when (new.expires_at is not null) execute function open_hold_of_authorisation();

create function end_hold_of_operation() returns trigger language plpgsql
  security definer set search_path from current as $$
begin
  delete from open_hold where authorisation_id = new.authorisation_id;
  return null;
end $$;
create trigger end_hold_of_operation after insert on operation
  for each row when (new.held_minor < 0) execute function end_hold_of_operation();

-- Purchases on cards that no account has ever been on, for who lists what was asked of a card, and sales on them that
-- wait for a clerk to say whose they are.
create index authorisation_of_unknown_card on authorisation (operator_id, card_number, credit_month, decided_at)
  where account_id is null and card_number is not null;
create index operation_unmatched on operation (operator_id, made_at) where kind = 5 and account_id is null;

-- A row of operation as it is sent.
create type operation_row as (
  id               uuid,
  authorisation_id uuid,
  ordinal          integer,
  operator_id      integer,
  kind             smallint,
  client_id        bigint,
  app_account_id   uuid,
  requested_minor  bigint,
  reason           text,
  made_offline     boolean,
  state_after      smallint,
  amount_minor     bigint,
  spent_minor      bigint,
  held_minor       bigint,
  invoiced_minor   bigint,
  account_id       uuid,
  billing_snapshot_id   bigint,
  credit_month     integer,
  invoice_month    integer,
  made_at          timestamptz,
  over_limit       boolean
);
