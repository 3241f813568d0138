using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Authorisation.Core;
using Authorisation.Server.Tests.Support;
using Authorisation.Testing;
using Grpc.Core;
using Grpc.Net.Client;
using Xunit;

namespace Authorisation.Server.Tests.Access;

/// <summary>Calls over TLS, and tokens that hold only with a client certificate.</summary>
public sealed class CertificateTests(SharedWire wire) : WireTest(wire)
{
    [Fact]
    public async Task A_token_bound_to_a_certificate_holds_with_that_one_only()
    {
        using var serverCertificate = Certificates.Create("authorisation.example");
        using var bound = Certificates.Create("bus-17.example");
        using var another = Certificates.Create("bus-17.example");
        await using var server = await StartAsync(serverCertificate);

        var on = await NewOperatorAsync();
        var card = await on.AddCardAsync();
        var (_, token) = await Ledger.Provisioner.AddClientAsync(
            on.Terms.Id, ClientKind.Validator, "Bus 17", Certificates.Sha256(bound));
        await server.GetsToKnowAsync(token);
        await Server.GetsToKnowAsync(token);

        using var with = Connect(server, serverCertificate, bound);
        Assert.Equal(V1.Decision.Approved, (await new TestCaller(with, token).AuthoriseAsync(on.Buy(card))).Decision);

        using var without = Connect(server, serverCertificate, client: null);
        await IsRefusedAsync(new TestCaller(without, token).AuthoriseAsync(on.Buy(card)));
        using var withAnother = Connect(server, serverCertificate, another);
        await IsRefusedAsync(new TestCaller(withAnother, token).AuthoriseAsync(on.Buy(card)));
        await IsRefusedAsync(Server.Caller(token).AuthoriseAsync(on.Buy(card)));
        Assert.Equal(1, await on.RowsAsync());
    }

    [Fact]
    public async Task A_token_that_is_not_bound_holds_over_TLS_with_and_without_a_certificate()
    {
        using var serverCertificate = Certificates.Create("authorisation.example");
        using var some = Certificates.Create("bus-18.example");
        await using var server = await StartAsync(serverCertificate);
        var on = await NewOperatorAsync();
        var card = await on.AddCardAsync();
        await server.GetsToKnowAsync(on.ValidatorToken);
        foreach (var client in new[] { null, some })
        {
            using var channel = Connect(server, serverCertificate, client);
            await new TestCaller(channel, on.ValidatorToken).AuthoriseAsync(on.Buy(card));
        }

        Assert.Equal(2, await on.RowsAsync());
    }

    private async Task<InProcessServer> StartAsync(X509Certificate2 certificate)
    {
        var (path, keyPath) = await Certificates.WriteAsync(certificate);
        var server = await InProcessServer.StartAsync(
            Ledger.ServiceConnectionString,
            Wire.Redis,
            new TestLog(),
            time: null,
            $"--Listen:Certificate:Path={path}",
            $"--Listen:Certificate:KeyPath={keyPath}");
        Assert.Equal("https", server.Address.Scheme);
        return server;
    }

    private static GrpcChannel Connect(InProcessServer server, X509Certificate2 expected, X509Certificate2? client)
    {
        var ssl = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, shown, _, _) =>
                shown is not null && shown.GetRawCertData().AsSpan().SequenceEqual(expected.RawData),
        };
        if (client is not null)
        {
            ssl.ClientCertificates = [client];
            ssl.LocalCertificateSelectionCallback = (_, _, _, _, _) => client;
        }

        return server.Connect(new SocketsHttpHandler { SslOptions = ssl });
    }

    private static async Task IsRefusedAsync(Task call) =>
        await WireError.OfAsync(call, StatusCode.Unauthenticated, "CERTIFICATE_REQUIRED");
}
