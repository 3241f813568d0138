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
    HasRules = 1 << 7,
    HasToday = 1 << 8,
    HasFirstDay = 1 << 9,
    HasLastDay = 1 << 10,
    HasExtra = 1 << 11,
    All = (1 << 12) - 1,
}
