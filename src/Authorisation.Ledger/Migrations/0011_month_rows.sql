-- The rows of a month: what stands on its invoices, and in whose seals.

-- An authorisation's account_id is what its caller asked for. Where there are billing snapshot as well it is an account of
-- the operator; without them it may be anything, another operator's account too. Rows on no account are looked for by
-- their invoice month. On a large ledger these are built beforehand, concurrently, as docs/operations.md says.
create index if not exists authorisation_on_no_account on authorisation (operator_id, invoice_month, id)
  where account_id is null or billing_snapshot_id is null;
create index if not exists operation_on_no_account on operation (operator_id, invoice_month, id)
  where account_id is null or billing_snapshot_id is null;

-- All that a month has of one account. Statements, seals, invoices and reports are made from this and nothing else.
-- A row is of the month on whose invoice it stands. It is late if it counts in an older month, which was closed before
-- it came. Holds and declines put nothing on an invoice. Nor does an operation whose authorisation is gone: its rate of
-- VAT is not known any more, so it has no category here.
-- A purchase counts once, in the month on whose invoice it was put. A void takes it out of the count of that month; in
-- a later month it takes nothing out, since the purchase was counted elsewhere. So no count is below 0.
-- Callers put "offset 0" around it, so that each index is searched by account, and name the columns that they need: a
-- digest is computed only for those that ask for it. $1 is the operator, $2 the account, $3 the month.
create function control.month_rows(integer, uuid, integer) returns table (
  is_operation     boolean,
  id               uuid,
  authorisation_id uuid,
  kind             smallint,    -- of the operation; null: the authorisation itself
  billing_snapshot_id   bigint,      -- who pays
  vat_category     text,
  vat_basis_points integer,
  card_number      text,
  purpose          text,
  product          text,
  occurred_at      timestamptz, -- by the device's clock, which knows nothing of what was given back
  recorded_at      timestamptz,
  credit_month     integer,
  purchases        integer,     -- by how much it changes the count
  invoiced_minor   bigint,      -- what it puts on the invoice, or takes off
  late_minor       bigint,      -- how much of that is of an older month
  held_minor       bigint,      -- by how much it changes what the month itself holds
  digest           bytea
) language sql stable parallel safe as $$
  select false, e.id, e.id, null::smallint, e.billing_snapshot_id, e.vat_category, e.vat_basis_points, e.card_number,
         e.purpose, e.product, e.occurred_at, e.decided_at, e.credit_month,
         (e.decision = 1 and not e.hold)::integer,
         case when e.decision = 1 and not e.hold then e.amount_minor else 0 end,
         case when e.decision = 1 and not e.hold and e.invoice_month > e.credit_month then e.amount_minor else 0 end,
         case when e.decision = 1 and e.hold and e.invoice_month = e.credit_month then e.amount_minor else 0 end,
         control.digest(row(e.*)::authorisation)
  from (
    select * from authorisation where account_id = $2 and credit_month = $3 and invoice_month = $3
    union all
    select * from authorisation where account_id = $2 and invoice_month = $3 and invoice_month > credit_month
  ) e
  where e.operator_id = $1 and e.billing_snapshot_id is not null
  union all
  select true, o.id, o.authorisation_id, o.kind, o.billing_snapshot_id, e.vat_category, e.vat_basis_points, e.card_number,
         e.purpose, e.product, case when o.invoiced_minor > 0 then e.occurred_at end, o.made_at, o.credit_month,
         case
           when e.id is null then 0
           when o.invoiced_minor > 0 then 1
           when o.kind = 2 and o.invoiced_minor < 0 and o.invoice_month = coalesce(
             (select t.invoice_month from operation t
              where t.authorisation_id = o.authorisation_id and t.invoiced_minor > 0 order by t.ordinal desc limit 1),
             e.invoice_month) then -1
           else 0
         end,
         case when e.id is null then 0 else o.invoiced_minor end,
         case when e.id is null or o.invoice_month = o.credit_month then 0 else o.invoiced_minor end,
         case when o.invoice_month = o.credit_month then o.held_minor else 0 end,
         control.digest(row(o.*)::operation)
  from (
    select * from operation where account_id = $2 and credit_month = $3 and invoice_month = $3
    union all
    select * from operation where account_id = $2 and invoice_month = $3 and invoice_month > credit_month
  ) o
  left join authorisation e on e.id = o.authorisation_id
  where o.operator_id = $1 and o.billing_snapshot_id is not null
$$;

-- What an account had on the invoices of a closed month, and what it held when that was closed; its parts are by who
-- pays and rate of VAT. What the account had used of its limit is the invoiced without the late, and the held.
alter table control.statement
  drop column spent_minor,
  add column invoiced_minor bigint not null default 0,
  add column late_minor bigint not null default 0;
alter table control.statement_part
  drop column spent_minor,
  add column late_minor bigint not null default 0;

-- Travellers whose account is another traveller's now: somebody who was removed and added again under the same address
-- is another traveller. What was bought before stays in the name of the first.
create table former_holder (
  traveller_id uuid not null references traveller,
  account_id   uuid not null references credit_account,
  primary key (traveller_id, account_id)
);

create function note_former_holder() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  insert into former_holder (traveller_id, account_id)
  select o.traveller_id, new.id
  from billing_snapshot o join billing_snapshot n on n.id = new.billing_snapshot_id
  where o.id = old.billing_snapshot_id and o.traveller_id <> n.traveller_id
  on conflict do nothing;
  return null;
end $$;
create trigger note_former_holder after update of billing_snapshot_id on credit_account
  for each row when (new.billing_snapshot_id <> old.billing_snapshot_id) execute function note_former_holder();

-- Last, since it locks the tables until the end: a moment.
drop index authorisation_without_account;
drop index operation_without_account;
