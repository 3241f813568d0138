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
