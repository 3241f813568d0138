-- Accounting --------------------------------------------------------------------------------------------------------------

-- The accounts of an operator's bookkeeping that its invoices go to. No row: nothing is exported yet.
create table billing.accounting (
  operator_id integer primary key references operator,
  accounts    jsonb not null,
  revision    bigint not null
);
