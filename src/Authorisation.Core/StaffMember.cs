namespace Authorisation.Core;

/// <summary>A person of the operator's staff who asks for something, for the audit trail. It decides nothing.</summary>
/// <param name="PersonId">The person.</param>
/// <param name="Email">The address that the person signs in with.</param>
/// <param name="Address">
/// The network address that the call came from; <see langword="null"/> when it is unknown.
/// </param>
public sealed record StaffMember(Guid PersonId, string Email, string? Address);
