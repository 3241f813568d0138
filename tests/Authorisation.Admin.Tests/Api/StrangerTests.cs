using System.Net.Sockets;
using System.Text;
using Authorisation.Admin.Tests.Support;
using Authorisation.Testing;
using Authorisation.Testing.Tls;
using Xunit;

namespace Authorisation.Admin.Tests.Api;

/// <summary>What somebody can make the control plane keep, and what its connections show and are bounded by.</summary>
[Trait("Tier", "Slow")]
public sealed class StrangerTests(SharedAdmin shared) : AdminTest(shared)
{
    [Theory]
    [InlineData("/v1/clients", "application/json", null)]
    [InlineData("/v1/clients", "application/json", "unknown")]
    [InlineData("/v1/organisations/0198a7b2-0000-7000-8000-000000000000/traveller-imports", "text/csv", null)]
    [InlineData("/v1/organisations/0198a7b2-0000-7000-8000-000000000000/traveller-imports", "text/csv", "unknown")]
    public async Task A_body_is_not_waited_for_without_a_session(string path, string contentType, string? token)
    {
        using var client = new TcpClient();
        var answer = await SendAsync(client, Host.Http.BaseAddress!, path, contentType, token);
        Assert.StartsWith("HTTP/1.1 401 ", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_has_fifteen_seconds_to_arrive_and_less_if_nothing_comes(bool goesOn)
    {
        var made = await NewOperatorAsync();
        using var client = new TcpClient();
        var answer = await SendAsync(client, Host.Http.BaseAddress!, "/v1/clients", "application/json", made.Staff.Token, goesOn);
        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connections_of_one_address_are_bounded()
    {
        await using var ledger = await Shared.Ledgers.CreateOwnAsync();
        await using var host = await InProcessAdmin.StartAsync(
            ledger, Shared.CodeKey, null, "--Listen:ConnectionsPerAddress=2", "--MonthEnd:Runs=false");
        using var first = new TcpClient();
        using var second = new TcpClient();
        var address = host.Http.BaseAddress!;
        Assert.StartsWith("HTTP/1.1 401 ", await SendAsync(first, address, "/v1/clients", "application/json", null), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 401 ", await SendAsync(second, address, "/v1/clients", "application/json", null), StringComparison.Ordinal);

        using var third = new TcpClient();
        Assert.Equal("", await SendAsync(third, address, "/v1/clients", "application/json", null));
        Assert.Single(host.Log.Entries, entry => entry.EventId.Id == 4673);
    }

    [Fact]
    public async Task A_client_that_trusts_the_root_alone_is_sent_the_intermediate()
    {
        using var chain = new CertificateChain();
        var directory = TestDirectory.NewPath("certificate");
        Directory.CreateDirectory(directory);
        var (certificate, key, serialNumber) = chain.Issue();
        var (path, keyPath) = (Path.Combine(directory, "tls.crt"), Path.Combine(directory, "tls.key"));
        await File.WriteAllTextAsync(path, certificate);
        await File.WriteAllTextAsync(keyPath, key);
        await using var ledger = await Shared.Ledgers.CreateOwnAsync();
        await using var host = await InProcessAdmin.StartAsync(
            ledger, Shared.CodeKey, null, $"--Listen:Certificate:Path={path}", $"--Listen:Certificate:KeyPath={keyPath}", "--MonthEnd:Runs=false");

        Assert.Equal(serialNumber, await chain.ConnectAsync(host.Http.BaseAddress!));

        var (next, nextKey, nextSerialNumber) = chain.Issue();
        await File.WriteAllTextAsync(path, next);
        await File.WriteAllTextAsync(keyPath, nextKey);
        await Eventually.TrueAsync(
            async () => await chain.ConnectAsync(host.Http.BaseAddress!) == nextSerialNumber, Eventually.ProcessBound, "the new one is shown");
    }

    /// <summary>Sends the headers of a request and the beginning of its body, and reads the beginning of the answer.</summary>
    private static async Task<string> SendAsync(TcpClient client, Uri host, string path, string contentType, string? token, bool goesOn = false)
    {
        await client.ConnectAsync(host.Host, host.Port).WaitAsync(Eventually.Bound);
        var stream = client.GetStream();
        var authorization = token is null ? "" : $"Authorization: Bearer {token}\r\n";
        var answer = new byte[256];
        try
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(
                $"POST {path} HTTP/1.1\r\nHost: localhost\r\n{authorization}Content-Type: {contentType}\r\nContent-Length: 60000\r\n\r\n{{"));
            var reading = stream.ReadAsync(answer).AsTask();
            while (goesOn && await Task.WhenAny(reading, Task.Delay(TimeSpan.FromMilliseconds(250))) != reading)
            {
                await stream.WriteAsync(new byte[250]);
            }

            var read = await reading.WaitAsync(Eventually.ProcessBound);
            return Encoding.ASCII.GetString(answer, 0, read);
        }
        catch (IOException)
        {
            return "";
        }
    }
}
