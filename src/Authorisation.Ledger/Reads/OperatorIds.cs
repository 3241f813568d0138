using Authorisation.Ledger.Database;

namespace Authorisation.Ledger.Reads;

/// <summary>
/// The operators that a ledger has and those that it may come to have: their ids are unique within a ledger by
/// themselves, and over several ledgers because each gives ids from a range of its own.
/// </summary>
/// <param name="First">The lowest id that it gives.</param>
/// <param name="Last">The highest.</param>
/// <param name="Codes">The operators that it has: their codes by their ids.</param>
public sealed record OperatorIds(long First, long Last, IReadOnlyDictionary<int, string> Codes)
{
    private const string Sql = """
        select s.seqmin, s.seqmax, o.id, o.code
        from pg_sequence s left join operator o on true
        where s.seqrelid = pg_get_serial_sequence('operator', 'id')::regclass
        """;

    /// <summary>Asks a ledger.</summary>
    /// <exception cref="LedgerUnreachableException">Postgres cannot be used right now.</exception>
    public static Task<OperatorIds> ReadAsync(LedgerDatabase database, CancellationToken cancellationToken) =>
        LedgerUnreachableException.Guard(async () =>
        {
            await using var command = database.Own.CreateCommand(Sql);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var (first, last) = (0L, 0L);
            var codes = new Dictionary<int, string>();
            while (await reader.ReadAsync(cancellationToken))
            {
                (first, last) = (reader.GetInt64(0), reader.GetInt64(1));
                if (!reader.IsDBNull(2))
                {
                    codes.Add(reader.GetInt32(2), reader.GetString(3));
                }
            }

            return new OperatorIds(first, last, codes);
        });
}
