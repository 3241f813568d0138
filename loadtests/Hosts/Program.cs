using System.Globalization;
using Authorisation.Admin;
using Authorisation.Server;
using Authorisation.Standalone;

// The server, or the control plane, as they are shipped but for their clock, which is ahead by so much as the ledger's
// of a stage in which a month is about to end.

if (args is not [("server" or "admin") and var which, var aheadText, .. var settings]
    || !long.TryParse(aheadText, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var aheadMicroseconds))
{
    Console.Error.WriteLine("Say which, how far its clock is ahead, and its settings: server|admin MICROSECONDS [--Section:Name VALUE …]");
    return 2;
}

var ahead = new ShiftedTimeProvider(TimeProvider.System.GetUtcNow() + TimeSpan.FromMicroseconds(aheadMicroseconds), TimeProvider.System);
await using var app = which == "server" ? ServerHost.Build(settings, UseClock) : AdminHost.Build(settings, UseClock);
await app.RunAsync();
return 0;

void UseClock(WebApplicationBuilder builder) => builder.Services.AddSingleton<TimeProvider>(ahead);
