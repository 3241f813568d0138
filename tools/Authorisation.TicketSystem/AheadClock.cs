namespace Authorisation.TicketSystem;

/// <summary>The machine's clock, set ahead or back as the demo's is.</summary>
/// <param name="ahead">How far ahead; below zero when it is behind.</param>
internal sealed class AheadClock(TimeSpan ahead) : TimeProvider
{
    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + ahead;
}
