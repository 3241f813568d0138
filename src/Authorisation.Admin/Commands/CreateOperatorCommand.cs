using System.CommandLine;
using Authorisation.Administration.Operators;
using Npgsql;

namespace Authorisation.Admin.Commands;

/// <summary>Makes an operator, or changes the terms that are given of the one that has the code.</summary>
internal static class CreateOperatorCommand
{
    public static Command Create()
    {
        var options = new OperatorOptions();
        var connection = ConnectionOption.Create();
        var command = new Command(
            "create-operator",
            "Make an operator; or, of the one that has the code, change what is given and nothing else. Defaults are a new operator's.");
        foreach (var option in options.All)
        {
            command.Add(option);
        }

        command.Add(connection);
        command.SetAction((parsed, _) => ConnectionOption.RunAsync(
            parsed.GetValue(connection),
            source => SetAsync(source, parsed.GetRequiredValue(options.Code), options.ChangeOf(parsed))));
        return command;
    }

    private static async Task<string> SetAsync(NpgsqlDataSource source, string code, OperatorChange change) =>
        await ConnectionOption.WorkAsync(source, work => new SetOperator().RunAsync(work, code, change)) switch
        {
            OperatorOutcome.Created =>
                $"Operator {code} is there. Its first staff member: create-staff --operator {code} --email …",
            OperatorOutcome.Changed => $"Operator {code} is changed.",
            _ => $"Operator {code} has these terms already.",
        };
}
