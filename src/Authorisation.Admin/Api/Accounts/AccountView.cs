using System.ComponentModel.DataAnnotations;
using Authorisation.Admin.Web;
using Authorisation.Administration.Credits;
using Authorisation.Administration.Work;
using Authorisation.Core;

namespace Authorisation.Admin.Api.Accounts;

/// <summary>How the app of an account stands.</summary>
/// <param name="State">
/// <c>awaiting</c>, <c>active</c> or <c>lapsed</c>: the code was not used in time, or tried too often.
/// </param>
/// <param name="Login">What the traveller types beside the code.</param>
/// <param name="CodeExpiresAt">Until when the code that is out can be used.</param>
/// <param name="ActivatedAt">When an app was connected.</param>
/// <param name="DeviceName">Which one.</param>
internal sealed record ActivationView(
    [AllowedValues("awaiting", "active", "lapsed")] string State,
    string? Login,
    DateTime? CodeExpiresAt,
    DateTime? ActivatedAt,
    string? DeviceName);

/// <summary>
/// A credit account as the API shows it. <c>usable</c> says whether what remains can be spent; if it cannot,
/// <c>decline_reason</c> is what every purchase would be declined for, whatever it costs.
/// </summary>
/// <param name="Id">Its id.</param>
/// <param name="TravellerId">Whose it is.</param>
/// <param name="OrganisationId">The traveller's organisation.</param>
/// <param name="DepartmentId">The department that pays.</param>
/// <param name="Kind">card or app.</param>
/// <param name="CardNumber">The number on the back of the card.</param>
/// <param name="Status">active, or blocked by an administrator.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="LimitMinor">The limit of each month, in minor units.</param>
/// <param name="ExtraMinor">What this month has beyond it, in minor units; absent when it has nothing.</param>
/// <param name="SpentMinor">What was spent this month, what is held included, in minor units.</param>
/// <param name="HeldMinor">What is held at the moment, in minor units.</param>
/// <param name="RemainingMinor">What remains of the limit and of what this month has beyond it, in minor units; not below 0.</param>
/// <param name="Month">The credit month, as YYYY-MM.</param>
/// <param name="ResetsAt">When the next month begins.</param>
/// <param name="FirstDay">The first day on which something may be bought; absent when there is no such day.</param>
/// <param name="LastDay">The last one.</param>
/// <param name="Activation">How the app stands; absent for a card.</param>
/// <param name="Usable">Whether what remains can be spent.</param>
/// <param name="DeclineReason">What every purchase would be declined for; absent when it can be spent.</param>
internal sealed record AccountView(
    Guid Id,
    Guid TravellerId,
    Guid OrganisationId,
    Guid DepartmentId,
    [WordsOf<InstrumentKind>] string Kind,
    string? CardNumber,
    [AllowedValues("active", "blocked")] string Status,
    string Currency,
    long LimitMinor,
    long? ExtraMinor,
    long SpentMinor,
    long HeldMinor,
    long RemainingMinor,
    [Month] string Month,
    DateTimeOffset ResetsAt,
    DateOnly? FirstDay,
    DateOnly? LastDay,
    ActivationView? Activation,
    bool Usable,
    [WordsOf<DeclineReason>] string? DeclineReason)
{
    public static AccountView Of(AccountRow row, DateTimeOffset now)
    {
        var month = CreditMonth.FromNumber(row.Month);
        return new AccountView(
            row.Id,
            row.TravellerId,
            row.OrganisationId,
            row.DepartmentId,
            row.Kind == InstrumentKind.Card ? "card" : "app",
            row.CardNumber,
            row.Status,
            row.Currency,
            row.LimitMinor,
            row.ExtraThisMonthMinor == 0 ? null : row.ExtraThisMonthMinor,
            row.SpentMinor,
            row.HeldMinor,
            Math.Max(0, row.LimitMinor + row.ExtraThisMonthMinor - row.SpentMinor),
            month.ToString(),
            month.Next.StartsAt(TimeZoneInfo.FindSystemTimeZoneById(row.TimeZone)),
            row.FirstDay,
            row.LastDay,
            row.Kind == InstrumentKind.Card ? null : ActivationOf(row, now),
            row.DeclineReason == Core.DeclineReason.None,
            row.DeclineReason == Core.DeclineReason.None ? null : Words.Of(row.DeclineReason));
    }

    private static ActivationView ActivationOf(AccountRow row, DateTimeOffset now)
    {
        var isOut = row.CodeUsedAt is null && row.CodeExpiresAt is not null;
        var isGood = isOut && row.CodeExpiresAt > now.UtcDateTime && row.CodeTries < Limits.ActivationTriesMax;
        return new ActivationView(
            row.ActivatedAt is not null ? "active" : isGood ? "awaiting" : "lapsed",
            row.Login,
            isOut ? row.CodeExpiresAt : null,
            row.ActivatedAt,
            row.ActivatedAt is null ? null : row.DeviceName);
    }
}
