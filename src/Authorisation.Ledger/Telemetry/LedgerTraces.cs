using System.Diagnostics;

namespace Authorisation.Ledger.Telemetry;

/// <summary>The spans of the ledger. Without a listener, each of these reads one field.</summary>
internal static class LedgerTraces
{
    /// <summary>The name of their source.</summary>
    public const string SourceName = "Authorisation.Ledger";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>The span of the call that this is part of; null when it is not recorded.</summary>
    public static Activity? Current =>
        Source.HasListeners() && Activity.Current is { Recorded: true } current ? current : null;

    /// <summary>Begins a part of the current span; null when that is not recorded.</summary>
    public static Activity? Begin(string name) => Current is null ? null : Source.StartActivity(name);

    /// <summary>Begins the span of a batch: a separate trace that is linked to those of its commands.</summary>
    public static Activity? BeginBatch(IEnumerable<Activity> commands)
    {
        Activity.Current = null;
        return Source.StartActivity(
            "batch", ActivityKind.Internal, parentContext: default, tags: null,
            links: commands.Select(static command => new ActivityLink(command.Context)));
    }

    /// <summary>Adds to a command's trace how long it waited for a batch, with a link to that.</summary>
    public static void AddWait(Activity command, Activity batch, TimeSpan wait)
    {
        using var span = Source.StartActivity(
            "queue", ActivityKind.Internal, command.Context, tags: null, [new ActivityLink(batch.Context)]);
        span?.SetStartTime(span.StartTimeUtc - wait);
    }
}
