using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Authorisation.Admin.Tests.Messages;

/// <summary>A mail server on a real socket that speaks as much SMTP as a message needs, and misbehaves as it is told to.</summary>
internal sealed class SmtpEndpoint : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<string> _got = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;
    private int _connections;

    public SmtpEndpoint()
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _serving = ServeAsync();
    }

    public int Port { get; }

    /// <summary>The answer to a command of the connection with this number, from 1; null hangs up, "" says nothing.</summary>
    public Func<int, string, string?> Answer { get; set; } = static (_, command) => command switch
    {
        "DATA" => "354 go on",
        "QUIT" => "221 bye",
        _ => "250 ok",
    };

    /// <summary>The messages that were handed over whole.</summary>
    public IReadOnlyCollection<string> Got => _got;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _serving;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                _ = ConverseAsync(await _listener.AcceptTcpClientAsync(_stop.Token), Interlocked.Increment(ref _connections));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ConverseAsync(TcpClient client, int number)
    {
        using (client)
        {
            try
            {
                using var reader = new StreamReader(client.GetStream(), Encoding.UTF8);
                await using var writer = new StreamWriter(client.GetStream(), new UTF8Encoding(false)) { NewLine = "\r\n", AutoFlush = true };
                await writer.WriteLineAsync("220 test");
                while (await reader.ReadLineAsync(_stop.Token) is { } line)
                {
                    var command = line.Split(' ')[0].ToUpperInvariant();
                    if (Answer(number, command) is not { } answer)
                    {
                        return;
                    }

                    if (answer.Length > 0)
                    {
                        await writer.WriteLineAsync(answer);
                    }

                    if (command == "DATA" && answer.StartsWith('3'))
                    {
                        await TakeAsync(reader, writer, number);
                    }
                }
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // The client hung up, or the test is over.
            }
        }
    }

    private async Task TakeAsync(StreamReader reader, StreamWriter writer, int number)
    {
        var text = new StringBuilder();
        while (await reader.ReadLineAsync(_stop.Token) is { } line && line != ".")
        {
            text.Append(line).Append('\n');
        }

        _got.Enqueue(text.ToString());
        var answer = Answer(number, ".");
        if (answer is null)
        {
            throw new IOException("told to hang up");
        }

        await writer.WriteLineAsync(answer);
    }
}
