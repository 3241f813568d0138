-- Travellers who sign in -------------------------------------------------------------------------------------------------

-- The person that a traveller is, once the invitation is accepted. It ends with another e-mail address, since the person of
-- the old one may be another, and counts only while the traveller is not removed.
create table control.traveller_access (
  id              uuid primary key,
  traveller_id    uuid not null references traveller,
  organisation_id uuid not null references organisation,
  person_id       uuid not null references control.person,
  invited_at      timestamptz not null default ledger_now(),
  accepted_at     timestamptz,
  ended_at        timestamptz
);
create unique index traveller_access_of_traveller on control.traveller_access (traveller_id) where ended_at is null;
create index traveller_access_of_person on control.traveller_access (person_id) where ended_at is null;
-- Those that ended, too: for the export and the erasure.
create index traveller_access_of_traveller_ever on control.traveller_access (traveller_id);
create index traveller_access_of_person_ever on control.traveller_access (person_id);

-- What a traveller chose. No row: e-mail only.
create table control.traveller_choice (
  traveller_id uuid primary key references traveller,
  by_email     boolean not null default true,
  by_sms       boolean not null default false,
  check (by_email or by_sms)
);

-- An invitation is an administrator's or a traveller's.
alter table control.invitation
  alter column administrator_id drop not null,
  add column traveller_id uuid references traveller,
  add constraint invitation_of_one check (num_nonnulls(administrator_id, traveller_id) = 1);
create index invitation_of_traveller on control.invitation (traveller_id) where traveller_id is not null;

-- Where a person is known; now also as a traveller.
create or replace view control.place_of_person as
  select person_id, operator_id, null::uuid as organisation_id from control.staff where removed_at is null
  union all
  select a.person_id, g.operator_id, a.organisation_id
  from control.administrator a join organisation g on g.id = a.organisation_id
  where a.removed_at is null and a.accepted_at is not null
  union all
  select x.person_id, g.operator_id, x.organisation_id
  from control.traveller_access x
  join traveller t on t.id = x.traveller_id
  join organisation g on g.id = x.organisation_id
  where x.ended_at is null and x.accepted_at is not null and t.removed_at is null;

-- Terms --------------------------------------------------------------------------------------------------------------------

-- What people accept before they change anything: of each kind the version with the latest first day that has begun, by the
-- operator's clocks. What is in force stays as it is, since it is what was accepted; the control plane sees to that.
create table control.terms_document (
  id          bigint generated always as identity primary key,
  operator_id integer not null references operator,
  kind        text not null check (kind in ('privacy', 'travel', 'general')),
  version     text not null check (length(version) between 1 and 32),
  valid_from  date not null,
  -- Who accepts it, the sum of: 1 organisations, 2 travellers.
  accepted_by smallint not null check (accepted_by between 1 and 3),
  made_at     timestamptz not null default ledger_now(),
  unique (operator_id, kind, version)
);

create table control.terms_text (
  document_id bigint not null references control.terms_document on delete cascade,
  language    text not null check (language in ('sv', 'nb', 'en')),
  title       text not null,
  text        text not null,
  primary key (document_id, language)
);

-- Who accepted what: an organisation by a person, a traveller by the person or in the app. Rows are only added.
create table control.terms_acceptance (
  id              bigint generated always as identity primary key,
  document_id     bigint not null references control.terms_document,
  organisation_id uuid references organisation,
  traveller_id    uuid references traveller,
  -- Null where an app accepted.
  person_id       uuid references control.person,
  accepted_at     timestamptz not null default ledger_now(),
  check (num_nonnulls(organisation_id, traveller_id) = 1)
);
create unique index terms_acceptance_of_organisation on control.terms_acceptance (organisation_id, document_id)
  where organisation_id is not null;
create unique index terms_acceptance_of_traveller on control.terms_acceptance (traveller_id, document_id)
  where traveller_id is not null;

-- The documents of an operator that are in force now, of those that organisations (1) or travellers (2) accept.
create function control.terms_in_force(p_operator_id integer, p_accepted_by smallint)
  returns table (document_id bigint, kind text, version text, valid_from date)
  language sql stable set search_path = control, public, pg_temp as $$
  select distinct on (d.kind) d.id, d.kind, d.version, d.valid_from
  from control.terms_document d join operator o on o.id = d.operator_id
  where d.operator_id = p_operator_id and d.accepted_by & p_accepted_by <> 0
    and d.valid_from <= (ledger_now() at time zone o.time_zone)::date
  order by d.kind, d.valid_from desc, d.id desc
$$;

-- Connects an app as activate_app does, once the traveller has accepted the terms in force: 7 when not, with the versions that
-- are. That is found out from the request alone, before any code is looked at, so the answer is the same for a right code and a
-- wrong one, spends no code and counts as no failure. p_terms has versions by kind; p_terms_version stands for those that it
-- does not name. Servers of the release before call activate_app and ask for no terms.
create function connect_app(
  p_operator_id integer, p_client_id bigint, p_login text, p_login_key bytea, p_hmac bytea, p_activation_id uuid,
  p_device_name text, p_terms_version text, p_token_sha256 bytea,
  p_login_failures integer, p_client_failures integer, p_operator_failures integer, p_tries integer, p_retry interval,
  p_terms jsonb,
  out outcome smallint, out account uuid, out terms text)
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  select jsonb_object_agg(d.kind, d.version)::text into terms from control.terms_in_force(p_operator_id, 2::smallint) d;
  if exists (
    select from control.terms_in_force(p_operator_id, 2::smallint) d
    where coalesce(p_terms ->> d.kind, p_terms_version) is distinct from d.version)
  then
    outcome := 7;
    return;
  end if;

  select a.outcome, a.account into outcome, account
  from activate_app(
    p_operator_id, p_client_id, p_login, p_login_key, p_hmac, p_activation_id, p_device_name, p_terms_version, p_token_sha256,
    p_login_failures, p_client_failures, p_operator_failures, p_tries, p_retry) a;
  if outcome = 1 then
    insert into control.terms_acceptance (document_id, traveller_id)
    select d.document_id, b.traveller_id
    from control.terms_in_force(p_operator_id, 2::smallint) d
    cross join credit_account a join billing_snapshot b on b.id = a.billing_snapshot_id
    where a.id = account
    on conflict do nothing;
  end if;
end $$;
revoke all on function connect_app from public;

-- Trips --------------------------------------------------------------------------------------------------------------------

-- What an employer sees of the trips that it pays, beside product, amount, purpose and day: line, stop, zone, vehicle and time of
-- day. 1 nothing of it, 2 what the traveller consents to, 3 all.
alter table operator add column trip_visibility smallint not null default 1 check (trip_visibility between 1 and 3);

-- Since when the traveller consents to it; null: not.
alter table control.traveller_choice add column trip_consent_at timestamptz;

-- Requests -----------------------------------------------------------------------------------------------------------------

-- What travellers ask their administrators for. One that is asked again before it is decided replaces the one before.
create table control.traveller_request (
  id              uuid primary key,
  traveller_id    uuid not null references traveller,
  organisation_id uuid not null references organisation,
  account_id      uuid references credit_account,
  kind            text not null check (kind in ('more_credit', 'new_code', 'new_mobile')),
  limit_minor     bigint,
  mobile          text,
  text            text,
  state           smallint not null default 1 check (state between 1 and 4), -- 1 open, 2 granted, 3 refused, 4 replaced
  reason          text,
  decided_by      uuid references control.person,
  decided_at      timestamptz,
  made_at         timestamptz not null default ledger_now(),
  check ((kind = 'more_credit') = (limit_minor is not null)),
  check ((state in (2, 3)) = (decided_at is not null))
);
create unique index traveller_request_open on control.traveller_request (traveller_id, kind) where state = 1;
create index traveller_request_of_traveller on control.traveller_request (traveller_id, id);
create index traveller_request_of_organisation on control.traveller_request (organisation_id, id);

-- Whole lists --------------------------------------------------------------------------------------------------------------

-- An import of a whole list shows the travellers that the file does not have, and removes them once that was confirmed:
-- state 4 while it does. Servers of the release before leave such an import alone.
alter table control.traveller_import
  drop constraint traveller_import_state_check,
  add constraint traveller_import_state_check check (state in (1, 2, 3, 4)),
  add column is_whole_list boolean not null default false,
  -- Of how many travellers those that are missing were found.
  add column travellers_total integer not null default 0,
  add column missing_total integer not null default 0,
  add column removed_total integer not null default 0,
  add column kept_total integer not null default 0,
  -- SHA-256 of the list of those that are missing, as hex: the person who confirms it has seen that list.
  add column confirmation text,
  add column confirmed_by uuid references control.person,
  add column confirmed_from text,
  add column confirmed_at timestamptz,
  add column removed_at timestamptz;
drop index control.traveller_import_waiting;
create index traveller_import_at_work on control.traveller_import (made_at) where state in (1, 4);
create index traveller_import_whole_list on control.traveller_import (organisation_id, id) where is_whole_list;

create table control.traveller_import_missing (
  import_id    uuid not null references control.traveller_import,
  traveller_id uuid not null references traveller,
  -- As it was when it was found missing: a traveller that was changed since is not removed.
  revision     bigint not null,
  state        smallint not null default 1 check (state in (1, 2, 3)), -- 1 there, 2 removed, 3 kept
  reason       text,
  primary key (import_id, traveller_id)
);
create index traveller_import_missing_waiting on control.traveller_import_missing (import_id, traveller_id) where state = 1;

-- Erasure ------------------------------------------------------------------------------------------------------------------

-- After so many months without them the personal data of removed travellers are erased.
alter table operator add column retention_months integer not null default 24 check (retention_months between 1 and 120);

alter table traveller
  add column erasure_asked_at timestamptz,
  add column erased_at timestamptz,
  -- Until when the name stays on the snapshots that were invoiced, as accounts are kept; null: on none any more, or not erased.
  add column name_kept_until date;
create index traveller_not_erased on traveller (organisation_id, removed_at) where removed_at is not null and erased_at is null;
create index traveller_name_kept on traveller (organisation_id, name_kept_until) where name_kept_until is not null;

-- What is kept of a person is found by indexes, however much there is of others.
create index message_of_traveller on control.message (traveller_id) where traveller_id is not null;
create index audit_of_person on control.audit_entry (person_id) where person_id is not null;
create index session_of_person_ever on control.session (person_id);
create index charge_of_snapshot on billing.charge (billing_snapshot_id, invoice_month);
-- Messages that still have their recipients, which are taken out by age.
create index message_with_recipient on control.message (operator_id, made_at) where recipient <> '';

-- The audit trail is only ever added to; but personal data in it are erased, by the function below and nothing else: it runs as
-- the owner, and no other role may update the table.
create or replace function control.refuse_change_of_audit() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and current_setting('control.erasing', true) = '1' then
    return null;
  end if;
  raise exception 'The audit trail is only ever added to.';
end $$;

-- A state in the audit trail without what is of a person.
create function control.anonymous(state jsonb) returns jsonb language sql immutable parallel safe
  set search_path = control, public, pg_temp as $$
  select state - array[
    'email', 'name', 'first_name', 'last_name', 'mobile', 'employee_number', 'card_number', 'device_name', 'login', 'text', 'reason',
    'refusal_reason']
$$;

-- Takes the name of a traveller off the billing snapshots that no invoice of the years that accounts are kept is made from, and
-- says until when it stays on the others: p_years after the year of the last purchase. No row that is sealed is touched: a seal
-- depends on a snapshot's id and not on its name.
create function control.erase_name(p_traveller uuid, p_years integer) returns date
  language plpgsql security definer set search_path = control, public, pg_temp as $$
declare
  v_kept date;
begin
  if not exists (select from traveller t where t.id = p_traveller and t.erased_at is not null) then
    raise exception 'A traveller is erased first.' using errcode = 'insufficient_privilege';
  end if;

  -- Purchases month by month: the index of an account's purchases begins with the month. The offset keeps the planner to it.
  with purchased as (
    select e.billing_snapshot_id as id, max(e.invoice_month) as month
    from (select a.id from credit_account a join billing_snapshot b on b.id = a.billing_snapshot_id
          where b.traveller_id = p_traveller
          union select f.account_id from former_holder f where f.traveller_id = p_traveller) a
    cross join credit_months_after(0) m(month)
    cross join lateral (
      select e.billing_snapshot_id, e.invoice_month from authorisation e
      where e.credit_month = m.month and e.account_id = a.id offset 0) e
    group by e.billing_snapshot_id
  ), last as (
    select s.id, greatest(
        (select max(p.month) from billing.statement_part p where p.billing_snapshot_id = s.id),
        (select p.month from purchased p where p.id = s.id),
        (select max(c.invoice_month) from billing.charge c where c.billing_snapshot_id = s.id)) as month
    from billing_snapshot s where s.traveller_id = p_traveller
  ), until as (
    select last.id, make_date(last.month / 100 + p_years, 12, 31) as day from last
  ), erased as (
    update billing_snapshot s set traveller_name = '–'
    from until
    where s.id = until.id and s.traveller_name <> '–' and (until.day is null or until.day < ledger_now()::date)
  )
  select max(until.day) filter (where until.day >= ledger_now()::date) into v_kept from until;
  update traveller t set name_kept_until = v_kept where t.id = p_traveller;
  return v_kept;
end $$;
revoke all on function control.erase_name from public;

-- Erases the personal data of a traveller who was removed, but for the name on invoiced snapshots: see erase_name. The person's
-- sign-in goes with it unless the person is, or was, something else, too.
create function control.erase_traveller(p_traveller uuid, p_years integer) returns date
  language plpgsql security definer set search_path = control, public, pg_temp as $$
declare
  v_traveller traveller;
  v_operator integer;
  v_accounts uuid[];
  v_subjects text[];
  v_persons uuid[];
  v_emails text[];
begin
  select t.* into v_traveller from traveller t where t.id = p_traveller for update;
  if v_traveller.removed_at is null then
    raise exception 'A traveller is removed first.' using errcode = 'insufficient_privilege';
  end if;

  select g.operator_id into v_operator from organisation g where g.id = v_traveller.organisation_id;
  v_accounts := array(
    select a.id from credit_account a join billing_snapshot b on b.id = a.billing_snapshot_id
    where b.traveller_id = p_traveller and a.removed_at is not null);
  v_subjects := array['traveller:' || p_traveller]
    || array(select 'credit_account:' || id from unnest(v_accounts) id)
    || array(select 'request:' || r.id from traveller_request r where r.traveller_id = p_traveller);
  v_persons := array(
    select distinct x.person_id from traveller_access x
    where x.traveller_id = p_traveller
      and not exists (select from staff s where s.person_id = x.person_id)
      and not exists (select from administrator a where a.person_id = x.person_id)
      and not exists (
        select from traveller_access y join traveller t on t.id = y.traveller_id
        where y.person_id = x.person_id and t.id <> p_traveller and t.erased_at is null));
  v_emails := array(select p.email from person p where p.id = any (v_persons));

  update traveller t
  set name = '', email = '', mobile = null, erased_at = ledger_now(), revision = revision + 1
  where t.id = p_traveller;
  update credit_account a set mobile = null where a.id = any (v_accounts);
  update activation_code c set login = '', device_name = null, ended_at = coalesce(ended_at, ledger_now())
  where c.account_id = any (v_accounts);
  update traveller_request r set mobile = null, text = null, reason = null where r.traveller_id = p_traveller;
  delete from traveller_choice c where c.traveller_id = p_traveller;
  delete from traveller_import_row r using traveller_import i
  where i.id = r.import_id and i.organisation_id = v_traveller.organisation_id and r.email = v_traveller.email;
  delete from idempotency i where i.body like '%' || p_traveller || '%';
  update message m
  set recipient = '', subject = null, text = null, last_error = null, state = case when state = 1 then 4 else state end
  where m.traveller_id = p_traveller or m.account_id = any (v_accounts)
    or m.recipient = any (v_emails);
  -- What went to the number or the address while nobody knew whose it was.
  update message m set recipient = '', subject = null, text = null, last_error = null
  where m.recipient in (v_traveller.mobile, nullif(v_traveller.email, ''))
    and m.operator_id = v_operator and m.traveller_id is null and m.state <> 1;

  update traveller_access x set ended_at = coalesce(ended_at, ledger_now()) where x.traveller_id = p_traveller;
  update session s set address = null, ended_at = coalesce(ended_at, ledger_now()) where s.person_id = any (v_persons);
  update password_link l set ended_at = ledger_now()
  where l.person_id = any (v_persons) and l.used_at is null and l.ended_at is null;
  delete from sign_in_failure f where f.person_id = any (v_persons);
  delete from password_reset_request r where r.email = any (v_emails);

  perform set_config('control.erasing', '1', true);
  update audit_entry e set before = control.anonymous(e.before), after = control.anonymous(e.after)
  where e.operator_id = v_operator
    and e.subject = any (v_subjects || array(select 'person:' || id from unnest(v_persons) id));
  update audit_entry e set person_email = '', address = null where e.operator_id = v_operator and e.person_id = any (v_persons);
  perform set_config('control.erasing', '', true);

  update person p set email = 'erased-' || p.id || '@erased.invalid', name = '', password_hash = null where p.id = any (v_persons);
  return control.erase_name(p_traveller, p_years);
end $$;
revoke all on function control.erase_traveller from public;
