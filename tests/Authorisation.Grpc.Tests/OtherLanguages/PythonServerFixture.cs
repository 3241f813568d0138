using System.Diagnostics;
using System.Globalization;
using Authorisation.Grpc.Tests.Support;
using Grpc.Net.Client;
using Xunit;

namespace Authorisation.Grpc.Tests.OtherLanguages;

/// <summary>A grpcio server in a process of its own.</summary>
public sealed class PythonServerFixture : IAsyncLifetime
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("grpc-python-");
    private Process? _process;

    public GrpcChannel Channel { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        var environment = await Foreign.PythonMessagesAsync(_directory.FullName);
        var script = Path.Combine(Foreign.TestsDirectory, "Clients", "python", "interop_server.py");
        _process = Foreign.Start(Foreign.Python, _directory.FullName, environment, script);
        var line = await _process.StandardOutput.ReadLineAsync().Soon();
        if (line is null)
        {
            throw new InvalidOperationException(
                $"The Python server did not start ({Foreign.Install}): {await _process.StandardError.ReadToEndAsync()}");
        }

        Channel = GrpcChannel.ForAddress($"http://127.0.0.1:{int.Parse(line, CultureInfo.InvariantCulture)}");
    }

    public async Task DisposeAsync()
    {
        Channel?.Dispose();
        if (_process is not null)
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync().Soon();
            _process.Dispose();
        }

        _directory.Delete(recursive: true);
    }
}
