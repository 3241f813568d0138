-- Which rates of VAT an operator's purchases may have; invoices that are corrected by a credit note and a new invoice; what products
-- are called on invoices; and times that people read by the ledger's clock.

-- A category's letter and its rate in hundredths of a percent, such as S600 or Z0. Null: those of the operator's country. The
-- operator's own rate is allowed in any case.
alter table operator add column vat_rates text[]
  check (cardinality(vat_rates) > 0 and array_to_string(vat_rates, ',', '?') ~ '^(S[1-9][0-9]{0,4}|Z0|O0)(,(S[1-9][0-9]{0,4}|Z0|O0))*$');

-- What the operator calls the products that clients name by code. Rows are only ever added: an invoice goes on saying what it said.
create table control.product_texts (
  id          bigint generated always as identity primary key,
  operator_id integer not null references operator,
  texts       jsonb not null
);
create trigger refuse_change before update or delete or truncate on control.product_texts
  for each statement execute function control.refuse_change_of_closed();
alter table control.invoicing add column product_texts_id bigint references control.product_texts;

alter table control.invoice
  add column product_texts_id bigint references control.product_texts,
  -- The invoice that this one takes back whole, all signs turned; and the one that it stands instead of.
  add column cancels uuid unique references control.invoice,
  add column replaces uuid unique references control.invoice,
  -- The rate at which rows stand on it whose own rate the seller's country does not have; null where there were none.
  add column vat_basis_points_instead integer check (vat_basis_points_instead between 1 and 10000),
  -- The number without the prefix, which never ends with a digit.
  add column series_number bigint generated always as (right(substring(number from '[0-9]+$'), 15)::bigint) stored,
  add check (cancels is null or replaces is null),
  drop constraint invoice_operator_id_month_organisation_id_billing_reference_key;
-- One is in force for each organisation, reference and month: the first one is made once, and each is taken back once and replaced
-- once.
create unique index invoice_first on control.invoice (operator_id, month, organisation_id, billing_reference)
  where cancels is null and replaces is null;
create index invoice_in_series on control.invoice (operator_id, series_number desc);
create index invoice_of_month on control.invoice (operator_id, month, series_number);

alter table organisation alter column made_at set default ledger_now();
alter table prepaid_card alter column marked_at set default ledger_now();
alter table access_token alter column issued_at set default ledger_now();
alter table control.session alter column made_at set default ledger_now();
alter table control.staff alter column made_at set default ledger_now();
alter table control.audit_entry alter column made_at set default ledger_now();
alter table control.idempotency alter column made_at set default ledger_now();
alter table control.traveller_import alter column made_at set default ledger_now();
alter table control.message
  alter column made_at set default ledger_now(),
  alter column next_attempt_at set default ledger_now();
