using System.Text.RegularExpressions;

namespace Authorisation.Tidy.Tests;

/// <summary>Times that people see, and all that is decided, go by the ledger's clock: docs/decisions/011.</summary>
public partial class ClockTests
{
    private static readonly string[] Exempt =
    [
        // What the ledger's clock is, and what it is set to in the demo.
        "src/Authorisation.Schema/Migrations/0001_ledger.sql", "src/Authorisation.Standalone/Start/DatabaseStep.cs",
        // There before the ledger's clock is.
        "src/Authorisation.Schema/Migrator.cs",
    ];

    [Fact]
    public void SQL_asks_the_ledgers_clock_and_no_other() => Repository.AssertNone(
        from ending in new[] { ".cs", ".sql" }
        from file in Repository.Files("src", ending)
        where !Exempt.Contains(file, StringComparer.Ordinal)
        from line in Repository.Lines(file).Select((text, i) => (Text: text, Number: i + 1))
        where OtherClock().IsMatch(line.Text)
        select $"{file}:{line.Number}: {line.Text.Trim()}; ask ledger_now().");

    [Fact]
    public void The_ledger_and_the_control_plane_ask_no_clock_of_the_host_for_the_time_of_day() => Repository.AssertNone(
        from project in new[] { "src/Authorisation.Ledger", "src/Authorisation.Admin" }
        from file in Repository.Files(project, ".cs")
        from line in Repository.Lines(file).Select((text, i) => (Text: text, Number: i + 1))
        where HostClock().IsMatch(line.Text)
        select $"{file}:{line.Number}: {line.Text.Trim()}; ask the database.");

    [Theory]
    [InlineData("set sent_at = clock_timestamp()", true)]
    [InlineData("where made_at > now() - interval '1 hour'", true)]
    [InlineData("values (current_date)", true)]
    [InlineData("set sent_at = ledger_now()", false)]
    [InlineData("if (callerNow() is null)", false)]
    public void Another_clock_is_found_however_it_is_asked(string line, bool expected) => Assert.Equal(expected, OtherClock().IsMatch(line));

    [GeneratedRegex(@"(?<![A-Za-z_])(clock_timestamp|now|statement_timestamp|transaction_timestamp)\(\)|\bcurrent_(timestamp|date)\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex OtherClock();

    [GeneratedRegex(@"\bDateTime(Offset)?\.(Utc)?Now\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex HostClock();
}
