using System.Text.RegularExpressions;

namespace Authorisation.Tidy.Tests;

/// <summary>
/// Phrases that made the project's prose hard to read and are gone. The list grows: a phrase is added when its last use
/// has been rewritten, so that it does not creep in again.
/// </summary>
public class PhraseTests
{
    private static readonly string[] Folders = ["src", "tools", "proto", "docs"];
    private static readonly string[] FoldersOfCode = ["src/", "tools/", "proto/"];
    private static readonly string[] Endings = [".cs", ".sql", ".proto", ".md"];

    // Decisions and the change log say what was.
    private static readonly string[] NotHeld = ["docs/decisions/"];

    /// <summary>What is banned, and what to write instead. <c>who</c> as a noun is a phrase of its own below.</summary>
    private static readonly (Regex Phrase, string Instead)[] Banned =
    [
        Ban("whoever", "the actor: the caller, the lane, a session, the administrator"),
        Ban("(takes?|taken|took|taking) down", "record"),
        Ban("hears when Postgres", "a LISTEN connection: it signals that something changed"),
        Ban("left out by who", "omit when the caller cannot …"),
        Ban("has been at the expiry", "has held the hold-expiry lock"),
        Ban("until what it found missing is there", "is waiting for missing configuration"),
        Ban("for a reason that should not be", "failed unexpectedly"),
        Ban("is of somebody who has no right", "you no longer have the right to …"),
        Ban("(another (session|server|host)|somebody else|others) (is|are) at it", "another session has it"),
        Ban("(begins?|began|begun) anew", "start again, restart"),
        Ban("month[ _]?turns?", "month end"),
        Ban("particulars", "billing snapshot"),
        Ban("maker", "originator"),
        Ban("credit ?giver|give ?again", "grant credit"),
        Ban("ComeAgain", "requeue"),
        Ban("AllRight", "IsValid"),
    ];

    // "Those who …" and "the person who …" are English, and so is a question: "by what is known of who it is".
    private static readonly (Regex Phrase, string Instead) WhoAsNoun =
        Ban("(for|by|of|from|with) who (?!(is|are|was|were|has|have|it|they)\\b)[a-z]+", "the caller that …");

    /// <summary>What is gone from the code and the contract, and not yet from the documentation.</summary>
    private static readonly (Regex Phrase, string Instead)[] BannedInCode =
    [
        Ban("anew", "again"),
        Ban("(is|are|was|were|be|been) told", "reports, logs, returns, answers or shows, with the actor"),
        Ban("tells", "reports, logs, returns, answers or shows"),
        Ban("(give|gives|given) back", "return, release; refund for money"),
        Ban("comes? again", "is repeated, is requeued"),
        Ban("in force of", "the current … of"),
        Ban("whom", "the caller that …, the person who …"),
    ];

    private static readonly Regex WhoInName = new(
        @"\bWho(ever)?_\w+|\w+_(to|for|by)_who(ever)?_\w+",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking);

    public static TheoryData<string> MustBeCaught =>
    [
        "Whoever calls waits for its turn.",
        "It belongs to whoever took it.",
        "Takes down that a night has work.",
        "A night that was taken down before stays as it is.",
        "A connection that hears when Postgres tells of something.",
        "left out by who writes nothing into a closed month anyway",
        "For {Time} another session has been at the expiry of lapsed holds",
        "waits at {Step} until what it found missing is there",
        "could not be written for a reason that should not be",
        "file: is of somebody who has no right to change travellers",
        "null when another server is at it",
        "The numbers begin anew.",
        "The turn of the MonthTurn.",
        "asks for a month turn",
        "from control.month_turn",
        "The particulars in force.",
        "The maker of an id.",
        "new CreditGiver()",
        "GiveAgainAsync",
        "ComeAgain()",
        "return AllRight;",
        "The snapshots, for who compares and can wait.",
        "summed by who pays",
        "the advisory lock of who sweeps",
        "It is decided anew.",
        "Its callers are told once.",
        "The log tells it.",
        "Locks are given back.",
        "An id that comes again.",
        "The billing snapshot in force of an account.",
        "null for whom the machine trusts",
    ];

    public static TheoryData<string> MustPass =>
    [
        "A person who forgot the password asks for a link.",
        "For those who administer the organisation.",
        "It is known from the token; of who it is, nothing is logged.",
        "Records that a night has work to do.",
        "Takes the accounts down to zero.",
        "LISTEN: the caller hears a change within a second.",
        "The decision-maker signs in.",
        "In turn, each month.",
        "The month in turn is closed.",
        "They are in particular order.",
        "It starts again at once.",
        "All right-hand columns are amounts.",
    ];

    [Fact]
    public void No_phrase_that_was_swept_out_comes_back() => Repository.AssertNone(
        from folder in Folders
        from ending in Endings
        from file in Repository.Files(folder, ending)
        where !NotHeld.Any(path => file.StartsWith(path, StringComparison.Ordinal))
        from line in Repository.Lines(file).Select((text, i) => (Text: text, Number: i + 1))
        let isCode = FoldersOfCode.Any(path => file.StartsWith(path, StringComparison.Ordinal))
        from violation in Violations(line.Text, isCode)
        select $"{file}:{line.Number}: {violation}");

    [Fact]
    public void A_test_is_named_by_its_actor() => Repository.AssertNone(
        from file in Repository.SourceFiles
        where file.Path.StartsWith("tests/", StringComparison.Ordinal)
        from line in file.Lines.Select((text, i) => (Text: text, Number: i + 1))
        let name = WhoInName.Match(line.Text)
        where name.Success
        select $"{file.Path}:{line.Number}: {name.Value} names no actor; write who it is, as in A_caller_that…");

    [Theory]
    [MemberData(nameof(MustBeCaught))]
    public void A_banned_phrase_is_caught(string text) => Assert.NotEmpty(Violations(text, isCode: true));

    [Theory]
    [MemberData(nameof(MustPass))]
    public void Good_English_passes(string text) => Assert.Empty(Violations(text, isCode: true));

    private static IEnumerable<string> Violations(string text, bool isCode) =>
        from rule in Banned.Append(WhoAsNoun).Concat(isCode ? BannedInCode : [])
        let match = rule.Phrase.Match(text)
        where match.Success
        select $"\"{match.Value}\"; write instead: {rule.Instead}.";

    /// <summary>As a whole word, or as a word within a name: an underscore or a capital letter ends it.</summary>
    private static (Regex Phrase, string Instead) Ban(string phrase, string instead) => (
        new Regex(
            $@"(?<![\p{{L}}-])(?:{phrase})(?-i:(?![a-z]))",
            RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
            TimeSpan.FromSeconds(5)),
        instead);
}
