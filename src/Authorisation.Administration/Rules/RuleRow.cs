using System.Text.Json.Serialization;
using Authorisation.Administration.Products;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Rules;

/// <summary>The rules of one place as the database has them; what is null is not limited.</summary>
internal sealed record RuleRow
{
    /// <summary>Where there are no rules.</summary>
    public static RuleRow None { get; } = new();

    public string[]? Products { get; init; }

    [JsonIgnore]
    public short[]? Kinds { get; init; }

    public string[]? Zones { get; init; }

    [JsonIgnore]
    public int[]? Times { get; init; }

    public long? MaxPurchaseMinor { get; init; }

    public long? MaxDayMinor { get; init; }

    /// <summary>Grows with every change; 0 where there are no rules.</summary>
    [JsonIgnore]
    public long Revision { get; init; }

    /// <summary>The names of the allowed kinds.</summary>
    public IReadOnlyList<string>? KindNames => Kinds?.Select(kind => Words.Of((ProductKind)kind)).ToArray();

    /// <summary>The times, days with the same hours together.</summary>
    public IReadOnlyList<RuleTime>? Windows => Times is null ? null : RuleTime.Of(WeekTimes.TryRead(Times)!);

    /// <summary>The rules of a place.</summary>
    public static async Task<RuleRow> FindAsync(NpgsqlConnection db, RulePlace place) =>
        await db.QuerySingleOrDefaultAsync<RuleRow>(
            "select products, kinds, zones, times, max_purchase_minor, max_day_minor, revision from purchase_rule where "
            + Condition(place),
            place) ?? None;

    /// <summary>What finds the row of a place's rules, by one index.</summary>
    public static string Condition(RulePlace place) => place switch
    {
        { AccountId: not null } => "account_id = @AccountId",
        { DepartmentId: not null } => "department_id = @DepartmentId",
        _ => "organisation_id = @OrganisationId and department_id is null and account_id is null",
    };
}
