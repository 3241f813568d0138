using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Authorisation.Admin.Settings;
using Authorisation.Administration.Messages;
using Authorisation.Hosting.Settings;
using Authorisation.Testing;
using Authorisation.Testing.Tls;
using Microsoft.Extensions.Configuration;
using MimeKit;
using Xunit;

namespace Authorisation.Admin.Tests.Messages;

/// <summary>E-mail to a server on a real socket: TLS, users, other letters than a to z, and servers that fail.</summary>
[Trait("Tier", "Slow")]
public sealed class SmtpMailerTests : IDisposable
{
    private const string Secret = "pass-word-åäö";

    private readonly CertificateChain _chain = new();

    public void Dispose() => _chain.Dispose();

    [Theory]
    [InlineData("starttls")]
    [InlineData("implicit")]
    public async Task A_user_and_its_password_and_the_mail_go_over_tls_only(string tls)
    {
        await using var server = NewServer(tls);

        await Mailer(server, tls).SendAsync(NewDelivery(), CancellationToken.None).WaitAsync(Eventually.Bound);

        Assert.Single(server.Got);
        Assert.Equal(
            tls == "implicit" ? [] : ["EHLO", "STARTTLS"],
            server.Commands.Where(line => !IsTls(line)).Select(line => line.Split(' ')[0]),
            StringComparer.Ordinal);
        var login = server.Commands.Single(line => line.StartsWith("tls AUTH PLAIN ", StringComparison.Ordinal));
        Assert.Equal($"\0mailer\0{Secret}", Encoding.UTF8.GetString(Convert.FromBase64String(login.Split(' ')[^1])));
        Assert.Contains("tls QUIT", server.Commands, StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_server_that_offers_no_tls_gets_nothing()
    {
        await using var server = new SmtpEndpoint();

        var failure = await FailsAsync(Mailer(server, "starttls"), isFinal: false);

        Assert.Contains("offers no STARTTLS", failure.Message, StringComparison.Ordinal);
        Assert.All(server.Commands, line => Assert.Contains(line.Split(' ')[0], (string[])["EHLO", "QUIT"], StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("starttls")]
    [InlineData("implicit")]
    public async Task A_certificate_of_an_authority_that_is_not_trusted_gets_nothing(string tls)
    {
        using var other = new CertificateChain();
        await using var server = NewServer(tls);

        var failure = await FailsAsync(Mailer(server, tls, other), isFinal: false);

        Assert.Contains("not trusted", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Commands, IsTls);
        Assert.Contains("not trusted", (await FailsAsync(Mailer(server, tls, authorities: null), isFinal: false)).Message, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Commands, IsTls);
    }

    [Fact]
    public async Task A_certificate_of_another_name_gets_nothing()
    {
        await using var server = NewServer("implicit");

        var failure = await FailsAsync(Mailer(server, "implicit", _chain, host: "localhost"), isFinal: false);

        Assert.Contains("not trusted", failure.Message, StringComparison.Ordinal);
        Assert.Empty(server.Commands);
    }

    [Fact]
    public async Task A_wrong_password_can_be_put_right_and_is_not_told()
    {
        await using var server = NewServer("starttls", static command => command == "AUTH" ? $"535 not with {Secret}" : null);

        var failure = await FailsAsync(Mailer(server, "starttls"), isFinal: false);

        Assert.Equal("The mail server refused Smtp:User and Smtp:Password.", failure.Message);
        Assert.Empty(server.Got);
    }

    [Fact]
    public async Task Letters_of_any_language_arrive_in_subject_sender_text_and_the_domain_of_an_address()
    {
        await using var server = NewServer("starttls");
        var delivery = NewDelivery() with
        {
            Recipient = "anna@exämple.se",
            Sender = "Länstrafiken \"Öst\", Södra",
            Subject = "Välj ett nytt lösenord – ålänning 🚌, en rubrik som är så lång att den inte får plats på en enda rad",
            Text = "Hej Åsa!\n.\n..\nhttps://example.com/?a=b&c=d\n" + new string('ö', 2_000),
        };

        await Mailer(server, "starttls").SendAsync(delivery, CancellationToken.None).WaitAsync(Eventually.Bound);

        var got = Read(server.Got.Single());
        Assert.Equal((delivery.Subject, delivery.Sender), (got.Subject, got.From.Mailboxes.Single().Name));
        Assert.Equal("noreply@example.com", got.From.Mailboxes.Single().Address);
        Assert.Equal(delivery.Text, got.TextBody!.ReplaceLineEndings("\n").TrimEnd('\n'));
        Assert.Equal($"{delivery.Id}@example.com", got.MessageId);
        Assert.Contains("tls RCPT TO:<anna@xn--exmple-cua.se>", server.Commands, StringComparer.Ordinal);
        Assert.All(server.Got.Single(), character => Assert.True(char.IsAscii(character)));
    }

    [Fact]
    public async Task A_mail_that_was_taken_is_sent_whatever_the_server_makes_of_the_end()
    {
        foreach (var end in new[] { null, "500 what" })
        {
            await using var server = new SmtpEndpoint();
            var usual = server.Answer;
            server.Answer = (number, command) => command == "QUIT" ? end : usual(number, command);

            await Mailer(server, "false").SendAsync(NewDelivery(), CancellationToken.None).WaitAsync(Eventually.Bound);

            Assert.Single(server.Got);
        }
    }

    [Theory]
    [InlineData("EHLO")]
    [InlineData("RCPT")]
    [InlineData(".")]
    public async Task A_stop_closes_the_connection_of_a_mail_that_the_server_says_nothing_to(string silentAt)
    {
        await using var server = new SmtpEndpoint();
        var usual = server.Answer;
        var isThere = new TaskCompletionSource();
        server.Answer = (number, command) =>
        {
            if (command != silentAt)
            {
                return usual(number, command);
            }

            isThere.TrySetResult();
            return "";
        };
        using var stop = new CancellationTokenSource();
        var sending = Mailer(server, "false").SendAsync(NewDelivery(), stop.Token);
        await isThere.Task.WaitAsync(Eventually.Bound);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending.WaitAsync(Eventually.Bound));
        await Eventually.TrueAsync(() => server.Open == 0, Eventually.Bound, "the connection is closed");
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_given_up_in_time_and_left()
    {
        await using var server = new SmtpEndpoint();
        var usual = server.Answer;
        server.Answer = (number, command) => command == "MAIL" ? "" : usual(number, command);

        var failure = await FailsAsync(Mailer(server, "false"), isFinal: false);

        Assert.Equal("The mail server did not answer in time.", failure.Message);
        await Eventually.TrueAsync(() => server.Open == 0, Eventually.Bound, "the connection is closed");
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_tried_again()
    {
        var gone = new SmtpEndpoint();
        await gone.DisposeAsync();

        var failure = await FailsAsync(Mailer(gone, "false"), isFinal: false);

        Assert.Equal("The mail server cannot be reached: ConnectionRefused.", failure.Message);
    }

    [Theory]
    [InlineData(null, null, 587, "StartTls")]
    [InlineData("465", null, 465, "SslOnConnect")]
    [InlineData("465", "true", 465, "SslOnConnect")]
    [InlineData("25", "True", 25, "StartTls")]
    [InlineData("465", "starttls", 465, "StartTls")]
    [InlineData("2465", "implicit", 2465, "SslOnConnect")]
    [InlineData("25", "false", 25, "None")]
    public void Tls_is_what_the_port_has_unless_it_is_set(string? port, string? tls, int expectedPort, string expected)
    {
        var settings = Settings(("Port", port), ("Tls", tls))!;

        Assert.Equal((expectedPort, expected), (settings.Port, settings.Security.ToString()));
    }

    [Theory]
    [InlineData("Smtp:Tls", "Tls", "maybe")]
    [InlineData("Smtp:Password", "User", "mailer")]
    [InlineData("Smtp:CertificateAuthorities", "CertificateAuthorities", "/nowhere.pem")]
    [InlineData("Smtp:From", "From", "nobody")]
    public void A_wrong_setting_is_named(string named, string name, string value) => Assert.StartsWith(
        named + " ", Assert.Throws<SettingException>(() => Settings((name, value))).Message, StringComparison.Ordinal);

    private static SmtpSettings? Settings(params (string Name, string? Value)[] set) => SmtpSettingReader.Read(new SettingReader(
        new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal) { ["Smtp:Host"] = "mail.example.com", ["Smtp:From"] = "noreply@example.com" })
            .AddInMemoryCollection(set.Where(one => one.Value is not null).ToDictionary(one => "Smtp:" + one.Name, one => one.Value, StringComparer.Ordinal))
            .Build()));

    private static async Task<DeliveryException> FailsAsync(SmtpMailer mailer, bool isFinal)
    {
        var failure = await Assert.ThrowsAsync<DeliveryException>(
            () => mailer.SendAsync(NewDelivery(), CancellationToken.None).WaitAsync(Eventually.Bound));
        Assert.Equal(isFinal, failure.IsFinal);
        return failure;
    }

    private static Delivery NewDelivery() =>
        new(Guid.NewGuid(), MessageChannel.Email, "Länstrafiken", "anna@example.com", "Välkommen", "Hej!");

    private static bool IsTls(string line) => line.StartsWith("tls ", StringComparison.Ordinal);

    private static MimeMessage Read(string text) =>
        MimeMessage.Load(new MemoryStream(Encoding.UTF8.GetBytes(Unstuffed(text))));

    // A line of a message that begins with a dot goes over the wire with one more.
    private static string Unstuffed(string text) => text.Replace("\n..", "\n.", StringComparison.Ordinal);

    private SmtpMailer Mailer(SmtpEndpoint server, string tls) => Mailer(server, tls, _chain);

    private static SmtpMailer Mailer(SmtpEndpoint server, string tls, CertificateChain? authorities, string host = "127.0.0.1")
    {
        string? path = null;
        if (authorities is not null)
        {
            path = TestDirectory.NewPath("authorities");
            File.WriteAllText(path, authorities.RootPem);
        }

        return new SmtpMailer(Settings(
            ("Host", host),
            ("Port", server.Port.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            ("Tls", tls),
            ("User", tls == "false" ? null : "mailer"),
            ("Password", Secret),
            ("CertificateAuthorities", path))!);
    }

    private SmtpEndpoint NewServer(string tls, Func<string, string?>? answer = null)
    {
        var (pem, key, _) = _chain.Issue();
        using var loaded = X509Certificate2.CreateFromPem(pem, key);
        var sent = new X509Certificate2Collection();
        sent.ImportFromPem(pem);
        var certificate = X509CertificateLoader.LoadPkcs12(loaded.Export(X509ContentType.Pkcs12), password: null);
        var server = new SmtpEndpoint(SslStreamCertificateContext.Create(certificate, sent, offline: true), tls == "implicit");
        var usual = server.Answer;
        server.Answer = (number, command) => answer?.Invoke(command) ?? command switch
        {
            "EHLO" => "250-test\r\n250-STARTTLS\r\n250 AUTH PLAIN",
            "STARTTLS" => "220 go on",
            "AUTH" => "235 ok",
            _ => usual(number, command),
        };
        return server;
    }
}
