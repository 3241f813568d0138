-- What grows with use stays cheap: see decision 054.

-- Purchases --------------------------------------------------------------------------------------------------------------

-- The month first. What is bought in a month then goes to one part of the index, which stays in memory and is written to
-- the log whole once a checkpoint. With the account first, as it was, each purchase went to a page of its own, anywhere in
-- the rows of all years. Callers that ask for an account name the month, too.
drop index authorisation_of_account;
create index authorisation_of_account on authorisation (credit_month, account_id, decided_at)
  where account_id is not null;

-- The months after one that anything has been decided in on an account, of whatever operator: one look at the index for each.
-- For callers that ask for an account's rows of several months, one month after the other.
create function credit_months_after(p_month integer) returns setof integer
  language sql stable parallel safe set search_path = public, pg_temp as $$
  with recursive found(month) as (
    select (select e.credit_month from authorisation e
            where e.account_id is not null and e.credit_month > p_month order by e.credit_month limit 1)
    union all
    select (select e.credit_month from authorisation e
            where e.account_id is not null and e.credit_month > f.month order by e.credit_month limit 1)
    from found f where f.month is not null)
  select f.month from found f where f.month is not null
$$;

-- As they were, with the authorisations of an account looked for month by month.
create or replace function billing.is_month_used(p_operator_id integer, p_first integer, p_open integer) returns boolean
  language sql set search_path = public, pg_temp as $$
  select exists (
      select from credit_months_after(p_first - 1) m(month)
      cross join credit_account a
      cross join lateral (
        select from authorisation e
        where e.credit_month = m.month and e.account_id = a.id and e.operator_id = p_operator_id and e.invoice_month < p_open
        limit 1) e
      where m.month < p_open and a.operator_id = p_operator_id)
    or exists (
      select from credit_account a
      where a.operator_id = p_operator_id and (
        exists (select from authorisation e where e.account_id = a.id and e.operator_id = p_operator_id
                and e.invoice_month > e.credit_month and e.invoice_month >= p_first and e.invoice_month < p_open)
        or exists (select from operation o where o.account_id = a.id and o.operator_id = p_operator_id
                   and o.credit_month >= p_first and o.credit_month < p_open and o.invoice_month < p_open)
        or exists (select from operation o where o.account_id = a.id and o.operator_id = p_operator_id
                   and o.invoice_month > o.credit_month and o.invoice_month >= p_first and o.invoice_month < p_open)))
    -- On no account of the operator's: what another operator's account was typed for is here too.
    or exists (select from authorisation e where e.operator_id = p_operator_id
               and (e.account_id is null or e.billing_snapshot_id is null) and e.invoice_month >= p_first and e.invoice_month < p_open)
    or exists (select from operation o where o.operator_id = p_operator_id
               and (o.account_id is null or o.billing_snapshot_id is null) and o.invoice_month >= p_first and o.invoice_month < p_open)
    or exists (select from billing.charge c where c.operator_id = p_operator_id
               and c.invoice_month >= p_first and c.invoice_month < p_open)
$$;

create or replace function billing.misplaced_accounts(p_operator_id integer, p_open integer, p_now integer) returns uuid[]
  language sql set search_path = public, pg_temp as $$
  with later as materialized (select m.month from credit_months_after(p_now) m(month))
  select coalesce(array_agg(a.id order by a.id), '{}')
  from credit_account a
  where a.operator_id = p_operator_id and (
    a.month > p_now
    or exists (
      select from later m
      cross join lateral (
        select from authorisation e
        where e.credit_month = m.month and e.account_id = a.id and e.operator_id = p_operator_id limit 1) e)
    or exists (select from operation o where o.account_id = a.id and o.operator_id = p_operator_id
               and o.credit_month > p_now)
    or exists (select from authorisation e where e.account_id = a.id and e.operator_id = p_operator_id
               and e.invoice_month > e.credit_month and e.invoice_month >= p_open)
    or exists (select from operation o where o.account_id = a.id and o.operator_id = p_operator_id
               and o.invoice_month > o.credit_month and o.invoice_month >= p_open))
$$;

-- Pages and lists --------------------------------------------------------------------------------------------------------

-- An operator's accounts in the order of their ids, by which its month end goes; no column of it changes with a purchase.
create index credit_account_of_operator on credit_account (operator_id, id);
-- The tokens of apps are many, those of a client few.
create index access_token_of_client on access_token (client_id) where client_id is not null;
create index organisation_applies_to on organisation (applies_to) where applies_to is not null;
create index department_of_parent on department (parent_id) where parent_id is not null;
create index billing_snapshot_of_place on billing_snapshot (organisation_id, department_id, traveller_id);
create index billing_snapshot_of_reference on billing_snapshot (organisation_id, billing_reference, id);
create index audit_of_department on control.audit_entry (department_id, id) where department_id is not null;
create index audit_of_subject on control.audit_entry (subject, id);
-- What was not sent is looked for among all that was.
create index message_unsent on control.message (operator_id, id) where state in (1, 3, 4);
create index month_end_of_operator on billing.month_end (operator_id, id);
