using Authorisation.Server.Tests.Support;
using Authorisation.Testing;
using Authorisation.Testing.Tls;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Authorisation.Server.Tests.Access;

/// <summary>The files of the server's certificate: the chain in them is sent, and new ones hold without a restart.</summary>
[Trait("Tier", "Slow")]
public sealed class CertificateFileTests(SharedWire wire) : WireTest(wire)
{
    private const int TakenEvent = 4670;
    private const int UnusableEvent = 4671;
    private const int ExpiresEvent = 4672;

    private readonly CertificateChain _chain = new();
    private readonly string _directory = TestDirectory.NewPath("certificate");

    private string CertificatePath => Path.Combine(_directory, "tls.crt");

    private string KeyPath => Path.Combine(_directory, "tls.key");

    [Fact]
    public async Task A_client_that_trusts_the_root_alone_is_sent_the_intermediate_and_a_new_certificate_holds_when_it_is_there()
    {
        var first = await WriteAsync();
        await using var server = await StartAsync();
        Assert.Equal(first, await _chain.ConnectAsync(server.Address));

        // In place, the certificate before its key: what a look finds between the two is not told.
        var second = await WriteAsync();
        await ShowsAsync(server, second);
        // It is told after it is shown.
        await Eventually.TrueAsync(
            () => server.Log.Entries.Any(entry => entry.EventId.Id == TakenEvent), Eventually.Bound, "it is told");
        var taken = server.Log.Entries.Last(entry => entry.EventId.Id == TakenEvent);
        Assert.Contains(CertificatePath, taken.Message, StringComparison.Ordinal);
        Assert.Contains("CN=" + CertificateChain.Name, taken.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Log.Entries, entry => entry.EventId.Id is UnusableEvent or ExpiresEvent);
    }

    [Fact]
    public async Task A_link_that_is_turned_to_another_directory_is_followed_and_open_connections_stay()
    {
        var (old, data) = (Path.Combine(_directory, "..1"), Path.Combine(_directory, "..data"));
        await WriteAsync(old);
        Directory.CreateSymbolicLink(data, "..1");
        File.CreateSymbolicLink(CertificatePath, Path.Combine("..data", "tls.crt"));
        File.CreateSymbolicLink(KeyPath, Path.Combine("..data", "tls.key"));
        await using var server = await StartAsync();
        var on = await NewOperatorAsync();
        var card = await on.AddCardAsync();
        await server.GetsToKnowAsync(on.ValidatorToken);
        // By the name in the certificate, which is what a client looks for.
        using var channel = GrpcChannel.ForAddress(
            $"https://{CertificateChain.Name}:{server.Address.Port}",
            new GrpcChannelOptions
            {
                HttpHandler = new SocketsHttpHandler { SslOptions = _chain.ClientOptions(), ConnectCallback = ConnectOnce() },
                DisposeHttpClient = true,
            });
        var caller = new TestCaller(channel, on.ValidatorToken);
        await caller.AuthoriseAsync(on.Buy(card, 1));

        // As Kubernetes does: a new directory beside the old one, and one rename that turns the link.
        var next = await WriteAsync(Path.Combine(_directory, "..2"));
        Directory.CreateSymbolicLink(Path.Combine(_directory, "..new"), "..2");
        using (var move = System.Diagnostics.Process.Start("mv", ["-T", Path.Combine(_directory, "..new"), data]))
        {
            await move.WaitForExitAsync().WaitAsync(Eventually.Bound);
            Assert.Equal(0, move.ExitCode);
        }

        await ShowsAsync(server, next);

        await caller.AuthoriseAsync(on.Buy(card, 1));
    }

    [Fact]
    public async Task New_files_that_cannot_be_used_leave_the_old_certificate_in_force_and_are_told_once()
    {
        var first = await WriteAsync();
        await using var server = await StartAsync();
        server.Log.Expect(UnusableEvent);

        await File.WriteAllTextAsync(KeyPath, _chain.Issue().Key);
        await Eventually.TrueAsync(
            () => server.Log.Entries.Any(entry => entry.EventId.Id == UnusableEvent), Eventually.ProcessBound, "it is told");

        var told = server.Log.Entries.Single(entry => entry.EventId.Id == UnusableEvent);
        Assert.Equal(LogLevel.Error, told.Level);
        Assert.Contains(CertificatePath, told.Message, StringComparison.Ordinal);
        Assert.Contains("Listen:Certificate:KeyPath", told.Message, StringComparison.Ordinal);
        Assert.Equal(first, await _chain.ConnectAsync(server.Address));
        var next = await WriteAsync();
        await ShowsAsync(server, next);
    }

    [Fact]
    public async Task A_certificate_that_expires_within_two_weeks_is_told()
    {
        await WriteAsync(validFor: TimeSpan.FromDays(13));
        await using var server = await StartAsync();

        await Eventually.TrueAsync(
            () => server.Log.Entries.Any(entry => entry.EventId.Id == ExpiresEvent), Eventually.Bound, "it is told");

        var told = server.Log.Entries.Single(entry => entry.EventId.Id == ExpiresEvent);
        Assert.Equal(LogLevel.Warning, told.Level);
        Assert.Contains(CertificatePath, told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Somebody_who_speaks_no_HTTP_2_is_hung_up_on_and_leaves_no_error_in_the_log()
    {
        await WriteAsync();
        await using var server = await StartAsync();
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync(server.Address.Host, server.Address.Port);
        await using var tls = new System.Net.Security.SslStream(client.GetStream());
        await tls.AuthenticateAsClientAsync(_chain.ClientOptions());

        Assert.Equal(0, await tls.ReadAsync(new byte[1]).AsTask().WaitAsync(Eventually.Bound));
    }

    protected override void Dispose(bool disposing)
    {
        _chain.Dispose();
        base.Dispose(disposing);
    }

    private async Task<string> WriteAsync(string? directory = null, TimeSpan? validFor = null)
    {
        directory ??= _directory;
        Directory.CreateDirectory(directory);
        var (certificate, key, serialNumber) = _chain.Issue(validFor);
        await File.WriteAllTextAsync(Path.Combine(directory, "tls.crt"), certificate);
        await File.WriteAllTextAsync(Path.Combine(directory, "tls.key"), key);
        return serialNumber;
    }

    private Task<InProcessServer> StartAsync() => InProcessServer.StartAsync(
        Ledger.ServiceConnectionString,
        Wire.Redis,
        new TestLog(),
        time: null,
        $"--Listen:Certificate:Path={CertificatePath}",
        $"--Listen:Certificate:KeyPath={KeyPath}");

    private Task ShowsAsync(InProcessServer server, string serialNumber) => Eventually.TrueAsync(
        async () => await _chain.ConnectAsync(server.Address) == serialNumber, Eventually.ProcessBound, "the new certificate is shown");

    // A second connection would be another certificate's: the calls of this channel are on the first, or fail.
    private static Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>> ConnectOnce()
    {
        var connections = 0;
        return async (context, stop) =>
        {
            Assert.Equal(1, Interlocked.Increment(ref connections));
            var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
            await socket.ConnectAsync(System.Net.IPAddress.Loopback, context.DnsEndPoint.Port, stop);
            return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
        };
    }
}
