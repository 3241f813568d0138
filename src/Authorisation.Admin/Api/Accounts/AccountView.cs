using Authorisation.Administration.Credits;
using Authorisation.Administration.Work;
using Authorisation.Core;

namespace Authorisation.Admin.Api.Accounts;

/// <summary>How the app of an account stands.</summary>
/// <param name="State"><c>awaiting</c>, <c>active</c> or <c>lapsed</c>: the code was not used in time, or tried too often.</param>
/// <param name="Login">What the traveller types beside the code.</param>
/// <param name="CodeExpiresAt">Until when the code that is out can be used.</param>
/// <param name="ActivatedAt">When an app was connected.</param>
/// <param name="DeviceName">Which one.</param>
internal sealed record ActivationView(
    string State, string? Login, DateTime? CodeExpiresAt, DateTime? ActivatedAt, string? DeviceName);

/// <summary>
/// A credit account as the API shows it. <c>usable</c> tells whether what remains can be spent; if it cannot,
/// <c>decline_reason</c> is what every purchase would be declined for, whatever it costs.
/// </summary>
internal sealed record AccountView(
    Guid Id,
    Guid TravellerId,
    Guid OrganisationId,
    Guid DepartmentId,
    string Kind,
    string? CardNumber,
    string Status,
    string Currency,
    long LimitMinor,
    long SpentMinor,
    long HeldMinor,
    long RemainingMinor,
    string Month,
    DateTimeOffset ResetsAt,
    ActivationView? Activation,
    bool Usable,
    string? DeclineReason)
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
            row.SpentMinor,
            row.HeldMinor,
            Math.Max(0, row.LimitMinor - row.SpentMinor),
            month.ToString(),
            month.Next.StartsAt(TimeZoneInfo.FindSystemTimeZoneById(row.TimeZone)),
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
