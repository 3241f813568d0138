namespace Authorisation.Cache;

/// <summary>The bits of a stored snapshot. A new one makes a new format.</summary>
[Flags]
internal enum SnapshotFlags : ushort
{
    None = 0,
    CardCreditNotOffered = 1 << 0,
    Removed = 1 << 1,
    AwaitsActivation = 1 << 2,
    Blocked = 1 << 3,
    OrganisationSuspended = 1 << 4,
    CardHasTickets = 1 << 5,
    HasNextHoldExpiry = 1 << 6,
    HasMaxPurchase = 1 << 7,
    HasAllowedProducts = 1 << 8,
    All = (1 << 9) - 1,
}
