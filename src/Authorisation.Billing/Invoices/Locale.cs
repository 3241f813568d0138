using System.Globalization;
using Authorisation.Core;

namespace Authorisation.Billing.Invoices;

/// <summary>How an operator writes.</summary>
/// <param name="Language"><c>sv</c>, <c>nb</c> or <c>en</c>.</param>
/// <param name="Zone">The time zone that its days and months are of.</param>
internal sealed record Locale(string Language, TimeZoneInfo Zone)
{
    /// <summary>The calendar day of an instant.</summary>
    public DateOnly DayOf(DateTimeOffset instant) => LocalDay.Of(instant, Zone);

    /// <summary>The credit month of an instant.</summary>
    public CreditMonth MonthOf(DateTimeOffset instant) => CreditMonth.Of(instant, Zone);

    /// <summary>An instant as <c>yyyy-MM-dd HH:mm</c>; null is empty.</summary>
    public string Minute(DateTimeOffset? instant) => instant is { } moment
        ? TimeZoneInfo.ConvertTime(moment, Zone).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)
        : "";

    /// <summary>As <see cref="Minute"/>, or the calendar day where the reader does not see the time.</summary>
    public string Moment(DateTimeOffset? instant, bool showsTime) =>
        showsTime || instant is not { } moment ? Minute(instant) : Day(moment);

    /// <summary>The calendar day of an instant as <c>yyyy-MM-dd</c>.</summary>
    public string Day(DateTimeOffset instant) => DayOf(instant).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
