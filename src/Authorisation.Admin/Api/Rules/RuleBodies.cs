using System.ComponentModel.DataAnnotations;
using Authorisation.Admin.Web;
using Authorisation.Administration.Products;
using Authorisation.Administration.Rules;
using Authorisation.Core;

namespace Authorisation.Admin.Api.Rules;

/// <summary>Marks a list of days of the week.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
internal sealed class WeekdayWordsAttribute : WordsOfAttribute
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> All => RuleTime.WeekdayNames;
}

/// <summary>Hours of some days of the week in the operator's time zone; over midnight they are two.</summary>
/// <param name="Weekdays">The days, as mon to sun.</param>
/// <param name="From">The first minute, as HH:MM on a whole quarter of an hour.</param>
/// <param name="Until">The one after the last, as HH:MM on a whole quarter of an hour, up to 24:00.</param>
internal sealed record RuleTimeBody(
    [Required, WeekdayWords] IReadOnlyList<string?>? Weekdays,
    [Required, MaxLength(5)] string? From,
    [Required, MaxLength(5)] string? Until);

/// <summary>
/// Rules on purchases, whole: they replace those that there were. At least one field; what is not sent is not limited.
/// </summary>
/// <param name="Products">1 to 500 codes of ticket types that may be bought.</param>
/// <param name="Kinds">Kinds of ticket types of the operator's catalogue that may be bought besides.</param>
/// <param name="Zones">
/// 1 to 200 zones in which something may be bought. A purchase that names no zone goes by those of its ticket type.
/// </param>
/// <param name="Times">1 to 50 times at which something may be bought.</param>
/// <param name="MaxPurchaseMinor">The most that one purchase may cost, in minor units.</param>
/// <param name="MaxDayMinor">The most that the purchases of a calendar day may cost, in minor units.</param>
internal sealed record RuleBody(
    [MaxLength(Limits.RuleProductsMax), MaxTextLength(Limits.CodeCharactersMax)] IReadOnlyList<string?>? Products,
    [WordsOf<ProductKind>] IReadOnlyList<string?>? Kinds,
    [MaxLength(Limits.RuleZonesMax), MaxTextLength(Limits.CodeCharactersMax)] IReadOnlyList<string?>? Zones,
    [MaxLength(Limits.RuleTimesMax)] IReadOnlyList<RuleTimeBody?>? Times,
    [Range(1, Limits.AmountMinorMax)] long? MaxPurchaseMinor,
    [Range(1, Limits.RuleDayMinorMax)] long? MaxDayMinor)
{
    public RuleRequest ToRequest() => new(
        Products,
        Kinds,
        Zones,
        Times?.Select(time => time is null ? null : new RuleTimeRequest(time.Weekdays, time.From, time.Until)).ToList(),
        MaxPurchaseMinor,
        MaxDayMinor);
}

/// <summary>Hours of some days of the week in the operator's time zone.</summary>
/// <param name="Weekdays">The days, as mon to sun.</param>
/// <param name="From">The first minute, as HH:MM.</param>
/// <param name="Until">The one after the last, as HH:MM, up to 24:00.</param>
internal sealed record RuleTimeView([WeekdayWords] IReadOnlyList<string> Weekdays, string From, string Until);

/// <summary>
/// The rules on purchases of one place. What is absent is not limited here; it may be by another place. A purchase must
/// keep the rules of the credit, of the department that pays, of those above it and of the organisation.
/// </summary>
/// <param name="Products">Codes of ticket types that may be bought.</param>
/// <param name="Kinds">Kinds of ticket types that may be bought besides.</param>
/// <param name="Zones">Zones in which something may be bought.</param>
/// <param name="Times">When something may be bought; days with the same hours together.</param>
/// <param name="MaxPurchaseMinor">The most that one purchase may cost, in minor units.</param>
/// <param name="MaxDayMinor">The most that the purchases of a calendar day may cost, in minor units.</param>
internal sealed record RuleView(
    IReadOnlyList<string>? Products,
    [WordsOf<ProductKind>] IReadOnlyList<string>? Kinds,
    IReadOnlyList<string>? Zones,
    IReadOnlyList<RuleTimeView>? Times,
    long? MaxPurchaseMinor,
    long? MaxDayMinor)
{
    public static RuleView Of(RuleRow row) => new(
        row.Products,
        row.KindNames,
        row.Zones,
        row.Windows?.Select(time => new RuleTimeView(time.Weekdays, time.From, time.Until)).ToList(),
        row.MaxPurchaseMinor,
        row.MaxDayMinor);
}
