namespace Authorisation.Core;

/// <content>Bounds of metrics and traces.</content>
public static partial class Limits
{
    /// <summary>
    /// The least time between two log lines that metrics and traces do not arrive where they are sent.
    /// </summary>
    public static readonly TimeSpan ExportFailuresTold = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How often the control plane asks the database for what its gauges show, where they are collected.
    /// </summary>
    public static readonly TimeSpan GaugesInterval = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long messages that were given up are counted: what they carry is of no use to anybody after that.
    /// </summary>
    public static readonly TimeSpan DeadMessagesCounted = TimeSpan.FromDays(7);
}
