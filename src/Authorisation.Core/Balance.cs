namespace Authorisation.Core;

/// <summary>
/// What one account has used of its limit in one month. The month is part of the balance, so a new month starts
/// from nothing without anything having to reset it.
/// </summary>
/// <param name="Month">The month it is the balance of.</param>
/// <param name="SpentMinor">Captured and held together, in minor units.</param>
/// <param name="HeldMinor">The part of it that is held.</param>
/// <param name="NextHoldExpiry">
/// No hold lapses before this; the first of them may lapse later. <see langword="null"/> when nothing is held.
/// </param>
public readonly record struct Balance(
    CreditMonth Month,
    long SpentMinor,
    long HeldMinor,
    DateTimeOffset? NextHoldExpiry)
{
    /// <summary>
    /// This balance as seen in <paramref name="month"/>: itself, or nothing used if that month is newer.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// The month is older than the balance's: what it had used is in its rows, not here.
    /// </exception>
    public Balance In(CreditMonth month)
    {
        if (month < Month)
        {
            throw new InvalidOperationException($"The balance of {Month} does not say what {month} had used.");
        }

        return month == Month ? this : new Balance(month, SpentMinor: 0, HeldMinor: 0, NextHoldExpiry: null);
    }

    /// <summary>The balance after an approved purchase; a hold also lapses at <paramref name="expiresAt"/>.</summary>
    public Balance Take(long amountMinor, DateTimeOffset? expiresAt) => expiresAt is { } lapse
        ? new Balance(Month, SpentMinor + amountMinor, HeldMinor + amountMinor, Earlier(NextHoldExpiry, lapse))
        : this with { SpentMinor = SpentMinor + amountMinor };

    /// <summary>
    /// The balance after an operation. While anything is held, the time of the next lapse stays: no hold lapses before
    /// it.
    /// </summary>
    public Balance Change(long spentMinor, long heldMinor) => this with
    {
        SpentMinor = SpentMinor + spentMinor,
        HeldMinor = HeldMinor + heldMinor,
        NextHoldExpiry = HeldMinor + heldMinor == 0 ? null : NextHoldExpiry,
    };

    private static DateTimeOffset Earlier(DateTimeOffset? one, DateTimeOffset other) =>
        one is { } first && first < other ? first : other;
}
