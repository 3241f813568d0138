using Dapper;
using Npgsql;

namespace Authorisation.LoadTests.Stage;

/// <summary>
/// A ledger of double entry inside Postgres, as published ones are built: accounts, transfers and entries that hold the
/// balances before and after, and one function that locks both accounts in a fixed order and writes all of a purchase.
/// </summary>
/// <remarks>
/// Each card is an account that may go down to its limit. What it spends goes to the account of its organisation: one
/// account for all would have every purchase wait for every other.
/// </remarks>
internal static class StageDoubleEntry
{
    private const string Tables = """
        create schema double_entry;
        create table double_entry.account (
          id            bigint generated always as identity primary key,
          card_number   text unique,            -- null: an organisation
          pays_to       bigint references double_entry.account,
          limit_minor   bigint,                 -- how far below zero the balance may go; null: it does not matter
          balance_minor bigint not null default 0,
          version       bigint not null default 0,
          updated_at    timestamptz not null default now()
        );
        create table double_entry.transfer (
          id              uuid primary key,
          from_account_id bigint not null references double_entry.account,
          to_account_id   bigint not null references double_entry.account,
          amount_minor    bigint not null check (amount_minor > 0),
          created_at      timestamptz not null,
          check (from_account_id <> to_account_id)
        );
        create index on double_entry.transfer (from_account_id);
        create index on double_entry.transfer (to_account_id);
        create table double_entry.entry (
          id                   bigint generated always as identity primary key,
          account_id           bigint not null references double_entry.account,
          transfer_id          uuid not null references double_entry.transfer,
          amount_minor         bigint not null,
          balance_before_minor bigint not null,
          balance_after_minor  bigint not null,
          account_version      bigint not null,
          created_at           timestamptz not null
        );
        create index on double_entry.entry (account_id);
        create index on double_entry.entry (transfer_id);
        """;

    private const string Function = """
        create function double_entry.purchase(
          transfer uuid, card text, amount bigint,
          out approved boolean, out limit_minor bigint, out spent_minor bigint, out decided_at timestamptz)
          language plpgsql as $$
        declare
          payer double_entry.account;
          payee double_entry.account;
          place bigint;
        begin
          select a.* into payer from double_entry.account a where a.card_number = card;
          if not found then
            return;
          end if;
          -- By their ids, whichever way the money goes, so that two transfers never wait for each other.
          foreach place in array array[least(payer.id, payer.pays_to), greatest(payer.id, payer.pays_to)] loop
            perform from double_entry.account a where a.id = place for update;
          end loop;
          decided_at := clock_timestamp();
          update double_entry.account a set balance_minor = a.balance_minor - amount, version = a.version + 1, updated_at = decided_at
          where a.id = payer.id and a.balance_minor - amount >= -a.limit_minor
          returning a.* into payer;
          approved := found;
          if not approved then
            select a.limit_minor, -a.balance_minor into limit_minor, spent_minor from double_entry.account a where a.card_number = card;
            return;
          end if;
          update double_entry.account a set balance_minor = a.balance_minor + amount, version = a.version + 1, updated_at = decided_at
          where a.id = payer.pays_to
          returning a.* into payee;
          insert into double_entry.transfer values (transfer, payer.id, payee.id, amount, decided_at);
          insert into double_entry.entry
            (account_id, transfer_id, amount_minor, balance_before_minor, balance_after_minor, account_version, created_at)
          values (payer.id, transfer, -amount, payer.balance_minor + amount, payer.balance_minor, payer.version, decided_at),
                 (payee.id, transfer, amount, payee.balance_minor - amount, payee.balance_minor, payee.version, decided_at);
          limit_minor := payer.limit_minor;
          spent_minor := -payer.balance_minor;
        end $$
        """;

    private const string Accounts = """
        create temporary table customer as
        select distinct b.organisation_id from credit_account a join billing_snapshot b on b.id = a.billing_snapshot_id;
        alter table customer add column account_id bigint generated always as identity;
        insert into double_entry.account (id, limit_minor) overriding system value select account_id, null from customer;
        select setval(pg_get_serial_sequence('double_entry.account', 'id'), (select max(account_id) from customer));
        insert into double_entry.account (card_number, pays_to, limit_minor)
        select a.card_number, c.account_id, a.limit_minor - a.spent_minor
        from credit_account a
        join billing_snapshot b on b.id = a.billing_snapshot_id
        join customer c on c.organisation_id = b.organisation_id
        where a.operator_id = (select min(id) from operator) and a.card_number is not null
        """;

    /// <summary>Makes the tables and the function, and an account for each card and organisation of the ledger.</summary>
    public static async Task FillAsync(string owner, string serviceRole)
    {
        await using var connection = new NpgsqlConnection(owner + ";Pooling=false;Command Timeout=300");
        await connection.OpenAsync();
        await connection.ExecuteAsync(Tables);
        await connection.ExecuteAsync(Function);
        await connection.ExecuteAsync(Accounts);
        await connection.ExecuteAsync(
            $"""
            grant usage on schema double_entry to {serviceRole};
            grant select, insert, update on all tables in schema double_entry to {serviceRole};
            grant usage on all sequences in schema double_entry to {serviceRole};
            """);
        await connection.ExecuteAsync("vacuum (analyze) double_entry.account");
    }
}
