namespace Authorisation.Schema;

/// <summary>The database's schema is not the one that this program works with. The message says what to run.</summary>
public sealed class SchemaMismatchException : Exception
{
    internal SchemaMismatchException(string message)
        : base(message)
    {
    }
}
