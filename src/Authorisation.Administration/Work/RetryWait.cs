namespace Authorisation.Administration.Work;

/// <summary>How long to wait before what failed is tried again.</summary>
internal static class RetryWait
{
    private const int DoublingsMax = 30;

    /// <summary>
    /// Doubled with each failure, and up to a tenth longer, so that what failed together does not all come back together.
    /// </summary>
    /// <param name="failures">How often it has failed; 1 or more.</param>
    /// <param name="first">The wait after the first failure.</param>
    /// <param name="most">The longest wait, without the tenth.</param>
    public static TimeSpan After(int failures, TimeSpan first, TimeSpan most)
    {
        var doubled = first.TotalSeconds * Math.Pow(2, Math.Min(failures, DoublingsMax) - 1);
        return TimeSpan.FromSeconds(Math.Min(doubled, most.TotalSeconds) * (1 + (Random.Shared.NextDouble() / 10)));
    }
}
