using System.CommandLine;
using Authorisation.Server.Calls;
using Grpc.Core;
using Grpc.Health.V1;
using HealthClient = Grpc.Health.V1.Health.HealthClient;

namespace Authorisation.Server.Commands;

/// <summary>
/// Asks a running server on this machine over <c>grpc.health.v1</c> whether it is ready: for container health checks,
/// in images that have no shell.
/// </summary>
internal static class HealthCommand
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    public static Command Create()
    {
        var address = new Option<string>("--address")
        {
            Description = "Where the server listens.",
            DefaultValueFactory = _ => "http://127.0.0.1:5100",
        };
        var command = new Command("health", "Ask a running server whether it is ready; exit code 0 if it is.") { address };
        address.Validators.Add(static result =>
        {
            if (!Uri.TryCreate(result.GetValueOrDefault<string>(), UriKind.Absolute, out var uri)
                || uri.Scheme is not ("http" or "https"))
            {
                result.AddError("--address takes a URL such as http://127.0.0.1:5100");
            }
        });
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(new Uri(parsed.GetValue(address)!), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(Uri address, CancellationToken cancellationToken)
    {
        using var channel = OwnChannel.To(address);
        try
        {
            var answer = await new HealthClient(channel).CheckAsync(
                new HealthCheckRequest(), deadline: DateTime.UtcNow + Timeout, cancellationToken: cancellationToken);
            var isServing = answer.Status == HealthCheckResponse.Types.ServingStatus.Serving;
            Console.WriteLine(isServing ? "ready" : "not ready");
            return isServing ? 0 : 1;
        }
        catch (RpcException e)
        {
            Console.Error.WriteLine($"{address} does not answer: {e.Status.Detail}");
            return 1;
        }
    }
}
