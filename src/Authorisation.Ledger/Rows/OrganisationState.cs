namespace Authorisation.Ledger.Rows;

/// <summary>
/// What an account has of its organisation and its operator: the same for all accounts of the organisation.
/// </summary>
/// <param name="Version">
/// Grows with every change of the organisation, its departments or its operator that concerns decisions on all of the
/// organisation's accounts, or what they are invoiced with.
/// </param>
/// <param name="NamesVersion">Grows with every change of what they are invoiced with.</param>
/// <param name="IsSuspended">Whether the operator suspended the organisation.</param>
/// <param name="OffersCardCredit">Whether the operator gives credit on cards.</param>
internal readonly record struct OrganisationState(long Version, long NamesVersion, bool IsSuspended, bool OffersCardCredit);
