using Authorisation.V1;

namespace Authorisation.LoadTests.Load;

/// <summary>What became of a purchase whose client retried it until it was answered.</summary>
/// <param name="Id">Its id.</param>
/// <param name="DueAt">When it was to be sent, by the stopwatch.</param>
/// <param name="EndedAt">When its answer was there, or its client gave up.</param>
/// <param name="Tries">How often it was sent.</param>
/// <param name="Decision">The decision; null when its client gave up.</param>
/// <param name="Failure">Why its client gave up, or what was wrong with the answer; null when it is right.</param>
internal readonly record struct RetriedPurchase(
    Guid Id, long DueAt, long EndedAt, int Tries, Decision? Decision, string? Failure);
