using Authorisation.Admin.Tests.Support;
using Authorisation.Administration.Messages;
using Authorisation.Core;
using Authorisation.Ledger.Activation;
using Authorisation.Testing;
using Authorisation.Testing.Ledger;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Authorisation.Admin.Tests.Messages;

/// <summary>Messages reach a gateway and a mail server that misbehave: at least once, and are given up at the end.</summary>
[Trait("Tier", "Slow")]
public sealed class DeliveryTests(SharedAdmin shared) : AdminTest(shared)
{
    [Fact]
    public async Task An_sms_is_a_form_with_sender_recipient_and_text_and_basic_authentication()
    {
        await using var stage = await StageAsync();
        var (_, mobile) = await GiveAsync(stage);

        await stage.SentAsync("sms", 1);

        var (authorization, form) = stage.Sms.Got.Single();
        Assert.Equal("Basic " + Convert.ToBase64String("user:secret"u8), authorization);
        Assert.Equal(("JLT", mobile), (form["from"], form["to"]));
        Assert.Matches(@"engångskoden \d{8}\. Koden är giltig i 7 dagar", form["message"]);
    }

    [Fact]
    public async Task A_gateway_that_fails_cuts_off_or_refuses_is_tried_again_and_the_message_is_sent_once_taken()
    {
        await using var stage = await StageAsync();
        stage.Sms.Behave = static (number, context) =>
        {
            switch (number)
            {
                case 1:
                    context.Response.StatusCode = StatusCodes.Status500InternalServerError;
                    break;
                case 2:
                    context.Abort();
                    break;
                case 3:
                    context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
                    break;
            }

            return Task.CompletedTask;
        };
        await GiveAsync(stage);

        await stage.SentAsync("sms", 1);

        Assert.Equal(4, stage.Sms.Got.Count);
        Assert.Single(stage.Sms.Got.Select(one => one.Form["message"]).Distinct(StringComparer.Ordinal));
        var message = (await stage.Operator.Staff.GetAsync("/v1/messages?status=sent")).Is(200).Items.Single(one => one["channel"]!.ToString() == "sms");
        Assert.Equal(4, (int)message["attempts"]!);
        Assert.DoesNotContain("engångskod", message.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gateway_that_took_the_message_and_said_nothing_gets_it_again()
    {
        await using var stage = await StageAsync();
        stage.Sms.Behave = static async (number, context) =>
        {
            if (number == 1)
            {
                await Task.Delay(Limits.MessageSendTimeout + TimeSpan.FromSeconds(5), context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        };
        await GiveAsync(stage);

        await stage.SentAsync("sms", 1, Limits.MessageSendTimeout * 3);

        Assert.Equal(2, stage.Sms.Got.Count);
    }

    [Fact]
    public async Task A_message_that_never_goes_is_dead_and_staff_sends_it_again()
    {
        await using var stage = await StageAsync();
        var fails = true;
        stage.Sms.Behave = (_, context) =>
        {
            context.Response.StatusCode = fails ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
            return Task.CompletedTask;
        };
        await GiveAsync(stage);
        var dead = await stage.WaitAsync("dead", 1);
        Assert.Contains("503", dead["last_error"]!.ToString(), StringComparison.Ordinal);

        fails = false;
        (await stage.Operator.Staff.PostAsync($"/v1/messages/{dead["id"]}/sending")).Is(200);
        await stage.SentAsync("sms", 1);

        (await stage.Operator.Staff.PostAsync($"/v1/messages/{dead["id"]}/sending")).IsProblem(409, "text_not_kept");
        (await stage.Operator.Staff.PostAsync($"/v1/messages/{Guid.NewGuid()}/sending")).IsProblem(404, "not_found");
    }

    [Fact]
    public async Task A_code_that_is_overtaken_before_it_was_sent_is_never_sent()
    {
        await using var stage = await StageAsync();
        string? first = null;
        stage.Sms.Behave = (_, context) =>
        {
            string text = context.Request.Form["message"]!;
            context.Response.StatusCode =
                text == (first ??= text) ? StatusCodes.Status500InternalServerError : StatusCodes.Status200OK;
            return Task.CompletedTask;
        };
        var (account, mobile) = await GiveAsync(stage);
        await Eventually.TrueAsync(() => stage.Sms.Got.Count > 0, Eventually.Bound, "the first code is tried");
        (await stage.Customer.Administrator.PostAsync($"/v1/credit-accounts/{account}/activation-codes")).Is(201);

        await stage.SentAsync("sms", 1);

        var sent = stage.Sms.Got.Last().Form;
        Assert.Equal(mobile, sent["to"]);
        Assert.Equal(1L, await stage.Ledger.AskAsync<long>(
            "select count(*) from control.message where account_id = @account and state = 4 and text is null", new { account }));
    }

    [Fact]
    public async Task Mail_goes_to_a_server_that_greets_late_refuses_for_now_and_hangs_up()
    {
        await using var stage = await StageAsync();
        stage.Smtp.Answer = static (number, command) => (number, command) switch
        {
            (1, "MAIL") => "451 try again",
            (2, ".") => null,
            (_, "DATA") => "354 go on",
            (_, "QUIT") => "221 bye",
            _ => "250 ok",
        };
        var email = Some.Email("chef");
        (await stage.Customer.Administrator.PostAsync($"/v1/organisations/{stage.Customer.Id}/administrators", new { email })).Is(201);

        await Eventually.TrueAsync(() => stage.Smtp.Got.Count >= 2, Eventually.Bound, "the mail came again after the hang-up");

        Assert.All(stage.Smtp.Got, mail => Assert.Contains($"To: {email}", mail, StringComparison.OrdinalIgnoreCase));
        await Eventually.TrueAsync(
            async () => await stage.Ledger.AskAsync<long>(
                "select count(*) from control.message where recipient = @email and state = 2", new { email }) == 1,
            Eventually.Bound,
            "the mail is known as sent");
    }

    [Fact]
    public async Task A_mailbox_that_is_not_there_is_not_tried_again()
    {
        await using var stage = await StageAsync();
        stage.Smtp.Answer = static (_, command) => command switch
        {
            "RCPT" => "550 no such mailbox",
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        (await stage.Customer.Administrator.PostAsync($"/v1/organisations/{stage.Customer.Id}/administrators", new { email = Some.Email() })).Is(201);

        var dead = await stage.WaitAsync("dead", 1);

        Assert.Equal(1, (int)dead["attempts"]!);
    }

    [Fact]
    public async Task A_gateway_that_sends_elsewhere_has_not_taken_the_message()
    {
        await using var stage = await StageAsync();
        stage.Sms.Behave = static (_, context) =>
        {
            context.Response.Redirect(SmsEndpoint.Page);
            return Task.CompletedTask;
        };
        await GiveAsync(stage);

        var dead = await stage.WaitAsync("dead", 1);

        // As with a wrong password: it may be put right before the last try.
        Assert.Equal(5, (int)dead["attempts"]!);
        Assert.Equal("The gateway answered 302. It has moved: Sms:Url has to say where it is.", dead["last_error"]!.ToString());
    }

    [Fact]
    public async Task Mail_goes_to_an_address_with_other_letters_where_the_server_takes_such()
    {
        await using var stage = await StageAsync();
        stage.Smtp.Answer = static (_, command) => command switch
        {
            "EHLO" => "250-test\r\n250-8BITMIME\r\n250 SMTPUTF8",
            "DATA" => "354 go on",
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        var email = Some.Email("åsa");
        (await stage.Customer.Administrator.PostAsync($"/v1/organisations/{stage.Customer.Id}/administrators", new { email })).Is(201);

        await Eventually.TrueAsync(
            async () => await stage.Ledger.AskAsync<long>(
                "select count(*) from control.message where recipient = @email and state = 2", new { email }) == 1,
            Eventually.Bound,
            "the mail is sent");
        Assert.Contains($"To: {email}", stage.Smtp.Got.Single(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Where_it_does_not_the_mail_is_given_up_at_once_and_says_why()
    {
        await using var stage = await StageAsync();
        (await stage.Customer.Administrator.PostAsync(
            $"/v1/organisations/{stage.Customer.Id}/administrators", new { email = Some.Email("åsa") })).Is(201);

        var dead = await stage.WaitAsync("dead", 1);

        Assert.Equal(1, (int)dead["attempts"]!);
        Assert.Contains("SMTPUTF8", dead["last_error"]!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_host_has_no_way_to_send_waits_untried_for_one_that_has()
    {
        await using var ledger = await Shared.Ledgers.CreateOwnAsync();
        var key = CodeKey.NewText();
        // Nothing is sent there.
        await using var smsOnly = await InProcessAdmin.StartAsync(
            ledger, key, null, "--Sms:Url=http://127.0.0.1:9/", "--Sms:User=user", "--Sms:Password=secret");
        var directory = TestDirectory.NewPath("messages");
        var made = await AdminOperator.CreateAsync(ledger, smsOnly, new Mailbox(directory), "jonkoping");
        var becoming = made.CustomerAsync();
        await Eventually.TrueAsync(
            async () => await ledger.AskAsync<long>("select count(*) from control.message where kind = 'invitation'") == 1,
            Eventually.Bound,
            "the invitation is written");
        // A round of the worker's has passed by when it has given up an SMS that was written after the mail.
        await ledger.ExecuteAsync(
            """
            insert into control.message (id, operator_id, channel, kind, sender, recipient, text, expires_at)
            select gen_random_uuid(), operator_id, 1, kind, sender, '+46701234567', text, clock_timestamp() - interval '1 s'
            from control.message where kind = 'invitation'
            """);
        await Eventually.TrueAsync(
            async () => await ledger.AskAsync<long>("select count(*) from control.message where channel = 1 and state = 3") == 1,
            Eventually.Bound,
            "what lapsed is given up");
        Assert.Equal(0, await ledger.AskAsync<short>("select attempts from control.message where kind = 'invitation' and channel = 2"));
        var warned = Assert.Single(smsOnly.Log.Entries, entry => entry.EventId.Id == 5104);
        Assert.Contains("No way is set to send Email: such messages wait for a host that has Smtp:Host", warned.Message, StringComparison.Ordinal);

        await using var host = await InProcessAdmin.StartAsync(ledger, key, null, $"--Messages:Directory={directory}");

        await becoming;
        Assert.DoesNotContain(host.Log.Entries, entry => entry.EventId.Id == 5104);
    }

    private static async Task<(Guid Account, string Mobile)> GiveAsync(Stage stage)
    {
        var traveller = await stage.Customer.TravellerAsync();
        var account = await stage.Customer.GiveAppAsync(traveller.Id);
        return (account.Id, traveller["mobile"]!);
    }

    // A ledger of its own: hosts on one ledger deliver each other's messages.
    private async Task<Stage> StageAsync()
    {
        var ledger = await Shared.Ledgers.CreateOwnAsync();
        var key = CodeKey.NewText();
        var directory = TestDirectory.NewPath("messages");
        AdminOperator made;
        AdminOrganisation customer;
        await using (var quiet = await InProcessAdmin.StartAsync(
            ledger, key, null, $"--Messages:Directory={directory}", "--MonthEnd:Runs=false"))
        {
            made = await AdminOperator.CreateAsync(ledger, quiet, new Mailbox(directory), "jonkoping");
            customer = await made.CustomerAsync();
        }

        var sms = await SmsEndpoint.StartAsync();
        var smtp = new SmtpEndpoint();
        var host = await InProcessAdmin.StartAsync(
            ledger,
            key,
            services => services.AddSingleton(new MessageTiming(TimeSpan.FromMilliseconds(50), AttemptsMax: 5)),
            $"--Sms:Url={sms.Url}",
            "--Sms:User=user",
            "--Sms:Password=secret",
            "--Smtp:Host=127.0.0.1",
            $"--Smtp:Port={smtp.Port}",
            "--Smtp:Tls=false",
            "--Smtp:From=noreply@example.com",
            "--MonthEnd:Runs=false");
        made = made with { Host = host, Staff = host.As(made.Staff.Token!) };
        customer = customer with { Operator = made, Administrator = host.As(customer.Administrator.Token!) };
        return new Stage(ledger, host, made, customer, sms, smtp);
    }

    private sealed record Stage(
        TestLedger Ledger, InProcessAdmin Host, AdminOperator Operator, AdminOrganisation Customer, SmsEndpoint Sms, SmtpEndpoint Smtp)
        : IAsyncDisposable
    {
        public Task SentAsync(string channel, int count, TimeSpan? bound = null) => Eventually.TrueAsync(
            async () => (await Operator.Staff.GetAsync("/v1/messages?status=sent&page_size=200")).Items
                .Count(one => one["channel"]!.ToString() == channel) == count,
            bound ?? Eventually.Bound,
            $"{count} {channel} sent");

        public async Task<System.Text.Json.Nodes.JsonObject> WaitAsync(string status, int count)
        {
            await Eventually.TrueAsync(
                async () => (await Operator.Staff.GetAsync($"/v1/messages?status={status}")).Items.Count == count,
                Eventually.Bound,
                $"{count} {status}");
            return (await Operator.Staff.GetAsync($"/v1/messages?status={status}")).Items[0];
        }

        public async ValueTask DisposeAsync()
        {
            await Host.DisposeAsync();
            await Sms.DisposeAsync();
            await Smtp.DisposeAsync();
            await Ledger.DisposeAsync();
        }
    }
}
