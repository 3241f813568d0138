using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace Authorisation.Admin.Tests.Messages;

/// <summary>
/// A mail server on a real socket that speaks as much SMTP as a message needs, over TLS where it has a certificate, and misbehaves
/// as it is told to.
/// </summary>
internal sealed class SmtpEndpoint : IAsyncDisposable
{
    private readonly SslStreamCertificateContext? _certificate;
    private readonly bool _beginsWithTls;
    private readonly ConcurrentQueue<string> _commands = new();
    private int _open;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<string> _got = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;
    private int _connections;

    public SmtpEndpoint(SslStreamCertificateContext? certificate = null, bool beginsWithTls = false)
    {
        (_certificate, _beginsWithTls) = (certificate, beginsWithTls);
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

    /// <summary>Every line that was not part of a message; what came over TLS has <c>tls </c> in front.</summary>
    public IReadOnlyCollection<string> Commands => _commands;

    /// <summary>How many connections are open.</summary>
    public int Open => Volatile.Read(ref _open);

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
        Interlocked.Increment(ref _open);
        using (client)
        {
            try
            {
                await using var plain = client.GetStream();
                if (_beginsWithTls || await ConverseAsync(plain, number, "220 test"))
                {
                    await using var tls = new SslStream(plain);
                    await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = _certificate }, _stop.Token);
                    await ConverseAsync(tls, number, _beginsWithTls ? "220 test" : null);
                }
            }
            catch (Exception e) when (
                e is IOException or OperationCanceledException or SocketException or ObjectDisposedException or AuthenticationException)
            {
                // The client hung up, or the test is over.
            }
            finally
            {
                Interlocked.Decrement(ref _open);
            }
        }
    }

    // Whether to go on with TLS.
    private async Task<bool> ConverseAsync(Stream stream, int number, string? greeting)
    {
        var reader = new StreamReader(stream, Encoding.UTF8);
        var writer = new StreamWriter(stream, new UTF8Encoding(false)) { NewLine = "\r\n", AutoFlush = true };
        if (greeting is not null)
        {
            await writer.WriteLineAsync(greeting);
        }

        while (await reader.ReadLineAsync(_stop.Token) is { } line)
        {
            _commands.Enqueue(stream is SslStream ? "tls " + line : line);
            var command = line.Split(' ')[0].ToUpperInvariant();
            if (Answer(number, command) is not { } answer)
            {
                return false;
            }

            if (answer.Length > 0)
            {
                await writer.WriteLineAsync(answer);
            }

            if (command == "STARTTLS" && answer.StartsWith('2'))
            {
                return true;
            }

            if (command == "DATA" && answer.StartsWith('3'))
            {
                await TakeAsync(reader, writer, number);
            }
        }

        return false;
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

        if (answer.Length > 0)
        {
            await writer.WriteLineAsync(answer);
        }
    }
}
