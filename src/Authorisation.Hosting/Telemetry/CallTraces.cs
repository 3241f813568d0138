using System.Diagnostics;

namespace Authorisation.Hosting.Telemetry;

/// <summary>The spans of calls.</summary>
public static class CallTraces
{
    /// <summary>The name of their source.</summary>
    public const string SourceName = "Authorisation.Calls";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Whether anybody listens.</summary>
    public static bool IsOn => Source.HasListeners();

    /// <summary>
    /// Begins the span of a call, as the current one; null without a listener. To be called by an asynchronous method,
    /// which keeps what is current to itself.
    /// </summary>
    /// <param name="call">What is called.</param>
    /// <param name="traceParent">What the caller says of its own span, in the form of W3C; null for nothing.</param>
    public static Activity? Begin(string call, string? traceParent = null)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        // Not below the span that ASP.NET makes for its log: that span is not exported.
        Activity.Current = null;
        return Source.StartActivity(
            call,
            ActivityKind.Server,
            ActivityContext.TryParse(traceParent, traceState: null, isRemote: true, out var caller) ? caller : default);
    }
}
