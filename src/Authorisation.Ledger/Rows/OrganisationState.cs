namespace Authorisation.Ledger.Rows;

/// <summary>
/// What an account has of its organisation and its operator: the same for all accounts of the organisation.
/// </summary>
/// <param name="Version">
/// Grows with every change of the organisation, its departments or its operator that concerns decisions on all of the
/// organisation's accounts, or what they are invoiced with.
/// </param>
/// <param name="NamesVersion">Grows with every change of what they are invoiced with.</param>
/// <param name="RulesVersion">Grows with every change of the rules that more than one of them has.</param>
/// <param name="IsSuspended">Whether the operator suspended the organisation.</param>
/// <param name="OffersCardCredit">Whether the operator gives credit on cards.</param>
/// <param name="HasBudgets">Whether what is bought can count in a budget.</param>
internal readonly record struct OrganisationState(
    long Version, long NamesVersion, long RulesVersion, bool IsSuspended, bool OffersCardCredit, bool HasBudgets);
