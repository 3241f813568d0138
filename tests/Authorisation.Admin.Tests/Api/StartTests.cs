using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Authorisation.Admin.Settings;
using Authorisation.Admin.Web;
using Authorisation.Hosting.Settings;
using Authorisation.Ledger.Activation;
using Authorisation.Testing;
using Xunit;

namespace Authorisation.Admin.Tests.Api;

/// <summary>A setting that is wrong ends the start with a line that names it.</summary>
public sealed class StartTests
{
    private static readonly string[] Right =
        ["--Ledger:ConnectionString=Host=127.0.0.1;Password=secret", $"--Activation:CodeKey={CodeKey.NewText()}"];

    [Theory]
    [InlineData("Ledger:ConnectionString", "--Ledger:ConnectionString=")]
    [InlineData("Ledger:ConnectionString", "--Ledger:ConnectionString=Nonsense=1")]
    [InlineData("Activation:CodeKey", "--Activation:CodeKey=")]
    [InlineData("Activation:CodeKey", "--Activation:CodeKey=c2hvcnQ=")]
    [InlineData("Activation:OtherCodeKey", "--Activation:OtherCodeKey=c2hvcnQ=")]
    [InlineData("Listen:Connections", "--Listen:Connections=0")]
    [InlineData("Listen:ConnectionsPerAddress", "--Listen:ConnectionsPerAddress=0")]
    [InlineData("Listen:Certificate:Path", "--Listen:Certificate:KeyPath=/no/such.key")]
    [InlineData("Listen:Port", "--Listen:Port=65536")]
    [InlineData("Listen:Address", "--Listen:Address=example.com")]
    [InlineData("Listen:Certificate:Path", "--Listen:Address=0.0.0.0")]
    [InlineData("Portal:Address", "--Portal:Address=portal.example.com")]
    [InlineData("Portal:Address", "--Portal:Address=http://portal.example.com/")]
    [InlineData("Portal:Address", "--Portal:Address=https://portal.example.com/?a=b")]
    [InlineData("Sms:User", "--Sms:Url=https://sms.example.com/")]
    [InlineData("Smtp:From", "--Smtp:Host=mail.example.com")]
    [InlineData("Smtp:Prot", "--Smtp:Prot=25")]
    [InlineData("Telemetry:Metrics:Port", "--Telemetry:Metrics:Port=https")]
    [InlineData("Telemetry:Otlp:Endpoint", "--Telemetry:Otlp:Endpoint=ftp://collector")]
    [InlineData("Telemetry:Traces:Percent", "--Telemetry:Traces:Percent=1")]
    [InlineData("Access:AnonymousCallsPerMinute", "--Access:AnonymousCallsPerMinute=0")]
    public void A_wrong_setting_is_named_and_no_secret_is_told(string named, string argument)
    {
        var refusal = Assert.Throws<SettingException>(() => AdminHost.Build([.. Right, argument]));

        Assert.StartsWith(named + " ", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_host_that_listens_beyond_loopback_has_to_know_its_public_address()
    {
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var path = TestDirectory.NewPath("certificate");
        File.WriteAllBytes(path, certificate.Export(X509ContentType.Pfx));
        string[] beyond = [.. Right, "--Listen:Address=0.0.0.0", $"--Listen:Certificate:Path={path}"];

        var refusal = Assert.Throws<SettingException>(() => AdminHost.Build(beyond));

        Assert.StartsWith("Portal:Address is needed to listen on 0.0.0.0", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
        AdminHost.Build([.. beyond, "--Portal:Address=https://admin.example.com"]);
    }

    [Theory]
    [InlineData("sreve")]
    [InlineData("--Port=1")]
    [InlineData("--Listen:Port")]
    public void What_is_no_setting_is_refused(string argument) =>
        Assert.Throws<SettingException>(() => SettingArguments.Check([argument], AdminSettings.Sections));

    [Fact]
    public void Calls_without_a_session_are_bounded_by_address_and_minute()
    {
        var time = new Clock();
        var limiter = new AnonymousLimiter(time, callsMax: 3);

        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(_ => limiter.Allows("192.0.2.1")));
        Assert.True(limiter.Allows("192.0.2.2"));
        time.Now += TimeSpan.FromMinutes(1);
        Assert.True(limiter.Allows("192.0.2.1"));
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
