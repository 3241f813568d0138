-- What an operator sells, and at what price on which day.

-- A ticket type. Its code is what clients name it by in a purchase; code and kind never change, since rules and reports go by them.
create table product (
  operator_id        integer not null references operator,
  code               text not null check (length(code) between 1 and 64),
  name_sv            text not null check (length(name_sv) between 1 and 200),
  name_nb            text not null check (length(name_nb) between 1 and 200),
  name_en            text not null check (length(name_en) between 1 and 200),
  kind               smallint not null check (kind between 1 and 6), -- 1 single, 2 day, 3 flex, 4 period, 5 year, 6 subscription
  zones              text[] check (cardinality(zones) between 1 and 200), -- null: the whole county
  traveller_category text not null
    check (traveller_category in ('adult', 'youth', 'child', 'student', 'senior')),
  vat_basis_points   integer not null check (vat_basis_points between 0 and 10000),
  vat_category       text not null check (vat_category in ('S', 'Z', 'O')),
  -- Where it may be sold, the sum of: 1 credit, 2 order, 4 staff offer, 8 subscription. 0: nowhere any more.
  sold_by            smallint not null check (sold_by between 0 and 15),
  revision           bigint not null default 1,
  primary key (operator_id, code),
  check ((vat_category = 'S') = (vat_basis_points > 0))
);

-- Dated prices, VAT included. Rows are only ever added: the price of a day is that of the row with the latest first day that is
-- not after it, and of several of one first day the one that was added last. None is added for a day that has begun, but for
-- a product's first one: so the price list of a day that began stands.
create table product_price (
  id          bigint generated always as identity primary key,
  operator_id integer not null,
  product     text not null,
  valid_from  date not null,
  price_minor bigint not null check (price_minor between 1 and 10000000),
  added_at    timestamptz not null default ledger_now(),
  foreign key (operator_id, product) references product
);
create index product_price_of_day on product_price (operator_id, product, valid_from desc, id desc);

create function refuse_change_of_price() returns trigger language plpgsql as $$
begin
  raise exception 'A price is never changed: add one that is valid from a later day.';
end $$;
create trigger refuse_change before update or delete or truncate on product_price
  for each statement execute function refuse_change_of_price();

-- The price of a product on a day; null when it has none yet.
create function price_on(p_operator_id integer, p_product text, p_day date) returns bigint
  language sql stable parallel safe set search_path = public, pg_temp as $$
  select p.price_minor
  from product_price p
  where p.operator_id = p_operator_id and p.product = p_product and p.valid_from <= p_day
  order by p.valid_from desc, p.id desc
  limit 1
$$;
