using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Authorisation.Cache.Tests;

/// <summary>
/// A redis-server of a test's own, on a free loopback port, to be frozen, killed and started again at will. What the
/// test asks of it directly goes over a plain socket, so that nothing of the code under test is in between.
/// </summary>
internal sealed class PrivateRedis : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(20);

    private readonly string _folder = Directory.CreateTempSubdirectory("authorisation-redis-").FullName;
    private Process? _process;

    private PrivateRedis(int port) => Port = port;

    public int Port { get; }

    public string ConnectionString => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    // Below the range that the kernel takes for outgoing connections. In it, a client that keeps trying to reach a killed
    // server could be given the server's own port, and the server could never come back.
    public static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(10_000, 30_000);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it.
            }
        }
    }

    public static async Task<PrivateRedis> StartAsync(params string[] arguments)
    {
        var redis = new PrivateRedis(FreePort());
        await redis.StartAgainAsync(arguments);
        return redis;
    }

    /// <summary>A place where Redis can be started, and is not yet.</summary>
    public static PrivateRedis NotStarted() => new(FreePort());

    public async Task StartAgainAsync(params string[] arguments)
    {
        string[] always = ["--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--dir", _folder, "--save", "", "--appendonly", "no"];
        _process = Process.Start(new ProcessStartInfo("redis-server", [.. always, .. arguments]) { RedirectStandardOutput = true, UseShellExecute = false })
            ?? throw new InvalidOperationException("redis-server does not start.");
        _process.OutputDataReceived += static (_, _) => { };
        _process.BeginOutputReadLine();
        await Until.TrueAsync(AnswersAsync, "redis-server answers", StartTimeout);
    }

    /// <summary>Stops the process in the middle of whatever it does: its sockets stay open and silent.</summary>
    public void Freeze() => Signal("STOP");

    public void Thaw() => Signal("CONT");

    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
            _process = null;
        }
    }

    /// <summary>One command and its reply: text, as bytes, for whatever kind of reply; null for nil.</summary>
    public async Task<byte[]?> AskAsync(params object[] words)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"*{words.Length}\r\n"));
        foreach (var word in words)
        {
            var bytes = word as byte[] ?? Encoding.UTF8.GetBytes((string)word);
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"${bytes.Length}\r\n"));
            await stream.WriteAsync(bytes);
            await stream.WriteAsync("\r\n"u8.ToArray());
        }

        var first = await LineAsync(stream);
        if (first[0] != '$')
        {
            return Encoding.UTF8.GetBytes(first[1..]);
        }

        var length = int.Parse(first[1..], CultureInfo.InvariantCulture);
        if (length < 0)
        {
            return null;
        }

        var reply = new byte[length];
        await stream.ReadExactlyAsync(reply);
        return reply;
    }

    public async Task<string?> AskTextAsync(params object[] words) =>
        await AskAsync(words) is { } reply ? Encoding.UTF8.GetString(reply) : null;

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private static async Task<string> LineAsync(NetworkStream stream)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (one[0] != '\n')
        {
            await stream.ReadExactlyAsync(one);
            line.Append((char)one[0]);
        }

        return line.ToString().TrimEnd();
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            // Any reply will do: LOADING and NOAUTH are what some tests start it for.
            return await AskAsync("PING") is not null;
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            return false;
        }
    }

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", _process!.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }
}
