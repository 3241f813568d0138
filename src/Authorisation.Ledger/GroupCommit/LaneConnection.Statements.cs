using Authorisation.Core;
using Authorisation.Ledger.Rows;
using Npgsql;
using NpgsqlTypes;

namespace Authorisation.Ledger.GroupCommit;

/// <content>The statements, each prepared once on the session, and what they are sent.</content>
internal sealed partial class LaneConnection
{
    private async Task<NpgsqlBatch> PrepareBeginAsync(NpgsqlConnection connection, bool skipLocked)
    {
        var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("begin isolation level read committed"));

        var lockAccounts = new NpgsqlBatchCommand(
            EmbeddedSql.Read("GroupCommit.Sql.lock.sql") + (skipLocked ? " skip locked" : ""));
        _accounts.AddTo(lockAccounts.Parameters);
        batch.BatchCommands.Add(lockAccounts);

        var months = new NpgsqlBatchCommand(EmbeddedSql.Read("GroupCommit.Sql.months.sql"));
        months.Parameters.Add(ArrayParameter.Of(_operatorIds, NpgsqlDbType.Integer));
        months.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = skipLocked });
        months.Parameters.Add(ArrayParameter.Of(_monthOperatorIds, NpgsqlDbType.Integer));
        months.Parameters.Add(ArrayParameter.Of(_months, NpgsqlDbType.Integer));
        batch.BatchCommands.Add(months);

        batch.BatchCommands.Add(LoadAccounts(AccountsSql.ForDecisions));

        var entries = new NpgsqlBatchCommand(EntryColumns.SqlOf("Rows.entries.sql"));
        entries.Parameters.Add(ArrayParameter.Of(_ids, NpgsqlDbType.Uuid));
        batch.BatchCommands.Add(entries);

        var operations = new NpgsqlBatchCommand(EmbeddedSql.Read("Rows.operations.sql"));
        operations.Parameters.Add(ArrayParameter.Of(_ids, NpgsqlDbType.Uuid));
        operations.Parameters.Add(ArrayParameter.Of(_operationIds, NpgsqlDbType.Uuid));
        batch.BatchCommands.Add(operations);

        if (database.Options.RequireSynchronousStandby)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand($"select {Standby.CommitsWaitSql}"));
        }

        await batch.PrepareAsync();
        return batch;
    }

    private Task<NpgsqlBatch> PrepareLoadAsync(NpgsqlConnection connection) =>
        PrepareAsync(connection, LoadAccounts(AccountsSql.ForCopies));

    private Task<NpgsqlBatch> PrepareFollowNamesAsync(NpgsqlConnection connection)
    {
        var followNames = new NpgsqlBatchCommand(BillingSnapshotSql.AllInForceUnflushed);
        followNames.Parameters.Add(ArrayParameter.Of(_particularsIds, NpgsqlDbType.Bigint));
        return PrepareAsync(connection, followNames);
    }

    private NpgsqlBatchCommand LoadAccounts(string sql)
    {
        var accounts = new NpgsqlBatchCommand(sql);
        _accounts.AddTo(accounts.Parameters);
        return accounts;
    }

    private static async Task<NpgsqlBatch> PrepareAsync(NpgsqlConnection connection, params NpgsqlBatchCommand[] commands)
    {
        var batch = new NpgsqlBatch(connection);
        foreach (var command in commands)
        {
            batch.BatchCommands.Add(command);
        }

        await batch.PrepareAsync();
        return batch;
    }

    private async Task<NpgsqlBatch> PrepareWriteAsync(NpgsqlConnection connection, bool withOperations)
    {
        var batch = new NpgsqlBatch(connection);
        var insert = new NpgsqlBatchCommand(EmbeddedSql.Read("GroupCommit.Sql.insert.sql"));
        insert.Parameters.Add(_newEntries.ToParameter());
        batch.BatchCommands.Add(insert);

        if (withOperations)
        {
            var operations = new NpgsqlBatchCommand(EmbeddedSql.Read("GroupCommit.Sql.insert_operations.sql"));
            operations.Parameters.Add(_newOperations.ToParameter());
            batch.BatchCommands.Add(operations);
        }

        var update = new NpgsqlBatchCommand(EmbeddedSql.Read("GroupCommit.Sql.update.sql"));
        update.Parameters.Add(_newBalances.ToParameter());
        batch.BatchCommands.Add(update);

        batch.BatchCommands.Add(new NpgsqlBatchCommand("commit"));
        await batch.PrepareAsync();
        return batch;
    }

    private Task<NpgsqlBatch> PrepareGiveBackAsync(NpgsqlConnection connection)
    {
        var giveBack = new NpgsqlBatchCommand("select control.give_back($1, $2, $3, $4, $5, $6)");
        giveBack.Parameters.Add(_newOperations.ToParameter());
        giveBack.Parameters.Add(_newBalances.ToParameter());
        _staff.AddTo(giveBack.Parameters);
        return PrepareAsync(connection, giveBack, new NpgsqlBatchCommand("commit"));
    }

    private void SetParameters(Batch batch)
    {
        _accounts.Set(batch.Keys);
        _operatorIds.Clear();
        _monthOperatorIds.Clear();
        _months.Clear();
        _ids.Clear();
        _operationIds.Clear();
        foreach (var item in batch.Items)
        {
            _ids.Add(item.Command.AuthorisationId);
            if (!_operatorIds.Contains(item.Terms.Id))
            {
                _operatorIds.Add(item.Terms.Id);
            }

            if (item.Command is Operation operation)
            {
                _operationIds.Add(operation.Id);
            }

            if (item.Month != default)
            {
                _monthOperatorIds.Add(item.Terms.Id);
                _months.Add(item.Month.Number);
            }
        }
    }
}
