using System.CommandLine;
using Authorisation.Admin.Commands;

// Without a command the host runs, so that a service unit needs no more than the program's name.
var root = new RootCommand("Credit authorisation for public-transport business travel: the control plane.")
{
    ServeCommand.Create(),
    CreateOperatorCommand.Create(),
    CreateStaffCommand.Create(),
};
root.TreatUnmatchedTokensAsErrors = false;
root.SetAction((parsed, _) => ServeCommand.RunAsync([.. parsed.UnmatchedTokens]));
return await root.Parse(args).InvokeAsync();
