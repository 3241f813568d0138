using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Authorisation.PrivateServers;
using Authorisation.Standalone.Demo;

namespace Authorisation.Standalone.Start;

/// <summary>
/// Starts the demo's ticket system, a program of its own that knows the control plane by its API alone, has it sent the
/// operators' events, and keeps it running.
/// </summary>
internal sealed class TicketSystemStep(AdminStep admin, DemoDataStep data, RunDirectory directory, TimeSpan clockShift, TextWriter output)
    : IStartStep
{
    private const string Name = "ticket-system";
    private const string Program = "Authorisation.TicketSystem.dll";
    private const string Announcement = "Listening on ";

    private readonly ConcurrentDictionary<string, string> _secrets = new(StringComparer.Ordinal);
    private ServerProcess? _process;
    private Uri? _address;

    /// <inheritdoc/>
    public string Doing => "Starting the ticket system";

    /// <summary>Where it listens; set when the step has run.</summary>
    public Uri Address => _address!;

    private string LogPath => directory.PathOf(Name + ".log");

    private string SettingsPath => directory.PathOf(Name + ".json");

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancel)
    {
        var staff = data.Operators.ToDictionary(
            one => one.Key, _ => new DemoPortal(admin.Address, messages: ""), StringComparer.Ordinal);
        try
        {
            await Task.WhenAll(staff.Select(one => ComeInAsync(one.Key, one.Value, cancel)));
            WriteSettings();
            await StartProcessAsync(cancel);
            // Whatever waits is sent now.
            await Task.WhenAll(staff.Select(one => SetWebhookAsync(one.Value, one.Key, new Uri(Address, $"events/{one.Key}"), cancel)));
        }
        finally
        {
            foreach (var portal in staff.Values)
            {
                portal.Dispose();
            }
        }
    }

    /// <inheritdoc/>
    public async Task StopAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            process.Signal(Libc.SigTerm);
            await process.WaitForEndAsync(Bounds.TicketSystemStop);
            process.Kill();
            await process.Ended;
            process.Dispose();
        }
    }

    /// <inheritdoc/>
    public Task WatchAsync(CancellationToken cancel) => Restarts.WatchAsync(
        "The ticket system", () => _process?.Ended ?? Task.CompletedTask, StartAsync, output, cancel);

    private async Task ComeInAsync(string code, DemoPortal staff, CancellationToken cancel)
    {
        await staff.SignInAsync(data.Operators[code].Administrators!.Staff, cancel);
        if (!_secrets.ContainsKey(code))
        {
            _secrets[code] = await SecretAsync(staff, code, cancel);
        }
    }

    // The secret is shown when it is made, and never again: one that an earlier run was shown is replaced.
    private static async Task<string> SecretAsync(DemoPortal staff, string code, CancellationToken cancel)
    {
        var path = $"/v1/operators/{code}/webhook";
        var made = await staff.FindAsync(path, cancel) is null
            ? await SetWebhookAsync(staff, code, new Uri("http://127.0.0.1/"), cancel)
            : await staff.PostAsync(path + "/secrets", body: null, cancel);
        return made["secret"]!.ToString();
    }

    private static Task<JsonNode> SetWebhookAsync(
        DemoPortal staff, string code, Uri address, CancellationToken cancel) =>
        staff.PutAsync($"/v1/operators/{code}/webhook", new { url = address.AbsoluteUri }, cancel);

    private void WriteSettings()
    {
        File.Delete(SettingsPath);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using var file = new FileStream(SettingsPath, options);
        JsonSerializer.Serialize(file, new
        {
            // Started again, it is where it was.
            port = _address?.Port ?? 0,
            admin = admin.Address,
            clock_ahead = clockShift,
            operators = data.Operators.ToDictionary(
                one => one.Key, one => new { token = one.Value.TicketSystemToken, secret = _secrets[one.Key] }, StringComparer.Ordinal),
        });
    }

    private async Task StartProcessAsync(CancellationToken cancel)
    {
        _process?.Dispose();
        ServerLog.Rotate(LogPath);
        var host = Environment.ProcessPath is { } path && Path.GetFileName(path) == "dotnet" ? path : "dotnet";
        _process = await ServerProcess.StartAsync(
            user: null, "SIGKILL", LogPath, [host, Path.Combine(AppContext.BaseDirectory, Program), SettingsPath]);
        try
        {
            var until = Environment.TickCount64 + (long)Bounds.TicketSystemStart.TotalMilliseconds;
            while (true)
            {
                if (AddressIn(LogPath) is { } address)
                {
                    _address = address;
                    return;
                }

                if (await _process.WaitForEndAsync(Bounds.Poll, cancel) || Environment.TickCount64 > until)
                {
                    throw new StartFailedException(
                        $"the ticket system did not start: {ServerLog.Telling(ServerLog.Tail(LogPath))}; its log is {LogPath}");
                }
            }
        }
        catch
        {
            await StopAsync();
            throw;
        }
    }

    // The port is one that was free, which the program says once it listens.
    private static Uri? AddressIn(string log) =>
        ServerLog.Tail(log).Split('\n').FirstOrDefault(line => line.StartsWith(Announcement, StringComparison.Ordinal)) is { } line
        && Uri.TryCreate(line[Announcement.Length..], UriKind.Absolute, out var address)
            ? address
            : null;
}
