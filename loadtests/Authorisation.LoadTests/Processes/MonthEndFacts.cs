namespace Authorisation.LoadTests.Processes;

/// <summary>A ledger in which a month is about to end.</summary>
/// <param name="Ledger">The server's way to it.</param>
/// <param name="Admin">The control plane's way to it.</param>
/// <param name="CodeKey">The key of codes that the control plane wants.</param>
/// <param name="Month">The month, as yyyy-MM.</param>
/// <param name="Facts">What there is to buy with.</param>
internal sealed record MonthEndFacts(string Ledger, string Admin, string CodeKey, string Month, StageFacts Facts);

/// <summary>The clock of such a ledger.</summary>
/// <param name="AheadMicroseconds">How far it is ahead of the real one.</param>
/// <param name="Midnight">The real moment at which its month ends.</param>
internal sealed record MonthEndClock(long AheadMicroseconds, DateTimeOffset Midnight);
