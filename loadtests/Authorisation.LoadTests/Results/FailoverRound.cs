namespace Authorisation.LoadTests.Results;

/// <summary>One primary that was killed.</summary>
/// <param name="Seconds">From the kill to the first decision on what was bought after it.</param>
/// <param name="PromotedAfter">From the kill until the standby took writes, in seconds.</param>
/// <param name="Answered">How many purchases were answered with a decision, before and after.</param>
/// <param name="Failed">How many were not, in all the time that their client retried them.</param>
/// <param name="MaxMilliseconds">How long the slowest took.</param>
internal sealed record FailoverRound(double Seconds, double PromotedAfter, int Answered, int Failed, double MaxMilliseconds);
