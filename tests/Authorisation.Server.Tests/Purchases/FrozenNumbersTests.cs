using Xunit;

namespace Authorisation.Server.Tests.Purchases;

/// <summary>The numbers of the core's words are those of the contract: the edge casts one to the other.</summary>
public sealed class FrozenNumbersTests
{
    [Fact]
    public void Decisions_have_the_contracts_numbers() =>
        Assert.Equal(Numbers<V1.Decision>(except: "Unspecified"), Numbers<Core.Decision>());

    [Fact]
    public void Reasons_to_decline_have_the_contracts_numbers() =>
        Assert.Equal(Numbers<V1.DeclineReason>(except: "Unspecified"), Numbers<Core.DeclineReason>(except: "None"));

    [Fact]
    public void What_is_no_reason_is_no_number() =>
        Assert.Equal((0, 0), ((int)V1.DeclineReason.Unspecified, (int)Core.DeclineReason.None));

    [Fact]
    public void States_keep_the_numbers_that_integrators_have() => Assert.Equal(
        "Captured 30, Declined 10, Expired 50, Held 20, Refunded 60, Unspecified 0, Voided 40",
        Numbers<V1.AuthorisationState>());

    private static string Numbers<T>(string except = "")
        where T : struct, Enum => string.Join(", ", Enum.GetValues<T>()
            .Select(value => (Name: value.ToString(), Number: Convert.ToInt32(value, null)))
            .Where(value => value.Name != except)
            .OrderBy(value => value.Name, StringComparer.Ordinal)
            .Select(value => $"{value.Name} {value.Number}"));
}
