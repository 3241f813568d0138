using Authorisation.Administration.Work;
using Authorisation.Core;

namespace Authorisation.Administration.Charges;

/// <summary>
/// What an employer bears of a price, in per cent or as an amount: nothing when neither is given. The rest is taken from
/// the salary. Pure.
/// </summary>
/// <param name="Percent">0 to 100.</param>
/// <param name="AmountMinor">From 1 on, in minor units.</param>
internal sealed record EmployerShare(int? Percent, long? AmountMinor)
{
    /// <summary>
    /// What is taken from the salary. A share in per cent is rounded to the nearest minor unit, halves up, so that share and
    /// deduction come to the price.
    /// </summary>
    public long DeductionOf(long priceMinor) => Percent is { } percent
        ? priceMinor - checked(((priceMinor * percent) + 50) / 100)
        : Math.Max(0, priceMinor - (AmountMinor ?? 0));

    /// <summary>
    /// What is taken in each of some months, which comes to the whole: as even as minor units allow, what is left over first.
    /// </summary>
    public static IReadOnlyList<long> PartsOf(long deductionMinor, int months) =>
        [.. Enumerable.Range(0, months).Select(i => (deductionMinor / months) + (i < deductionMinor % months ? 1 : 0))];

    /// <summary>Adds to the fields what is wrong with a share.</summary>
    public static void Check(Fields fields, int? percent, long? amountMinor)
    {
        if (percent is < 0 or > 100)
        {
            fields.AddOutOfRange("employer_percent", 0, 100);
        }

        if (amountMinor is < 1 or > Limits.AmountMinorMax)
        {
            fields.AddOutOfRange("employer_minor", 1, Limits.AmountMinorMax, " minor units");
        }

        if (percent is not null && amountMinor is not null)
        {
            fields.Add("employer_minor", FieldCode.NotPossible, "must be absent beside employer_percent");
        }
    }
}
