-- What the control plane keeps: the administrators, the trail of their changes, and the codes and messages that follow
-- from them. All of that is in a separate schema, which the data plane's role cannot read.
create schema control;

-- People --------------------------------------------------------------------------------------------------------------

-- People who administer, whatever they administer: one e-mail address and one password each.
create table control.person (
  id            uuid primary key,
  email         text not null unique,
  name          text not null,
  password_hash text
);

create table control.session (
  sha256     bytea primary key check (length(sha256) = 32),
  id         uuid not null default gen_random_uuid(),
  person_id  uuid not null references control.person,
  -- From where it was begun.
  address    text,
  made_at    timestamptz not null default ledger_now(),
  expires_at timestamptz not null,
  ended_at   timestamptz
);
create unique index session_id on control.session (id);
create index session_of_person on control.session (person_id) where ended_at is null;

-- Wrong passwords in a row, by SHA-256 of the e-mail address that was typed, whether anybody has it or not: signing in does
-- the same work for both.
create table control.sign_in_guard (
  login        bytea primary key check (length(login) = 32),
  failures     integer not null,
  locked_until timestamptz,
  changed_at   timestamptz not null
);

-- Each failure to sign in. Those of known people are copied to the audit trail after the answer was given.
create table control.sign_in_failure (
  id         bigint generated always as identity primary key,
  person_id  uuid,
  login      bytea not null,
  -- What the log calls the address: part of an HMAC of it.
  tag        text not null,
  address    text,
  failures   integer not null,
  is_lock    boolean not null,
  failed_at  timestamptz not null default ledger_now(),
  audited_at timestamptz
);
create index sign_in_failure_unaudited on control.sign_in_failure (id) where audited_at is null;
create index sign_in_failure_age on control.sign_in_failure (failed_at);

-- A request for a link to choose a new password. Kept for an hour, to bound how often, by SHA-256 of the e-mail address
-- and by the caller's address; the e-mail address itself until it is known whether it is a person's.
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

-- Who administers -----------------------------------------------------------------------------------------------------

create table control.staff (
  id          uuid not null default gen_random_uuid(),
  person_id   uuid not null references control.person,
  operator_id integer not null references operator,
  made_at     timestamptz not null default ledger_now(),
  removed_at  timestamptz,
  primary key (person_id, operator_id)
);
create unique index staff_id on control.staff (id);
create index staff_of_operator on control.staff (operator_id, id) where removed_at is null;

create table control.administrator (
  id                   uuid primary key,
  organisation_id      uuid not null references organisation,
  person_id            uuid not null references control.person,
  -- The name that the administrator was invited under. The one who invites is shown this one: the person's own name
  -- would reveal that the person is known elsewhere, so it is shown once the invitation has been accepted.
  invited_name         text,
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
  -- Shown to the invited; null when an operator's command invited.
  invited_by       uuid references control.person,
  expires_at       timestamptz not null,
  used_at          timestamptz,
  ended_at         timestamptz
);
create index invitation_of_administrator on control.invitation (administrator_id);

-- Where a person is known: the operators that the person is staff of, and the organisations that the person administers.
create view control.place_of_person as
  select person_id, operator_id, null::uuid as organisation_id from control.staff where removed_at is null
  union all
  select a.person_id, g.operator_id, a.organisation_id
  from control.administrator a join organisation g on g.id = a.organisation_id
  where a.removed_at is null and a.accepted_at is not null;

-- The audit trail -----------------------------------------------------------------------------------------------------

-- Who did what, when and from where, with the state before and after. Only ever added to, by whatever role.
create table control.audit_entry (
  id              bigint generated always as identity primary key,
  made_at         timestamptz not null default ledger_now(),
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

-- Repeated requests ---------------------------------------------------------------------------------------------------

-- The answer that a POST with an idempotency key got, kept for a day. An answer that held a secret is not kept, only that
-- it was given.
create table control.idempotency (
  owner    text not null,
  key      text not null,
  request  bytea not null,
  -- The rights that the answer was given under, as SHA-256; it is given again under the same ones only.
  rights   bytea,
  status   smallint not null,
  location text,
  etag     text,
  body     text,
  secret   boolean not null,
  made_at  timestamptz not null default ledger_now(),
  primary key (owner, key)
);
create index idempotency_age on control.idempotency (made_at);

-- Activation codes ----------------------------------------------------------------------------------------------------

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

-- Messages ------------------------------------------------------------------------------------------------------------

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
  next_attempt_at timestamptz not null default ledger_now(),
  -- After this it is no longer needed.
  expires_at      timestamptz not null,
  last_error      text,
  made_at         timestamptz not null default ledger_now(),
  sent_at         timestamptz
);
create index message_waiting on control.message (next_attempt_at) where state = 1;
create index message_of_operator on control.message (operator_id, id);
create index message_of_organisation on control.message (organisation_id, channel, made_at) where organisation_id is not null;
create index message_of_account on control.message (account_id) where account_id is not null;
create index message_of_kind on control.message (operator_id, kind, made_at);
create index message_to on control.message (recipient, made_at);

-- Imports -------------------------------------------------------------------------------------------------------------

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
  -- Errors are reported in the words of the file: what it calls its columns and where they are, by column as the
  -- template has them, 0 for a column that the file lacks.
  column_names    text[] not null default array['e-post', 'namn', 'mobilnummer', 'avdelning', 'kreditgräns'],
  column_places   integer[] not null default array[0, 0, 0, 0, 0],
  -- It waits until then because a bound of messages is reached.
  not_before      timestamptz,
  made_at         timestamptz not null default ledger_now(),
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
  -- The row waits until then because a bound of messages is reached.
  not_before    timestamptz,
  is_done       boolean not null default false,
  primary key (import_id, line)
);
create index traveller_import_row_waiting on control.traveller_import_row (import_id, line) where not is_done;

create table control.traveller_import_error (
  import_id uuid not null references control.traveller_import,
  line      integer not null,
  place     integer not null,
  field     text not null,
  -- What is wrong, for programs.
  code      text not null default 'malformed',
  message   text not null
);
create index traveller_import_error_of on control.traveller_import_error (import_id, line);

-- Giving back ---------------------------------------------------------------------------------------------------------

-- Which member of staff made an operation. The operation itself is a row like any other, of no client and no app.
create table control.staff_operation (
  operation_id uuid primary key,
  person_id    uuid not null references control.person,
  person_email text not null
);

-- The state of an authorisation as the API names it.
create function control.state_name(state smallint) returns text language sql immutable parallel safe
  set search_path = public, pg_temp as $$
  select case state when 10 then 'declined' when 20 then 'held' when 30 then 'captured' when 40 then 'voided'
                    when 50 then 'expired' when 60 then 'refunded' end
$$;

-- Refunds and voids that operator staff make from the control plane, whose role can make no purchase. Writes what was
-- decided under the lock of its accounts: voids and refunds, each with its person, the holds that were found lapsed,
-- and the balances afterwards; with a line of the audit trail for each, in the same transaction. Here and nowhere else
-- does the control plane's role write rows of the ledger, and whatever it is made to send, it can charge nothing, and
-- no more is refunded than was taken.
create function control.give_back(
  operations operation_row[], balances balance_row[], staff_operations uuid[], persons uuid[], emails text[], addresses text[])
  returns void language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if exists (
    select
    from unnest(operations) o
    left join authorisation e on e.id = o.authorisation_id and e.operator_id = o.operator_id
    where e.id is null or o.kind not in (2, 3, 4) or (o.kind = 4) = (o.id = any (staff_operations))
      or o.client_id is not null or o.app_account_id is not null or o.made_offline
      or o.spent_minor > 0 or o.held_minor > 0 or o.invoiced_minor > 0
  ) or exists (
    select
    from unnest(balances) u
    left join credit_account a on a.id = u.id and a.month = u.month
    where a.id is null or u.spent_minor > a.spent_minor or u.held_minor > a.held_minor or u.version <= a.version
  ) then
    raise exception 'The control plane voids, refunds and expires; it takes nothing.' using errcode = 'insufficient_privilege';
  end if;

  insert into operation (
    id, authorisation_id, ordinal, operator_id, kind, client_id, app_account_id, requested_minor, reason, made_offline,
    state_after, amount_minor, spent_minor, held_minor, invoiced_minor, account_id, billing_snapshot_id, credit_month,
    invoice_month, made_at, over_limit)
  select
    id, authorisation_id, ordinal, operator_id, kind, client_id, app_account_id, requested_minor, reason, made_offline,
    state_after, amount_minor, spent_minor, held_minor, invoiced_minor, account_id, billing_snapshot_id, credit_month,
    invoice_month, made_at, over_limit
  from unnest(operations);

  if exists (
    select
    from unnest(operations) o
    join authorisation e on e.id = o.authorisation_id
    where (case when e.decision = 1 and not e.hold and e.billing_snapshot_id is not null then e.amount_minor else 0 end)
          + (select sum(d.invoiced_minor) from operation d where d.authorisation_id = e.id) < 0
  ) then
    raise exception 'More would be refunded than was taken.' using errcode = 'insufficient_privilege';
  end if;

  update credit_account a
  set month = u.month, spent_minor = u.spent_minor, held_minor = u.held_minor, next_hold_expiry = u.next_hold_expiry,
      version = u.version
  from unnest(balances) u
  where a.id = u.id;

  insert into control.staff_operation (operation_id, person_id, person_email)
  select s.id, s.person, s.email
  from unnest(staff_operations, persons, emails) s(id, person, email);

  insert into control.audit_entry (
    operator_id, organisation_id, department_id, person_id, person_email, address, action, subject, before, after)
  select
    o.operator_id, p.organisation_id, p.department_id, s.person, s.email, s.address,
    case o.kind when 2 then 'authorisation.voided' else 'authorisation.refunded' end,
    'authorisation:' || o.authorisation_id,
    jsonb_build_object('state', control.state_name(coalesce(
      (select d.state_after from operation d where d.authorisation_id = o.authorisation_id and d.ordinal = o.ordinal - 1),
      case when e.decision = 2 then 10 when e.hold then 20 else 30 end::smallint))),
    jsonb_build_object(
      'state', control.state_name(o.state_after), 'operation_id', o.id, 'amount_minor', o.amount_minor,
      'invoiced_minor', o.invoiced_minor, 'reason', o.reason)
  from unnest(staff_operations, persons, emails, addresses) s(id, person, email, address)
  join unnest(operations) o on o.id = s.id
  join authorisation e on e.id = o.authorisation_id
  left join billing_snapshot p on p.id = o.billing_snapshot_id;
end $$;
revoke all on function control.give_back from public;

-- What the data plane's role may do here ------------------------------------------------------------------------------

-- Connecting an app: it may call these functions, and nothing else lets it make a token or look at a code. All run as the
-- owner.

-- 1 activated, 2 refused, 3 too many of the login were refused lately, 4 another activation of the login is under way,
-- 5 too many of the client or the operator were refused lately. 2 and 5 are recorded, so the caller must commit them.
-- No call waits for others in here: see docs/decisions/041-activation-under-a-crowd.md.
create function activate_app(
  p_operator_id integer, p_client_id bigint, p_login text, p_login_key bytea, p_hmac bytea, p_activation_id uuid,
  p_device_name text, p_terms_version text, p_token_sha256 bytea,
  p_login_failures integer, p_client_failures integer, p_operator_failures integer, p_tries integer, p_retry interval,
  out outcome smallint, out account uuid)
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v_now timestamptz := ledger_now();
  v_own bigint;
  v_is_spent boolean;
  v_code control.activation_code;
begin
  -- Before anything is locked: beyond the bound no call waits.
  if (select count(*) from control.activation_failure f
      where f.operator_id = p_operator_id and f.login = p_login_key and f.failed_at > v_now - interval '1 hour')
    >= p_login_failures
  then
    outcome := 3;
    return;
  end if;

  -- Tries of one login follow one another, so that none slips past the count of those before it. A try that arrives
  -- meanwhile is refused with that answer and waits outside, without a connection.
  if not pg_try_advisory_xact_lock(hashtextextended(encode(p_login_key, 'hex'), p_operator_id)) then
    outcome := 4;
    return;
  end if;

  v_now := ledger_now();
  select count(*) into v_own from control.activation_failure f
  where f.operator_id = p_operator_id and f.login = p_login_key and f.failed_at > v_now - interval '1 hour';
  if v_own >= p_login_failures then
    outcome := 3;
    return;
  end if;

  -- Counted as far as the bound only, so that a long list costs no more.
  v_is_spent :=
    (select count(*) from (select from control.activation_failure f
      where f.client_id = p_client_id and f.failed_at > v_now - interval '1 minute' limit p_client_failures) c)
      >= p_client_failures
    or (select count(*) from (select from control.activation_failure f
      where f.operator_id = p_operator_id and f.failed_at > v_now - interval '1 hour' limit p_operator_failures) o)
      >= p_operator_failures;
  -- Other logins' failures block no login: one without failures of its own is still checked.
  if v_is_spent and v_own > 0 then
    outcome := 5;
    return;
  end if;

  select c.* into v_code
  from control.activation_code c
  where c.operator_id = p_operator_id and c.login = p_login and c.hmac = p_hmac and c.ended_at is null
    and ((c.used_at is null and c.expires_at > v_now and c.tries < p_tries)
      or (c.activation_id = p_activation_id and c.used_at > v_now - p_retry));
  if found then
    -- The account first, like everybody; then the code as it is now.
    perform from credit_account a where a.id = v_code.account_id for no key update;
    select c.* into v_code from control.activation_code c where c.id = v_code.id for no key update;
    if v_code.ended_at is null
      and exists (select from credit_account a where a.id = v_code.account_id and a.removed_at is null)
      and ((v_code.used_at is null and v_code.expires_at > v_now and v_code.tries < p_tries)
        or (v_code.activation_id = p_activation_id and v_code.used_at > v_now - p_retry))
    then
      update access_token t set ended_at = v_now where t.account_id = v_code.account_id and t.ended_at is null;
      insert into access_token (sha256, operator_id, account_id)
      values (p_token_sha256, p_operator_id, v_code.account_id);
      update credit_account a set activated_at = v_now, revision = revision + 1 where a.id = v_code.account_id;
      if v_code.used_at is null then
        update control.activation_code c
        set used_at = v_now, tries = tries + 1, activation_id = p_activation_id, device_name = p_device_name,
            terms_version = p_terms_version
        where c.id = v_code.id;
      end if;
      insert into control.audit_entry
        (operator_id, organisation_id, department_id, person_email, action, subject, after)
      select p_operator_id, p.organisation_id, p.department_id, '', 'app.activated', 'credit_account:' || a.id,
             jsonb_build_object('device_name', p_device_name, 'terms_version', p_terms_version)
      from credit_account a join billing_snapshot p on p.id = a.billing_snapshot_id where a.id = v_code.account_id;
      outcome := 1;
      account := v_code.account_id;
      return;
    end if;
  end if;

  update control.activation_code c set tries = tries + 1
  where c.operator_id = p_operator_id and c.login = p_login and c.used_at is null and c.ended_at is null
    and c.tries < p_tries;
  -- What no bound counts any more goes with what comes.
  delete from control.activation_failure f
  where f.operator_id = p_operator_id and f.failed_at < v_now - interval '1 day';
  insert into control.activation_failure (operator_id, client_id, login, failed_at)
  values (p_operator_id, p_client_id, p_login_key, v_now);
  outcome := case when v_is_spent then 5 else 2 end;
end $$;
revoke all on function activate_app from public;

-- Ends the access of an account's app.
create function deactivate_app(p_account_id uuid) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v_now timestamptz := ledger_now();
begin
  perform from credit_account a where a.id = p_account_id for no key update;
  update access_token t set ended_at = v_now where t.account_id = p_account_id and t.ended_at is null;
  if found then
    update credit_account a set activated_at = null, revision = revision + 1 where a.id = p_account_id;
    insert into control.audit_entry (operator_id, organisation_id, department_id, person_email, action, subject)
    select a.operator_id, p.organisation_id, p.department_id, '', 'app.deactivated', 'credit_account:' || a.id
    from credit_account a join billing_snapshot p on p.id = a.billing_snapshot_id where a.id = p_account_id;
  end if;
end $$;
revoke all on function deactivate_app from public;

-- While the key of activation codes is changed, a code may be kept under either of two keys. The servers send what the
-- code comes to under each, in the order in which they are to be looked for; this says which of them is kept, or the
-- first. It reveals nothing else, and returns only what it was given.
create function activation_code_hmac(p_operator_id integer, p_login text, p_hmacs bytea[]) returns bytea
  language sql stable security definer set search_path = public, pg_temp as $$
  select coalesce(
    (select c.hmac
     from control.activation_code c
     where c.operator_id = p_operator_id and c.login = p_login and c.hmac = any (p_hmacs) and c.ended_at is null
     order by array_position(p_hmacs, c.hmac)
     limit 1),
    p_hmacs[1])
$$;
revoke all on function activation_code_hmac from public;

-- The job scheduler ---------------------------------------------------------------------------------------------------

-- The tables of Quartz, which makes them itself.
create schema scheduler;
