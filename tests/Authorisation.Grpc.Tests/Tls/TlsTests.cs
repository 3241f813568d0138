using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Authorisation.Grpc.Tests.Probe;
using Authorisation.Grpc.Tests.Support;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Authorisation.Grpc.Tests.Tls;

public class TlsTests
{
    [Fact]
    public async Task A_channel_with_TLS_sends_call_credentials_and_the_server_knows_the_client_s_certificate()
    {
        using var certificate = CreateCertificate();
        AuthContext? authentication = null;
        string? token = null;
        var handlers = new ProbeHandlers
        {
            Unary = (request, context) =>
            {
                authentication = context.AuthContext;
                token = context.RequestHeaders.GetValue("authorization");
                return Task.FromResult(request);
            },
        };
        await using var app = await StartAsync(certificate, handlers);
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.ClientCertificates = [certificate];
#pragma warning disable CA5359 // The certificate is this test's own.
        handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        using var channel = GrpcChannel.ForAddress(app.Urls.First(), new GrpcChannelOptions
        {
            HttpHandler = handler,
            Credentials = ChannelCredentials.Create(ChannelCredentials.SecureSsl, CallCredentials.Compose(Adding("a"), Adding("b"))),
        });
        await new Prober.ProberClient(channel).UnaryAsync(new Note()).ResponseAsync.Soon();
        Assert.True(authentication!.IsPeerAuthenticated);
        Assert.Equal("localhost", Assert.Single(authentication.PeerIdentity).Value);
        Assert.Equal("a, b", token);
    }

    [Fact]
    public async Task A_certificate_that_is_not_trusted_makes_the_call_UNAVAILABLE()
    {
        using var certificate = CreateCertificate();
        await using var app = await StartAsync(certificate, new ProbeHandlers());
        using var channel = GrpcChannel.ForAddress(app.Urls.First());
        await Expect.StatusAsync(StatusCode.Unavailable, () => new Prober.ProberClient(channel).UnaryAsync(new Note()).ResponseAsync);
    }

    [Fact]
    public void Credentials_must_fit_the_address()
    {
        Assert.Throws<InvalidOperationException>(() => Open("https://localhost", ChannelCredentials.Insecure));
        Assert.Throws<InvalidOperationException>(() => Open("http://localhost", ChannelCredentials.SecureSsl));
        Assert.Throws<InvalidOperationException>(() => Open("https://localhost", new SslCredentials("pem")));
        Assert.Throws<ArgumentException>(() => ChannelCredentials.Create(ChannelCredentials.Insecure, Adding("a")));
        Assert.Throws<ArgumentException>(() => GrpcChannel.ForAddress("ftp://localhost"));
        Open("http://localhost", ChannelCredentials.Insecure).Dispose();
        Open("https://localhost", ChannelCredentials.SecureSsl).Dispose();
    }

    private static GrpcChannel Open(string address, ChannelCredentials credentials) =>
        GrpcChannel.ForAddress(address, new GrpcChannelOptions { Credentials = credentials });

    private static CallCredentials Adding(string value) => CallCredentials.FromInterceptor((_, metadata) =>
    {
        metadata.Add("authorization", value);
        return Task.CompletedTask;
    });

    private static async Task<WebApplication> StartAsync(X509Certificate2 certificate, ProbeHandlers handlers)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            listen.UseHttps(certificate, static https =>
            {
                https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                https.AllowAnyClientCertificate();
            });
        }));
        builder.Services.AddSingleton(handlers);
        builder.Services.AddGrpc();
        var app = builder.Build();
        app.MapGrpcService<ProbeService>();
        await app.StartAsync();
        return app;
    }

    private static X509Certificate2 CreateCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), password: null);
    }
}
