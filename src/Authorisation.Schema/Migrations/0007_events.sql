-- An operator's ticket system: a client that calls the control plane, and is sent what happens to tickets.

alter table client drop constraint client_kind_check;
-- 1 validator, 2 console, 3 app back end, 4 ticket system
alter table client add constraint client_kind_check check (kind between 1 and 4);

-- The client that made a change, where no person did.
alter table control.audit_entry add column client_id bigint;

-- Where an operator's events are sent.
create table control.webhook (
  operator_id      integer primary key references operator,
  url              text not null check (length(url) between 1 and 500),
  -- What its secrets are encrypted for: a copy of them under another key_id cannot be read.
  key_id           uuid not null,
  secret           bytea not null,
  -- The secret before this one signs, too, until then.
  secret_before    bytea,
  before_until     timestamptz,
  -- How often in a row it could not be reached; while there are some, one event at a time is tried.
  failures         integer not null default 0,
  away_until       timestamptz,
  last_error       text,
  last_failed_at   timestamptz,
  last_answered_at timestamptz,
  revision         bigint not null default 1,
  check ((secret_before is null) = (before_until is null))
);

-- What happened, written in the transaction of the change itself; sent at least once, and in the order of their numbers to one
-- subject. What takes one's place is found by number: a transaction that writes about a subject holds a lock on it, so numbers of one
-- subject are in the order of the commits.
create table control.event (
  id               uuid primary key,
  number           bigint generated always as identity unique,
  operator_id      integer not null references operator,
  type             text not null check (type ~ '^[a-z_]+([.][a-z_]+)+$' and length(type) <= 64),
  subject          text not null check (length(subject) between 1 and 100),
  data             jsonb not null,
  made_at          timestamptz not null default ledger_now(),
  -- 1 waiting, 2 delivered, 3 undelivered: given up, and those of its subject wait behind it, 4 dismissed by staff
  state            smallint not null default 1 check (state in (1, 2, 3, 4)),
  attempts         integer not null default 0,
  first_attempt_at timestamptz,
  next_attempt_at  timestamptz not null default ledger_now(),
  -- Until then one host is at it.
  leased_until     timestamptz,
  last_error       text,
  ended_at         timestamptz
);
create index event_waiting on control.event (operator_id, next_attempt_at, number) where state = 1;
create index event_of_subject on control.event (operator_id, subject, number);
create index event_of_operator on control.event (operator_id, number);
create index event_of_state on control.event (operator_id, state, number) where state in (1, 3, 4);
