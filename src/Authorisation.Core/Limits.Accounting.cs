namespace Authorisation.Core;

public static partial class Limits
{
    // Accounting.

    /// <summary>How many digits an account of a bookkeeping has.</summary>
    public const int AccountDigits = 4;

    /// <summary>How many rates of VAT an operator sets accounts for.</summary>
    public const int AccountingRatesMax = 10;
}
