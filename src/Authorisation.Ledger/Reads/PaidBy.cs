namespace Authorisation.Ledger.Reads;

/// <summary>Whose purchases are listed: what one organisation pays, or a part of it.</summary>
/// <param name="OperatorId">The operator.</param>
/// <param name="OrganisationId">The organisation that pays.</param>
public sealed record PaidBy(int OperatorId, Guid OrganisationId)
{
    /// <summary>Only what these departments paid; <see langword="null"/> for all.</summary>
    public IReadOnlyList<Guid>? Departments { get; init; }

    /// <summary>Only what one traveller bought.</summary>
    public Guid? TravellerId { get; init; }

    /// <summary>Only what was bought on one account, be it removed by now.</summary>
    public Guid? AccountId { get; init; }
}
