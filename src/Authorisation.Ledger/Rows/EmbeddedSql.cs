namespace Authorisation.Ledger.Rows;

/// <summary>The SQL files of this assembly.</summary>
internal static class EmbeddedSql
{
    /// <summary>
    /// The text of a file, named by its folder and name with dots, for example <c>Commit.UnderLock.Sql.lock.sql</c>.
    /// </summary>
    public static string Read(string name)
    {
        var full = $"Authorisation.Ledger.{name}";
        using var stream = typeof(EmbeddedSql).Assembly.GetManifestResourceStream(full)
            ?? throw new InvalidOperationException($"The assembly has no resource {full}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
