using Authorisation.Hosting.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Hosting;

namespace Authorisation.Hosting.Commands;

/// <summary>Runs a host until something stops it, for the command that serves.</summary>
/// <param name="build">Builds the host.</param>
/// <param name="check">Checks what the host needs before it starts; throws what <paramref name="isRefusal"/> knows.</param>
/// <param name="isListening">Logs where the host listens.</param>
/// <param name="isRefusal">Whether an exception says, in its message, what the operator has to put right.</param>
internal sealed class HostRunner(
    Func<WebApplication> build,
    Func<WebApplication, Task> check,
    Action<WebApplication> isListening,
    Func<Exception, bool> isRefusal)
{
    /// <summary>Runs it.</summary>
    /// <param name="reasonToFail">Why a host that has stopped in order failed all the same; null when it did not.</param>
    /// <returns>The exit code: 0, or 1 after a line on standard error that says why.</returns>
    public async Task<int> RunAsync(Func<WebApplication, string?>? reasonToFail = null)
    {
        try
        {
            await using var app = build();
            await check(app);
            await StartAsync(app);
            isListening(app);
            await app.WaitForShutdownAsync();
            return reasonToFail?.Invoke(app) is { } reason ? Fail(reason) : 0;
        }
        catch (Exception e) when (e is SettingException || isRefusal(e))
        {
            return Fail(e.Message);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            return Fail($"Listen:Port is in use: {e.Message}");
        }
    }

    // What has begun when something else fails is stopped, or the host would tell of tasks that it cancelled.
    private static async Task StartAsync(WebApplication app)
    {
        try
        {
            await app.StartAsync();
        }
        catch
        {
            await app.StopAsync();
            throw;
        }
    }

    private static int Fail(string message)
    {
        Console.Error.WriteLine(message);
        return 1;
    }
}
