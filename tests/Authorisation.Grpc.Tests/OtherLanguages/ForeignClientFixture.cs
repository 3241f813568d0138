using System.Text.Json;
using Authorisation.Grpc.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Xunit;

namespace Authorisation.Grpc.Tests.OtherLanguages;

/// <summary>Lets a client in another language run all its cases against one server, once.</summary>
public abstract class ForeignClientFixture : IAsyncLifetime
{
    private readonly Dictionary<string, string?> _errors = new(StringComparer.Ordinal);
    private string? _failure;

    public async Task InitializeAsync()
    {
        try
        {
            await using var server = await TestServer.StartAsync(
                services: static services =>
                {
                    services.AddGrpcHealthChecks().AddCheck("self", static () => HealthCheckResult.Healthy());
                    services.AddGrpcReflection();
                },
                map: static app =>
                {
                    app.MapGrpcHealthChecksService();
                    app.MapGrpcReflectionService();
                });
            var output = await RunAsync(server.Address.Authority);
            foreach (var line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                using var result = JsonDocument.Parse(line);
                _errors[result.RootElement.GetProperty("case").GetString()!] = result.RootElement.GetProperty("error").GetString();
            }
        }
        catch (Exception exception)
        {
            // Told by every case: xunit shows a failed fixture poorly.
            _failure = exception.ToString();
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void AssertPassed(string name)
    {
        Assert.True(_failure is null, _failure);
        Assert.True(_errors.TryGetValue(name, out var error), $"The case {name} was not run.");
        Assert.True(error is null, error);
    }

    protected abstract Task<string> RunAsync(string address);
}
