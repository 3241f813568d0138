namespace Authorisation.Core;

/// <summary>
/// A device's report that it sold something while it was out of reach. It is recorded whatever the credit says: the
/// ride has taken place.
/// </summary>
/// <param name="OperationId">What the report is recorded under if it is new; made by the server.</param>
/// <param name="Purchase">What was sold; its <see cref="Purchase.OccurredAt"/> is set.</param>
/// <param name="By">The validator or console.</param>
public sealed record Advice(Guid OperationId, Purchase Purchase, Actor By) : ICommand
{
    /// <inheritdoc />
    public Guid AuthorisationId => Purchase.Id;

    /// <inheritdoc />
    public Originator Originator => By.Originator;

    /// <summary>
    /// The month that a new sale counts in: that of its moment by the device's clock, which is no later than
    /// <paramref name="now"/> for this purpose.
    /// </summary>
    public CreditMonth MonthAt(DateTimeOffset now, TimeZoneInfo zone)
    {
        var at = Purchase.OccurredAt!.Value;
        return CreditMonth.Of(at < now ? at : now, zone);
    }
}
