namespace Authorisation.Core;

/// <summary>How much credit one traveller may be given.</summary>
public static class CreditCap
{
    /// <summary>
    /// The cap in force: the lower of the operator's and the organisation's own, where they have one.
    /// </summary>
    public static long Of(long? operatorMinor, long? organisationMinor) => Math.Min(
        operatorMinor ?? Limits.CreditLimitMinorMax, organisationMinor ?? Limits.CreditLimitMinorMax);

    /// <summary>The highest limit that one more credit may have, or that a changed one may get.</summary>
    /// <param name="capMinor">The cap in force.</param>
    /// <param name="otherLimitsMinor">The limits of the traveller's other open credits together.</param>
    public static long HighestLimit(long capMinor, long otherLimitsMinor) =>
        Math.Max(0, capMinor - Math.Min(capMinor, otherLimitsMinor));

    /// <summary>
    /// Whether a limit is lowered or stays, which is allowed whatever the cap has become since: lowering it to above a
    /// cap that was lowered, too.
    /// </summary>
    /// <param name="limitMinor">The limit that is asked for.</param>
    /// <param name="currentMinor">The limit in force; 0 where there is none.</param>
    public static bool IsLowered(long limitMinor, long currentMinor) =>
        limitMinor >= Limits.CreditLimitMinorMin && limitMinor <= currentMinor;

    /// <summary>Whether a credit may have this limit.</summary>
    public static bool Allows(long limitMinor, long capMinor, long otherLimitsMinor) =>
        limitMinor >= Limits.CreditLimitMinorMin && limitMinor <= HighestLimit(capMinor, otherLimitsMinor);
}
