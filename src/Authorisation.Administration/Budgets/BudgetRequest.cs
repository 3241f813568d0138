using Authorisation.Administration.Work;
using Authorisation.Core;

namespace Authorisation.Administration.Budgets;

/// <summary>A budget that is asked for.</summary>
/// <param name="CeilingMinor">The ceiling of each month, in minor units.</param>
/// <param name="Mode"><c>warn</c> or <c>decline</c>.</param>
internal sealed record BudgetRequest(long? CeilingMinor, string? Mode)
{
    private static readonly string[] Modes = [.. Enum.GetValues<BudgetMode>().Select(Words.Of)];

    /// <summary>Adds to the fields what is wrong.</summary>
    public (long CeilingMinor, BudgetMode Mode) Check(Fields fields)
    {
        if (CeilingMinor is null)
        {
            fields.Add("ceiling_minor", FieldCode.Required, "is required");
        }
        else if (CeilingMinor < Limits.BudgetMinorMin || CeilingMinor > Limits.BudgetMinorMax)
        {
            fields.AddOutOfRange("ceiling_minor", Limits.BudgetMinorMin, Limits.BudgetMinorMax);
        }

        if (Mode is null)
        {
            fields.Add("mode", FieldCode.Required, "is required: " + Words.Either(Modes));
        }
        else if (!Modes.Contains(Mode, StringComparer.Ordinal))
        {
            fields.AddNotOneOf("mode", Modes);
        }

        return fields.IsValid ? (CeilingMinor!.Value, Words.Read<BudgetMode>(Mode!)) : default;
    }
}
