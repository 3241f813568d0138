using Authorisation.Administration.Products;
using Authorisation.Administration.Work;
using Authorisation.Core;

namespace Authorisation.Administration.Rules;

/// <summary>Hours that are asked for.</summary>
internal sealed record RuleTimeRequest(IReadOnlyList<string?>? Weekdays, string? From, string? Until);

/// <summary>Rules that are asked for, whole; what is null is not limited.</summary>
/// <param name="Products">Codes of ticket types that may be bought.</param>
/// <param name="Kinds">Kinds of ticket types that may be bought.</param>
/// <param name="Zones">Zones in which something may be bought.</param>
/// <param name="Times">When something may be bought.</param>
/// <param name="MaxPurchaseMinor">The most that one purchase may cost, in minor units.</param>
/// <param name="MaxDayMinor">The most that the purchases of a day may cost, in minor units.</param>
internal sealed record RuleRequest(
    IReadOnlyList<string?>? Products,
    IReadOnlyList<string?>? Kinds,
    IReadOnlyList<string?>? Zones,
    IReadOnlyList<RuleTimeRequest?>? Times,
    long? MaxPurchaseMinor,
    long? MaxDayMinor)
{
    private static readonly string[] KindWords = [.. Enum.GetValues<ProductKind>().Select(Words.Of)];

    /// <summary>The rules as they are stored.</summary>
    /// <exception cref="RefusedException">Fields are wrong: every one of them.</exception>
    public RuleRow Check()
    {
        var fields = new Fields();
        if (Products is null && Kinds is null && Zones is null && Times is null && MaxPurchaseMinor is null && MaxDayMinor is null)
        {
            fields.Add(
                "products", FieldCode.Required,
                "is required, or one of kinds, zones, times, max_purchase_minor and max_day_minor; DELETE takes the rules away");
        }

        var row = new RuleRow
        {
            Products = Codes(fields, "products", Products, Limits.RuleProductsMax, Limits.CodeCharactersMax),
            Kinds = ReadKinds(fields),
            Zones = Codes(fields, "zones", Zones, Limits.RuleZonesMax, Limits.CodeCharactersMax),
            Times = ReadTimes(fields),
            MaxPurchaseMinor = Amount(fields, "max_purchase_minor", MaxPurchaseMinor, Limits.AmountMinorMax),
            MaxDayMinor = Amount(fields, "max_day_minor", MaxDayMinor, Limits.RuleDayMinorMax),
        };
        fields.ThrowIfAny();
        return row;
    }

    private static long? Amount(Fields fields, string field, long? minor, long most)
    {
        if (minor < 1 || minor > most)
        {
            fields.AddOutOfRange(field, 1, most);
        }

        return minor;
    }

    private static string[]? Codes(Fields fields, string field, IReadOnlyList<string?>? codes, int most, int charactersMax)
    {
        if (codes is null)
        {
            return null;
        }

        if (codes.Count < 1 || codes.Count > most)
        {
            fields.AddOutOfRange(field, 1, most, " of them");
            return [];
        }

        var read = new SortedSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < codes.Count; i++)
        {
            read.Add(fields.Required($"{field}[{i}]", codes[i], charactersMax));
        }

        return [.. read];
    }

    private short[]? ReadKinds(Fields fields)
    {
        if (Kinds is null)
        {
            return null;
        }

        if (Kinds.Count < 1 || Kinds.Count > KindWords.Length)
        {
            fields.AddOutOfRange("kinds", 1, KindWords.Length, " of them");
        }

        var read = new SortedSet<short>();
        for (var i = 0; i < Kinds.Count && fields.Errors.Count < Limits.BodyErrorsMax; i++)
        {
            if (Kinds[i] is { } word && KindWords.Contains(word, StringComparer.Ordinal))
            {
                read.Add((short)Words.Read<ProductKind>(word));
            }
            else
            {
                fields.AddNotOneOf($"kinds[{i}]", KindWords);
            }
        }

        return [.. read];
    }

    private int[]? ReadTimes(Fields fields)
    {
        if (Times is null)
        {
            return null;
        }

        if (Times.Count < 1 || Times.Count > Limits.RuleTimesMax)
        {
            fields.AddOutOfRange("times", 1, Limits.RuleTimesMax, " of them");
            return [];
        }

        List<(int, int)> spans = [];
        for (var i = 0; i < Times.Count; i++)
        {
            spans.AddRange(Spans(fields, $"times[{i}]", Times[i] ?? new RuleTimeRequest(null, null, null)));
        }

        return [.. WeekTimes.Of(spans).Bounds];
    }

    private static List<(int From, int Until)> Spans(Fields fields, string field, RuleTimeRequest time)
    {
        const string Form = "must be HH:MM on a whole quarter of an hour, such as 06:30, up to 24:00";
        var (from, until) = (RuleTime.Minute(time.From), RuleTime.Minute(time.Until));
        if (from is null)
        {
            fields.Add(field + ".from", time.From is null ? FieldCode.Required : FieldCode.Malformed, Form);
        }

        if (until is null)
        {
            fields.Add(field + ".until", time.Until is null ? FieldCode.Required : FieldCode.Malformed, Form);
        }
        else if (until <= from)
        {
            fields.Add(
                field + ".until", FieldCode.NotPossible,
                "must be after from: hours over midnight are two, until 24:00 of one day and from 00:00 of the next");
        }

        if (time.Weekdays is not { Count: >= 1 and <= 7 })
        {
            fields.Add(field + ".weekdays", FieldCode.Required, "must be 1 to 7 days, as mon to sun");
            return [];
        }

        List<(int, int)> spans = [];
        for (var i = 0; i < time.Weekdays.Count; i++)
        {
            var day = RuleTime.WeekdayNames.ToList().IndexOf(time.Weekdays[i] ?? "");
            if (day < 0)
            {
                fields.AddNotOneOf($"{field}.weekdays[{i}]", [.. RuleTime.WeekdayNames]);
            }
            else if (from is { } begin && until is { } end)
            {
                spans.Add(((day * WeekTimes.DayMinutes) + begin, (day * WeekTimes.DayMinutes) + end));
            }
        }

        return spans;
    }
}
