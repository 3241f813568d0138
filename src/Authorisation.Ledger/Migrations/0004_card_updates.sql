-- The operator's cards as validators without coverage need them: which may be accepted and which must be refused.
--
-- Whoever changes what a card's standing rests on leaves a row in card_change, in the same transaction and without a
-- number: a number would make all who change anything wait for one another. One sequencer for each operator takes the
-- rows that are committed, works the cards' standing out, and numbers those that changed, in one transaction.

-- Cards that were changed and not looked at since. A row says only that there is something to look at.
create table card_change (
  operator_id integer not null,
  card_number text not null
)
-- Rows live for a fraction of a second, so what is dead is a multiple of what there is.
with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_insert_threshold = -1);

-- The last number given to each operator's cards, and where a watcher can go on from.
create table card_numbering (
  operator_id    integer primary key references operator,
  last_version   bigint not null default 0,
  -- Who has seen less than this must begin anew: states of up to this version were removed.
  oldest_version bigint not null default 0 check (oldest_version <= last_version),
  -- Which Postgres gives the numbers. After a failover or a restore there may be numbers that were given and are unknown
  -- here: an epoch begins, whose numbers are above all that were given before, whoever has seen them.
  origin         text not null default '',
  epoch            bigint not null default 0
);

-- The standing of each card, with the number of its last change.
create table card_state (
  operator_id integer not null references operator,
  card_number text not null,
  version     bigint not null,
  reason      smallint not null,      -- of the denial; 0: the card may be accepted
  lapses_at   timestamptz check (lapses_at is null or reason <> 0),
  is_gone     boolean not null,       -- there is no open account on it
  changed_at  timestamptz not null,
  primary key (operator_id, card_number)
);
create unique index card_state_version on card_state (operator_id, version);
create index card_state_gone on card_state (operator_id, changed_at) where is_gone;

-- Accounts given or deleted. The owner's rights, so that a purchase never fails for want of a right to this table.
create function note_cards() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into card_change (operator_id, card_number) select operator_id, card_number from noted where kind = 1;
  return null;
end $$;
create trigger note_given_cards after insert on credit_account
  referencing new table as noted for each statement execute function note_cards();
create trigger note_deleted_cards after delete on credit_account
  referencing old table as noted for each statement execute function note_cards();

create function note_card() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if old.kind = 1 then
    insert into card_change (operator_id, card_number) values (old.operator_id, old.card_number);
  end if;
  if new.kind = 1 and (old.operator_id, old.card_number) is distinct from (new.operator_id, new.card_number) then
    insert into card_change (operator_id, card_number) values (new.operator_id, new.card_number);
  end if;
  return null;
end $$;
-- The condition is all that a purchase pays for, as long as something remains after it. The month in which nothing
-- remains, if it is one, is what a purchase can change of the standing: not at midnight, but when a card is used again
-- that was spent in an older month. Everything else that a decision looks at raises the version of the account without
-- changing its balance (0002), wherever it is: that is the second line. The third is for changes made by hand in one
-- go with the balance.
create trigger note_card after update on credit_account for each row when (
  (new.kind = 1 or old.kind = 1) and (
    case when new.spent_minor >= new.limit_minor then new.month end
      is distinct from case when old.spent_minor >= old.limit_minor then old.month end
    or (new.spent_minor = old.spent_minor and new.held_minor = old.held_minor and new.month = old.month)
    or new.blocked_at is distinct from old.blocked_at or new.removed_at is distinct from old.removed_at
    or new.card_number is distinct from old.card_number or new.billing_snapshot_id <> old.billing_snapshot_id
    or new.operator_id <> old.operator_id or new.kind <> old.kind
  )
) execute function note_card();

-- The cards that there are. The index comes afterwards, so that accounts are locked for a shorter time.
insert into card_change (operator_id, card_number)
select operator_id, card_number from credit_account where kind = 1 and removed_at is null;
create index card_change_of_operator on card_change (operator_id);
