namespace Authorisation.Core;

/// <summary>
/// A valid request to do something to an authorisation. Its id is made by the caller, and belongs to it: the same id
/// again is the same operation again.
/// </summary>
public sealed record Operation : ICommand
{
    /// <summary>Made by the client before it sends.</summary>
    public required Guid Id { get; init; }

    /// <summary>The authorisation it is done to.</summary>
    public required Guid AuthorisationId { get; init; }

    /// <summary>What is to be done.</summary>
    public required OperationKind Kind { get; init; }

    /// <summary>The caller.</summary>
    public required Actor By { get; init; }

    /// <summary>
    /// For a capture and a refund how much, in minor units; <see langword="null"/> for all that there is.
    /// </summary>
    public long? AmountMinor { get; init; }

    /// <summary>Why, for people to read; decides nothing.</summary>
    public string? Reason { get; init; }

    /// <summary>
    /// The member of the operator's staff who asks; <see langword="null"/> for clients, apps and the service itself.
    /// </summary>
    public StaffMember? Staff { get; init; }

    /// <summary>Whether a device did this while it was out of reach, and reports it afterwards.</summary>
    public bool MadeOffline { get; init; }

    /// <inheritdoc />
    public Originator Originator => By.Originator;

    /// <summary>
    /// The contract's names of the fields in which <paramref name="other"/> differs, among those that make a repeated
    /// id the same operation. The reason may differ.
    /// </summary>
    public IReadOnlyList<string> DifferencesFrom(Operation other)
    {
        List<string> names = [];
        if (Kind != other.Kind)
        {
            names.Add("operation");
        }

        if (AuthorisationId != other.AuthorisationId)
        {
            names.Add("authorisation_id");
        }

        if (AmountMinor != other.AmountMinor)
        {
            names.Add("amount_minor");
        }

        return names;
    }
}
