-- Sessions that can be listed and ended, failures to sign in that leave a trail, passwords that are changed and reset, and
-- bounds for the messages that outsiders or one customer can cause.

alter table control.session
  add column id uuid not null default gen_random_uuid(),
  -- From where it was begun.
  add column address text;
create unique index session_id on control.session (id);
create index session_of_person on control.session (person_id) where ended_at is null;

-- Wrong passwords in a row, by SHA-256 of the e-mail address that was typed, whether anybody has it or not: signing in does
-- the same work for both. Replaces failures and locked_until of the person, which only a known address had.
create table control.sign_in_guard (
  login        bytea primary key check (length(login) = 32),
  failures     integer not null,
  locked_until timestamptz,
  changed_at   timestamptz not null
);
alter table control.person drop column failures, drop column locked_until;

-- Each failure to sign in. Those of known people are copied to the audit trail after the answer was given.
create table control.sign_in_failure (
  id        bigint generated always as identity primary key,
  person_id uuid,
  login     bytea not null,
  -- What the log calls the address: part of an HMAC of it.
  tag       text not null,
  address   text,
  failures  integer not null,
  is_lock   boolean not null,
  failed_at timestamptz not null default ledger_now(),
  told_at   timestamptz
);
create index sign_in_failure_untold on control.sign_in_failure (id) where told_at is null;
create index sign_in_failure_age on control.sign_in_failure (failed_at);

-- Somebody asked for a link to choose a new password. Kept for an hour, to bound how often, by SHA-256 of the e-mail
-- address and by the caller's address; the e-mail address itself until it is known whether anybody has it.
create table control.password_reset_request (
  id       bigint generated always as identity primary key,
  email    text,
  login    bytea not null check (length(login) = 32),
  address  text,
  asked_at timestamptz not null default ledger_now()
);
create index password_reset_request_login on control.password_reset_request (login, asked_at);
create index password_reset_request_address on control.password_reset_request (address, asked_at);
create index password_reset_request_waiting on control.password_reset_request (id) where email is not null;

-- The right to choose a password, once, as the hash of the token in a mailed link.
create table control.password_link (
  sha256     bytea primary key check (length(sha256) = 32),
  person_id  uuid not null references control.person,
  expires_at timestamptz not null,
  used_at    timestamptz,
  ended_at   timestamptz
);
create index password_link_of_person on control.password_link (person_id) where used_at is null and ended_at is null;

alter table control.staff add column id uuid not null default gen_random_uuid();
create unique index staff_id on control.staff (id);
create index staff_of_operator on control.staff (operator_id, id) where removed_at is null;

-- Who invited, to be shown to the invited; null for those from before this was kept.
alter table control.invitation add column invited_by uuid references control.person;

-- Where a person is known: the operators that the person is staff of, and the organisations that the person administers.
create view control.place_of_person as
  select person_id, operator_id, null::uuid as organisation_id from control.staff where removed_at is null
  union all
  select a.person_id, g.operator_id, a.organisation_id
  from control.administrator a join organisation g on g.id = a.organisation_id
  where a.removed_at is null and a.accepted_at is not null;

-- The rights that the answer was given under, as SHA-256; an answer is given again under the same ones only.
alter table control.idempotency add column rights bytea;

-- Bounds of messages.
alter table operator
  -- The countries that SMS are sent to, by calling code; those of the Nordic countries unless the operator says otherwise.
  add column sms_calling_codes text[] not null default '{46,47,45,358,354}'
    check (array_length(sms_calling_codes, 1) between 1 and 50 and array_to_string(sms_calling_codes, ',') ~ '^[1-9][0-9]{0,3}(,[1-9][0-9]{0,3})*$'),
  -- How many SMS and e-mails one organisation may cause in an hour.
  add column organisation_sms_per_hour integer not null default 1000 check (organisation_sms_per_hour between 1 and 1000000),
  add column organisation_emails_per_hour integer not null default 200 check (organisation_emails_per_hour between 1 and 1000000);
create index message_of_organisation on control.message (organisation_id, channel, made_at) where organisation_id is not null;
create index message_of_kind on control.message (operator_id, kind, made_at);

-- When the administrators of a customer were told of an application to join it; null while they are still to be told.
alter table organisation add column deciders_told_at timestamptz;
update organisation set deciders_told_at = made_at where applies_to is not null;
create index application_to_tell on organisation (applies_to)
  where status = 1 and applies_to is not null and deciders_told_at is null;

-- An import, or a row of one, that waits because a bound of messages is reached.
alter table control.traveller_import add column not_before timestamptz;
alter table control.traveller_import_row add column not_before timestamptz;
