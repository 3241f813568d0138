using System.ComponentModel.DataAnnotations;
using Authorisation.Billing.Accounting;
using Authorisation.Core;

namespace Authorisation.Admin.Api.Operator;

/// <summary>The accounts of what is invoiced at one rate of VAT.</summary>
/// <param name="VatCategory"><c>S</c>, <c>Z</c> or <c>O</c>.</param>
/// <param name="VatBasisPoints">In hundredths of a percent: 2500, 1200 or 600 with S, 0 with Z and O.</param>
/// <param name="RevenueAccount">Takes the net.</param>
/// <param name="VatAccount">Takes the output VAT; required with S, absent with Z and O.</param>
internal sealed record RateAccountsBody(
    [Required, AllowedValues("S", "Z", "O")] string? VatCategory,
    [Required, Range(0, Limits.VatBasisPointsMax)] int? VatBasisPoints,
    [Required, MaxLength(Limits.AccountDigits), RegularExpression(AccountingBody.AccountPattern)] string? RevenueAccount,
    [MaxLength(Limits.AccountDigits), RegularExpression(AccountingBody.AccountPattern)] string? VatAccount);

/// <summary>The accounts of an operator's bookkeeping that its invoices go to, each of four digits.</summary>
/// <param name="ReceivablesAccount">Takes what is to be paid, such as 1510.</param>
/// <param name="RoundingAccount">Takes what net and VAT leave of it, such as 3740.</param>
/// <param name="Rates">The accounts of each rate of VAT that invoices have.</param>
internal sealed record AccountingBody(
    [Required, MaxLength(Limits.AccountDigits), RegularExpression(AccountingBody.AccountPattern)] string? ReceivablesAccount,
    [Required, MaxLength(Limits.AccountDigits), RegularExpression(AccountingBody.AccountPattern)] string? RoundingAccount,
    [Required, MaxLength(Limits.AccountingRatesMax)] IReadOnlyList<RateAccountsBody?>? Rates)
{
    /// <summary>What an account is, as a regular expression.</summary>
    public const string AccountPattern = "^[1-9][0-9]{3}$";

    /// <summary>What is asked for.</summary>
    public AccountingRequest ToRequest() => new(
        ReceivablesAccount,
        RoundingAccount,
        Rates?.Select(rate => rate is null
            ? null
            : new RateAccountsRequest(rate.VatCategory, rate.VatBasisPoints, rate.RevenueAccount, rate.VatAccount)).ToList());

    /// <summary>What is set, in the words that it can be sent back in.</summary>
    public static AccountingBody Of(AccountPlan plan) => new(
        plan.ReceivablesAccount,
        plan.RoundingAccount,
        [.. plan.Rates.Select(rate => new RateAccountsBody(rate.VatCategory, rate.VatBasisPoints, rate.RevenueAccount, rate.VatAccount))]);
}
