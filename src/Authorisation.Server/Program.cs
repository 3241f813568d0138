using System.CommandLine;
using Authorisation.Server.Commands;

// Without a command the server runs, so that a service unit needs no more than the program's name.
var root = new RootCommand("Credit authorisation for public-transport business travel: the data plane.")
{
    ServeCommand.Create(),
    MigrateCommand.Create(),
    HealthCommand.Create(),
    AdvicesCommand.Create(),
};
root.TreatUnmatchedTokensAsErrors = false;
root.SetAction((parsed, _) => ServeCommand.RunAsync([.. parsed.UnmatchedTokens]));

// The host sees to signals: by default the process would be ended two seconds after one, whatever it still had to
// answer.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
