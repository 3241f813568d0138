-- A decision can rest on a copy of an account, as long as the account's version is still the copy's when it is
-- committed. So whatever a decision looks at must raise the version when it changes, whoever changes it and how.

-- The account itself. The service raises the version with every purchase; this catches everybody else, psql included.
create function raise_account_version() returns trigger language plpgsql as $$
begin
  new.version := old.version + 1;
  return new;
end $$;
create trigger raise_account_version before update on credit_account
  for each row when (new.version = old.version) execute function raise_account_version();

-- The organisation: a suspension is a change of each of its accounts. They are locked in the order of their ids, as
-- everywhere, before they are written.
create function raise_versions_of_organisation() returns trigger language plpgsql as $$
begin
  perform from credit_account a
  where a.particulars_id in (select p.id from particulars p where p.organisation_id = new.id)
  order by a.id for no key update;
  update credit_account a set version = version + 1
  where a.particulars_id in (select p.id from particulars p where p.organisation_id = new.id);
  return new;
end $$;
create trigger raise_versions_of_organisation after update of suspended_at on organisation
  for each row when (new.suspended_at is distinct from old.suspended_at)
  execute function raise_versions_of_organisation();
create index particulars_of_organisation on particulars (organisation_id);
create index credit_account_particulars on credit_account (particulars_id);

-- The operator: turning credit on cards on or off is a change of each of its cards.
create function raise_versions_of_cards() returns trigger language plpgsql as $$
begin
  perform from credit_account a where a.operator_id = new.id and a.kind = 1 order by a.id for no key update;
  update credit_account a set version = version + 1 where a.operator_id = new.id and a.kind = 1;
  return new;
end $$;
create trigger raise_versions_of_cards after update of offers_card_credit on operator
  for each row when (new.offers_card_credit is distinct from old.offers_card_credit)
  execute function raise_versions_of_cards();

-- Prepaid tickets: marking a card, or taking the mark away, is a change of the card's accounts.
create function raise_versions_of_prepaid_card() returns trigger language plpgsql as $$
declare
  card prepaid_card := case when tg_op = 'DELETE' then old else new end;
begin
  update credit_account a set version = version + 1
  where a.operator_id = card.operator_id and a.card_number = card.card_number;
  return null;
end $$;
create trigger raise_versions_of_prepaid_card after insert or delete on prepaid_card
  for each row execute function raise_versions_of_prepaid_card();
