namespace Authorisation.Testing.Ledger;

/// <summary>
/// The clock of a host that goes with the ledger's: wherever a test sets that, this one is. Until a test sets it, it is the
/// real one; what is measured, and timers, are real always.
/// </summary>
/// <remarks>Safe for several threads: what it says is one reference that is replaced whole.</remarks>
public sealed class LedgerTime : TimeProvider
{
    private volatile Func<DateTimeOffset> _now = static () => System.GetUtcNow();

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => _now();

    /// <summary>Has it stand still.</summary>
    public void StopAt(DateTimeOffset instant) => _now = () => instant;

    /// <summary>Has it run on from an instant.</summary>
    public void SetTo(DateTimeOffset instant)
    {
        var shift = instant - System.GetUtcNow();
        _now = () => System.GetUtcNow() + shift;
    }
}
