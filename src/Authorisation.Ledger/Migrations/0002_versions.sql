-- A decision can rest on a copy of an account, as long as the account's version is still the copy's when it is
-- committed. So whatever a decision looks at must raise the version when it changes, whoever changes it and how.
--
-- A copy can also be taken while such a change is not committed yet, of an account that the change did not find: one
-- that is being given, or moved to where the change is. Those who give or move an account share a lock with those who
-- change what is around it, so that one of them waits and then sees what the other did.

-- The account itself. The service raises the version with every purchase; this catches everybody else, psql included.
create function raise_account_version() returns trigger language plpgsql as $$
begin
  new.version := old.version + 1;
  return new;
end $$;
create trigger raise_account_version before update on credit_account
  for each row when (new.version = old.version) execute function raise_account_version();

-- Given: at its end, the statement waits for changes of the organisations and operators concerned, and keeps others
-- from beginning until the accounts can be seen.
create function share_surroundings_of_given() returns trigger language plpgsql as $$
begin
  perform from operator o where o.id in (select operator_id from given where kind = 1) order by o.id for share;
  perform from organisation g
  where g.id in (select p.organisation_id from billing_snapshot p where p.id in (select billing_snapshot_id from given))
  order by g.id for share;
  return null;
end $$;
create trigger share_surroundings_of_given after insert on credit_account
  referencing new table as given for each statement execute function share_surroundings_of_given();

-- Moved: likewise. Not within an organisation, where its suspension finds the account on either side of the move.
create function share_surroundings_of_moved() returns trigger language plpgsql as $$
declare
  organisation_before uuid := (select organisation_id from billing_snapshot where id = old.billing_snapshot_id);
  organisation_after uuid := (select organisation_id from billing_snapshot where id = new.billing_snapshot_id);
begin
  if (old.operator_id, old.kind, old.card_number) is distinct from (new.operator_id, new.kind, new.card_number) then
    perform from operator o where o.id = new.operator_id for share;
  end if;
  if organisation_before is distinct from organisation_after then
    perform from organisation g where g.id = organisation_after for share;
  end if;
  return null;
end $$;
create trigger share_surroundings_of_moved after update of operator_id, kind, card_number, billing_snapshot_id on credit_account
  for each row execute function share_surroundings_of_moved();

-- The organisation: a suspension is a change of each of its accounts. They are locked in the order of their ids, as
-- everywhere, before they are written.
create function raise_versions_of_organisation() returns trigger language plpgsql as $$
begin
  perform from credit_account a
  where a.billing_snapshot_id in (select p.id from billing_snapshot p where p.organisation_id = new.id)
  order by a.id for no key update;
  update credit_account a set version = version + 1
  where a.billing_snapshot_id in (select p.id from billing_snapshot p where p.organisation_id = new.id);
  return new;
end $$;
create trigger raise_versions_of_organisation after update of suspended_at on organisation
  for each row when (new.suspended_at is distinct from old.suspended_at)
  execute function raise_versions_of_organisation();
create index billing_snapshot_of_organisation on billing_snapshot (organisation_id);
create index credit_account_billing_snapshot on credit_account (billing_snapshot_id);

-- Billing snapshots are only ever added. Should somebody give a row to another organisation all the same, its accounts go along.
create function raise_versions_of_billing_snapshot() returns trigger language plpgsql as $$
begin
  perform from organisation g where g.id = new.organisation_id for share;
  perform from credit_account a where a.billing_snapshot_id = new.id order by a.id for no key update;
  update credit_account a set version = version + 1 where a.billing_snapshot_id = new.id;
  return null;
end $$;
create trigger raise_versions_of_billing_snapshot after update of organisation_id on billing_snapshot
  for each row when (new.organisation_id is distinct from old.organisation_id)
  execute function raise_versions_of_billing_snapshot();

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

-- Prepaid tickets: marking cards, or taking marks away, is a change of the cards' accounts. The operator's row stands
-- for its marks: who gives a credit shares it, so that credit and mark do not miss each other.
create function raise_versions_of_prepaid_cards() returns trigger language plpgsql as $$
begin
  perform from operator o where o.id in (select operator_id from marks) order by o.id for no key update;
  perform from credit_account a
  where (a.operator_id, a.card_number) in (select operator_id, card_number from marks)
  order by a.id for no key update;
  update credit_account a set version = version + 1
  where (a.operator_id, a.card_number) in (select operator_id, card_number from marks);
  return null;
end $$;
create trigger raise_versions_of_marked_cards after insert on prepaid_card
  referencing new table as marks for each statement execute function raise_versions_of_prepaid_cards();
create trigger raise_versions_of_unmarked_cards after delete on prepaid_card
  referencing old table as marks for each statement execute function raise_versions_of_prepaid_cards();
create trigger raise_versions_of_cards_marked_instead after update on prepaid_card
  referencing new table as marks for each statement execute function raise_versions_of_prepaid_cards();
create trigger raise_versions_of_cards_marked_before after update on prepaid_card
  referencing old table as marks for each statement execute function raise_versions_of_prepaid_cards();

-- Nothing tells which marks a truncation took away.
create function refuse_truncation() returns trigger language plpgsql as $$
begin
  raise exception 'Delete the marks instead: a truncation is not seen by the accounts.';
end $$;
create trigger refuse_truncation before truncate on prepaid_card
  for each statement execute function refuse_truncation();
