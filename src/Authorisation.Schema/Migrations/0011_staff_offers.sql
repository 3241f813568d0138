-- Staff offers: season tickets at the employer's terms that travellers apply for, and administrators approve or refuse.

-- What an employer offers, and how the traveller pays for it. A change of terms is another offer.
create table control.staff_offer (
  id               uuid primary key,
  operator_id      integer not null references operator,
  organisation_id  uuid not null references organisation,
  product          text not null,
  -- In how many months' payrolls it is taken.
  months           smallint not null check (months between 1 and 12),
  -- What the employer bears, in per cent or as an amount; the rest is taken from the salary.
  employer_percent smallint check (employer_percent between 0 and 100),
  employer_minor   bigint check (employer_minor between 1 and 10000000),
  made_at          timestamptz not null default ledger_now(),
  closed_at        timestamptz,
  foreign key (operator_id, product) references product,
  check (num_nonnulls(employer_percent, employer_minor) <= 1)
);
create unique index staff_offer_open on control.staff_offer (organisation_id, product) where closed_at is null;
create index staff_offer_of_organisation on control.staff_offer (organisation_id, id);

create table control.staff_application (
  id              uuid primary key,
  offer_id        uuid not null references control.staff_offer,
  operator_id     integer not null references operator,
  organisation_id uuid not null references organisation,
  department_id   uuid not null references department, -- the traveller's, which pays
  traveller_id    uuid not null references traveller,
  -- What is to carry the ticket: a card, or the app of a mobile number. Neither: the person was erased.
  card_number     text check (card_number ~ '^[0-9]{6,20}$'),
  mobile          text check (mobile ~ '^\+[1-9][0-9]{7,14}$'),
  state           smallint not null default 1 check (state in (1, 2, 3, 4)), -- 1 applied, 2 approved, 3 refused, 4 withdrawn
  -- The price of the day of the approval, VAT included, and the ticket that it ordered.
  price_minor     bigint check (price_minor between 1 and 10000000),
  ticket_id       uuid unique references control.ticket,
  refusal_reason  text,
  applied_at      timestamptz not null default ledger_now(),
  decided_at      timestamptz,
  revision        bigint not null default 1,
  check (card_number is null or mobile is null),
  check ((state = 2) = (ticket_id is not null))
);
create unique index staff_application_open on control.staff_application (offer_id, traveller_id) where state = 1;
create index staff_application_of_organisation on control.staff_application (organisation_id, id);
create index staff_application_in_state on control.staff_application (organisation_id, state, id);
create index staff_application_of_traveller on control.staff_application (traveller_id, id);
