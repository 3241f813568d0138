using Authorisation.Administration.Imports;
using Authorisation.Core;
using Authorisation.Hosting.Workers;

namespace Authorisation.Admin.Jobs;

/// <summary>
/// Applies what has been staged. Any number of hosts may do it beside each other, each on another import.
/// </summary>
internal sealed partial class ImportWorker(ApplyImport apply, WorkSignal signal, ILogger<ImportWorker> logger)
    : RepeatedWork(Limits.WorkPollInterval, signal)
{
    // When it fails the rows are still there: a deadlock or a Postgres that is away ends nothing.
    protected override Task<bool> WorkAsync(CancellationToken stop) => apply.RunAsync(stop);

    protected override void TellFailing(string reason) => LogFailed(reason);

    protected override void TellGoesOn(TimeSpan after) => LogGoesOn(after);

    [LoggerMessage(5201, LogLevel.Warning, "A part of an import will be tried again: {Reason}")]
    private partial void LogFailed(string reason);

    [LoggerMessage(5625, LogLevel.Information, "Imports go on after {Time}")]
    private partial void LogGoesOn(TimeSpan time);
}
