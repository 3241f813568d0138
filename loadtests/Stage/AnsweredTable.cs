using Dapper;
using Npgsql;
using NpgsqlTypes;

namespace Authorisation.LoadTests.Stage;

/// <summary>What clients were answered, as a temporary table <c>answered</c> to compare a ledger with.</summary>
internal static class AnsweredTable
{
    private const int EntryBytes = 17;
    private const int IdBytes = 16;

    /// <summary>Makes the table from a file of ids and decisions.</summary>
    public static async Task FillAsync(NpgsqlConnection connection, string answers)
    {
        await connection.ExecuteAsync("set work_mem = '512MB'");
        await connection.ExecuteAsync("create temporary table answered (id uuid not null, decision smallint not null)");
        await CopyAsync(connection, answers);
        await connection.ExecuteAsync("analyze answered");
    }

    private static async Task CopyAsync(NpgsqlConnection connection, string answers)
    {
        await using var file = File.OpenRead(answers);
        await using var copy = await connection.BeginBinaryImportAsync("copy answered from stdin (format binary)");
        var entry = new byte[EntryBytes];
        while (await file.ReadAtLeastAsync(entry, EntryBytes, throwOnEndOfStream: false) == EntryBytes)
        {
            await copy.StartRowAsync();
            await copy.WriteAsync(new Guid(entry.AsSpan(0, IdBytes), bigEndian: true), NpgsqlDbType.Uuid);
            await copy.WriteAsync((short)entry[IdBytes], NpgsqlDbType.Smallint);
        }

        await copy.CompleteAsync();
    }
}
