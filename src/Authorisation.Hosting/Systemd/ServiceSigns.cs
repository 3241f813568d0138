namespace Authorisation.Hosting.Systemd;

/// <summary>What a host knows of itself that its service manager wants to know.</summary>
/// <param name="Trouble">Why it cannot serve now; null when it can. Asked until it can for the first time.</param>
/// <param name="StandsStillFor">
/// How long the work that it lives on has waited without moving; zero when it moves, or none waits.
/// </param>
public sealed record ServiceSigns(Func<CancellationToken, Task<string?>> Trouble, Func<TimeSpan> StandsStillFor);
