-- Tickets that administrators send to travellers: the orders, each ticket with its bearer and its state, and what happened to it.

-- A traveller of one order, with a name and no more than a mobile number: is in no list, has no credit and cannot sign in, since the
-- row is that of a removed traveller from the beginning. Invoices, reports, export and erasure treat it as any other.
alter table traveller add column is_temporary boolean not null default false;
alter table traveller add constraint traveller_temporary_is_removed check (not is_temporary or removed_at is not null);

-- Marks that came with a ticket go with the card's last one; those that staff or the ticket system set stay until they take them away.
alter table prepaid_card add column came_with_ticket boolean not null default false;

create table control.ticket_order (
  id              uuid primary key,
  operator_id     integer not null references operator,
  organisation_id uuid not null references organisation,
  department_id   uuid not null references department, -- which pays
  reason          text not null check (length(reason) between 1 and 200),
  -- Who ordered; null: the service itself.
  person_id       uuid references control.person,
  person_email    text not null,
  ordered_at      timestamptz not null default ledger_now()
);
create index ticket_order_of_organisation on control.ticket_order (organisation_id, id);
create index ticket_order_of_department on control.ticket_order (department_id, id);

-- One ticket. What was ordered and what it costs never changes; its bearer and state do. Bearer and journey go when a person is
-- erased.
create table control.ticket (
  id              uuid primary key,
  order_id        uuid not null references control.ticket_order,
  ordinal         smallint not null check (ordinal > 0), -- its place in the order
  operator_id     integer not null references operator,
  organisation_id uuid not null references organisation,
  department_id   uuid not null references department,
  traveller_id    uuid not null references traveller,
  product         text not null,
  price_minor     bigint not null check (price_minor between 1 and 10000000), -- of the day of the order, VAT included
  charge_id       uuid not null unique references billing.charge,
  month           integer not null,   -- in which it was ordered, by the operator's clocks
  ordered_at      timestamptz not null default ledger_now(),
  journey         jsonb,              -- from, to, departure and zones, where it was ordered for a journey
  -- 1 ordered, 2 delivered, 3 activated, 4 used up, 5 expired, 6 ended, 7 cancelled, 8 undeliverable
  state           smallint not null default 1 check (state between 1 and 8),
  -- What carries it: a card, or the app of a mobile number. Neither: the person was erased.
  card_number     text check (card_number ~ '^[0-9]{6,20}$'),
  mobile          text check (mobile ~ '^\+[1-9][0-9]{7,14}$'),
  bearer_since    timestamptz not null default ledger_now(),
  revision        bigint not null default 1,
  foreign key (operator_id, product) references product,
  check (card_number is null or mobile is null),
  unique (order_id, ordinal)
);
create index ticket_of_organisation on control.ticket (organisation_id, id);
create index ticket_of_department on control.ticket (department_id, id);
create index ticket_of_traveller on control.ticket (traveller_id, id);
create index ticket_of_month on control.ticket (organisation_id, month, id);
create index ticket_in_state on control.ticket (organisation_id, state, id);
-- Lists ask for a bearer by the last four digits: whole numbers are in no address.
create index ticket_on_bearer on control.ticket (organisation_id, right(coalesce(card_number, mobile), 4), id);
-- Tickets that a card still carries.
create index ticket_live_on_card on control.ticket (operator_id, card_number)
  where card_number is not null and state in (1, 2, 3);

-- What happened to a ticket; only ever added to. Bearers can be taken out when a person is erased, and nothing else.
create table control.ticket_event (
  id            bigint generated always as identity primary key,
  ticket_id     uuid not null references control.ticket,
  operator_id   integer not null,
  event         text not null check (event ~ '^[a-z][a-z_]{0,31}$'),
  -- The id that the ticket system gave what it reported; a repeated report is answered as the first one was.
  event_id      uuid,
  occurred_at   timestamptz not null, -- as reported; for what was done here the moment of it
  recorded_at   timestamptz not null default ledger_now(),
  person_id     uuid references control.person,
  recorded_by   text not null,        -- the person's e-mail address; empty for the ticket system and the service itself
  client_id     bigint,               -- the ticket system
  state_before  smallint,             -- null: it was ordered
  state_after   smallint not null,
  bearer_before text,                 -- where it changed
  bearer_after  text,
  reason        text check (length(reason) between 1 and 500)
);
create index ticket_event_of_ticket on control.ticket_event (ticket_id, id);
create unique index ticket_event_once on control.ticket_event (operator_id, event_id) where event_id is not null;

create function control.refuse_change_of_ticket_event() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if tg_op = 'UPDATE' then
    if new.bearer_before is null and new.bearer_after is null
      and (to_jsonb(new) - 'bearer_before' - 'bearer_after') = (to_jsonb(old) - 'bearer_before' - 'bearer_after')
    then
      return new;
    end if;
  end if;
  raise exception 'What happened to a ticket is only ever added to.';
end $$;
create trigger refuse_change before update or delete on control.ticket_event
  for each row execute function control.refuse_change_of_ticket_event();
create trigger refuse_truncation before truncate on control.ticket_event
  for each statement execute function control.refuse_change_of_ticket_event();
