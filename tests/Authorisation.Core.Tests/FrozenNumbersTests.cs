using System.Globalization;
using System.Text;

namespace Authorisation.Core.Tests;

/// <summary>Numbers that rows and messages already carry. A change here is a change of stored data.</summary>
public class FrozenNumbersTests
{
    [Fact]
    public void Decision_is_frozen() => AssertFrozen<Decision>("Approved=1 Declined=2");

    [Fact]
    public void DeclineReason_is_frozen() => AssertFrozen<DeclineReason>(
        "None=0 Reversed=10 UnknownInstrument=20 CardCreditNotOffered=30 CreditRemoved=40 NotActivated=50 Blocked=60 CreditNotValidToday=65 "
        + "OrganisationSuspended=70 CardHasTickets=80 ProductNotAllowed=90 ZoneNotAllowed=92 TimeNotAllowed=94 AmountOverRule=100 "
        + "DayAmountOverRule=104 InsufficientCredit=110 BudgetSpent=120");

    [Fact]
    public void RuleOwner_is_frozen() => AssertFrozen<RuleOwner>("None=0 Credit=1 Department=2 Organisation=3 Operator=4");

    [Fact]
    public void RuleOwner_has_the_contracts_numbers() => AssertSame(
        ContractEnum("RuleOwner", "RULE_OWNER_"),
        NumbersOf<RuleOwner>().Select(n => n.Name == nameof(RuleOwner.None) ? ("Unspecified", n.Number) : n));

    [Fact]
    public void InstrumentKind_is_frozen() => AssertFrozen<InstrumentKind>("Card=1 App=2");

    [Fact]
    public void PurposeRule_is_frozen() => AssertFrozen<PurposeRule>("NotKept=0 KeptIfGiven=1 Required=2");

    [Fact]
    public void VatCategory_is_frozen() => AssertFrozen<VatCategory>("OutsideScope=79 Standard=83 ZeroRated=90");

    [Fact]
    public void OperationKind_is_frozen() =>
        AssertFrozen<OperationKind>("Capture=1 Void=2 Refund=3 Expiry=4 Advice=5 Match=6");

    [Fact]
    public void OperationBy_is_frozen() => AssertFrozen<OperationBy>("Client=1 App=2 Staff=3 Service=4");

    [Fact]
    public void OperationKind_has_the_contracts_numbers() =>
        AssertSame(ContractEnum("OperationKind", "OPERATION_KIND_"), NumbersOf<OperationKind>().Prepend(("Unspecified", 0)));

    [Fact]
    public void OperationBy_has_the_contracts_numbers() =>
        AssertSame(ContractEnum("OperationBy", "OPERATION_BY_"), NumbersOf<OperationBy>().Prepend(("Unspecified", 0)));

    [Fact]
    public void Decision_has_the_contracts_numbers() =>
        AssertSame(ContractEnum("Decision", "DECISION_"), NumbersOf<Decision>().Prepend(("Unspecified", 0)));

    [Fact]
    public void DeclineReason_has_the_contracts_numbers() =>
        AssertSame(
            ContractEnum("DeclineReason", "DECLINE_REASON_"),
            NumbersOf<DeclineReason>().Select(n => n.Name == nameof(DeclineReason.None) ? ("Unspecified", n.Number) : n));

    [Fact]
    public void The_contract_writes_decline_reasons_in_the_order_of_their_precedence()
    {
        var numbers = ContractEnum("DeclineReason", "DECLINE_REASON_").Select(n => n.Number).ToList();

        Assert.Equal(numbers.Order(), numbers);
    }

    private static void AssertFrozen<T>(string expected)
        where T : struct, Enum =>
        Assert.Equal(expected, string.Join(' ', NumbersOf<T>().Select(n => $"{n.Name}={n.Number}")));

    private static void AssertSame(IEnumerable<(string, int)> contract, IEnumerable<(string, int)> core) =>
        Assert.Equal(contract.Order(), core.Order());

    private static IEnumerable<(string Name, int Number)> NumbersOf<T>()
        where T : struct, Enum =>
        Enum.GetValues<T>().Select(v => (v.ToString(), Convert.ToInt32(v, CultureInfo.InvariantCulture)));

    /// <summary>The contract's enum, its names written as they are in C#, in the order of the file.</summary>
    private static List<(string Name, int Number)> ContractEnum(string name, string prefix)
    {
        var contract = Contract();
        var opening = $"\nenum {name} {{";
        var start = contract.IndexOf(opening, StringComparison.Ordinal) + opening.Length;
        var lines = contract[start..contract.IndexOf('}', start)].Split('\n')
            .Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal));
        var values = string.Join('\n', lines)
            .Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(" = "))
            .Select(v => (PascalCase(v[0][prefix.Length..]), int.Parse(v[1], CultureInfo.InvariantCulture)))
            .ToList();
        Assert.NotEmpty(values);
        return values;
    }

    private static string PascalCase(string screaming) => screaming.Split('_').Aggregate(
        new StringBuilder(), (text, word) => text.Append(word[0]).Append(word[1..].ToLowerInvariant())).ToString();

    private static string Contract()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Authorisation.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests run outside the repository.");
        }

        return File.ReadAllText(Path.Combine(folder, "proto", "authorisation", "v1", "authorisation.proto"));
    }
}
