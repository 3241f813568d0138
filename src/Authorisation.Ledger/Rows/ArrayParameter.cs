using Npgsql;
using NpgsqlTypes;

namespace Authorisation.Ledger.Rows;

/// <summary>
/// A list as a parameter that is an array; what the list holds when the statement runs is what is sent.
/// </summary>
internal static class ArrayParameter
{
    public static NpgsqlParameter<List<T>> Of<T>(List<T> values, NpgsqlDbType elementType) =>
        new() { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | elementType };
}
