using Npgsql;

namespace Authorisation.Ledger.Database;

/// <summary>The SQLSTATEs that the ledger distinguishes, by their names in the Postgres manual, appendix A.</summary>
internal static class SqlState
{
    public const string UniqueViolation = "23505";
    public const string NotNullViolation = "23502";
    public const string CheckViolation = "23514";
    public const string SerializationFailure = "40001";
    public const string DeadlockDetected = "40P01";
    public const string LockNotAvailable = "55P03";

    /// <summary>Of <c>spend_budgets</c>: it does not fit in a budget. The message says whose that is.</summary>
    public const string BudgetSpent = "BU001";

    public const string QueryCanceled = "57014";
    public const string TooManyConnections = "53300";

    private const string DataExceptionClass = "22";
    private const string ConnectionExceptionClass = "08";
    private const string OperatorInterventionClass = "57";
    private const string InsufficientResourcesClass = "53";
    private const string IdleInTransactionTimeout = "25P03";
    private const string ReadOnlyTransaction = "25006";

    /// <summary>The data itself was refused; the same data will be refused again.</summary>
    public static bool RefusesData(string state) =>
        state.StartsWith(DataExceptionClass, StringComparison.Ordinal) || state is NotNullViolation or CheckViolation;

    /// <summary>
    /// Whether an exception means that Postgres cannot be used right now, rather than that a statement is wrong.
    /// </summary>
    public static bool IsUnreachable(Exception exception) => exception switch
    {
        PostgresException postgres => IsUnreachable(postgres.SqlState),
        NpgsqlException or IOException or TimeoutException or System.Net.Sockets.SocketException => true,
        _ => false,
    };

    /// <summary>
    /// Whether an exception means that Postgres answers and others keep it too busy: a lock that was waited for in
    /// vain, a statement that ran into its timeout, two that waited for each other, no connection left. Nothing was
    /// done.
    /// </summary>
    public static bool IsBusy(Exception exception) => exception switch
    {
        PostgresException postgres => postgres.SqlState
            is LockNotAvailable or QueryCanceled or DeadlockDetected or SerializationFailure or TooManyConnections,
        // What Npgsql says when all of a pool's connections are in use; it has no exception of its own for it.
        NpgsqlException { InnerException: TimeoutException } npgsql =>
            npgsql.Message.StartsWith("The connection pool has been exhausted", StringComparison.Ordinal),
        _ => false,
    };

    // A statement that ran into its timeout, a full disk, a shutdown, a primary that became a replica: another session,
    // a little later, can do what this one could not.
    public static bool IsUnreachable(string state) =>
        state.StartsWith(ConnectionExceptionClass, StringComparison.Ordinal)
        || state.StartsWith(OperatorInterventionClass, StringComparison.Ordinal)
        || state.StartsWith(InsufficientResourcesClass, StringComparison.Ordinal)
        || state is IdleInTransactionTimeout or ReadOnlyTransaction;
}
