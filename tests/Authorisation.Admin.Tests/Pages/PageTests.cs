using System.Net;
using System.Text.RegularExpressions;
using Authorisation.Admin.Tests.Messages;
using Authorisation.Admin.Tests.Support;
using Authorisation.Ledger.Activation;
using Xunit;

namespace Authorisation.Admin.Tests.Pages;

/// <summary>Mailed links lead to pages that work without scripts, followed from the mail server to the form.</summary>
[Trait("Tier", "Slow")]
public sealed partial class PageTests(SharedAdmin shared) : AdminTest(shared)
{
    private const string Another = "three green trains";

    [Fact]
    public async Task The_link_of_an_invitation_shows_who_invites_to_what_and_takes_the_password()
    {
        await using var stage = await StageAsync();
        var email = Some.Email("ny");
        (await stage.Customer.Administrator.PostAsync(
            $"/v1/organisations/{stage.Customer.Id}/administrators", new { email, rights = new[] { "travellers" } })).Is(201);
        var link = await stage.LinkAsync(email);

        var shown = await stage.GetAsync(link, "sv-SE,sv;q=0.9,en;q=0.5");

        Assert.Equal((200, "text/html"), (shown.Status, shown.ContentType));
        Assert.Contains("<html lang=\"sv\">", shown.Text, StringComparison.Ordinal);
        Assert.Contains($"Karin Öst har bjudit in dig att administrera Vätterns Teknik AB hos Ett provs länstrafik.", shown.Text, StringComparison.Ordinal);
        Assert.Contains(email, shown.Text, StringComparison.Ordinal);
        // A scanner that looks again spends nothing.
        await stage.GetAsync(link, null);

        var refused = await stage.PostAsync(link, "password", "password1234", "sv");
        Assert.Equal(400, refused.Status);
        Assert.Matches("""aria-invalid="true"(.|\n)*id="password-error" role="alert">Lösenordet bygger på ett av de vanligaste""", refused.Text);
        var accepted = await stage.PostAsync(link, "password", Some.Password, "sv");
        Assert.Equal(200, accepted.Status);
        Assert.Contains("Du administrerar nu Vätterns Teknik AB", accepted.Text, StringComparison.Ordinal);

        await stage.Host.SignInAsync(email, Some.Password);
        var spent = await stage.GetAsync(link, "nb");
        Assert.Equal((404, "text/html"), (spent.Status, spent.ContentType));
        Assert.Contains("Lenken kan ikke brukes", spent.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_person_who_has_a_password_is_asked_for_it()
    {
        await using var stage = await StageAsync();
        var other = await stage.Operator.CustomerWithAsync(stage.LinkAsync, Another);
        (await other.Administrator.PostAsync(
            $"/v1/organisations/{other.Id}/administrators", new { email = stage.Customer.AdministratorEmail, rights = Array.Empty<string>() })).Is(201);
        var link = await stage.LinkAsync(stage.Customer.AdministratorEmail, "invitations/", 2);

        Assert.Contains("You have a password with us already", (await stage.GetAsync(link, "en")).Text, StringComparison.Ordinal);
        var refused = await stage.PostAsync(link, "password", "a wrong password", "en");
        Assert.Equal(400, refused.Status);
        Assert.Contains("It is not the password that you have with us", refused.Text, StringComparison.Ordinal);
        Assert.Equal(400, (await stage.PostAsync(link, "password", "", "en")).Status);
        Assert.Equal(200, (await stage.PostAsync(link, "password", Some.Password, "en")).Status);
        (await stage.Customer.Administrator.GetAsync($"/v1/organisations/{other.Id}")).Is(200);
    }

    [Fact]
    public async Task A_forgotten_password_is_chosen_anew_page_by_page()
    {
        await using var stage = await StageAsync();
        var ask = new Uri(stage.Host.Http.BaseAddress!, "password-resets");
        Assert.Contains("Glömt lösenordet?", (await stage.GetAsync(ask, null)).Text, StringComparison.Ordinal);
        var wrong = await stage.PostAsync(ask, "email", "x", null);
        Assert.Equal(400, wrong.Status);
        Assert.Contains("id=\"email-error\"", wrong.Text, StringComparison.Ordinal);

        var known = await stage.PostAsync(ask, "email", stage.Customer.AdministratorEmail, null);
        var unknown = await stage.PostAsync(ask, "email", Some.Email(), null);

        Assert.Equal((200, known.Text), (unknown.Status, unknown.Text));
        var link = await stage.LinkAsync(stage.Customer.AdministratorEmail, "password-resets/");
        Assert.Contains(stage.Customer.AdministratorEmail, (await stage.GetAsync(link, "nn-NO")).Text, StringComparison.Ordinal);
        Assert.Equal(400, (await stage.PostAsync(link, "password", "short", "nb")).Status);
        Assert.Contains("Det nye passordet gjelder nå", (await stage.PostAsync(link, "password", Another, "no")).Text, StringComparison.Ordinal);
        Assert.Equal(404, (await stage.PostAsync(link, "password", "a fourth one of mine", "nb")).Status);
        await stage.Host.SignInAsync(stage.Customer.AdministratorEmail, Another);
    }

    [Fact]
    public async Task The_link_of_an_application_shows_the_same_page_whoever_has_it()
    {
        await using var stage = await StageAsync();
        (await stage.Host.Nobody.PostAsync("/v1/organisations", stage.Operator.Application(stage.Customer.Number))).Is(201);
        var link = await stage.LinkAsync(stage.Customer.AdministratorEmail, "organisations/");

        var shown = await stage.GetAsync(link, "sv");
        var nothing = await stage.GetAsync(new Uri(link, Guid.NewGuid().ToString()), "sv");

        Assert.Equal(200, shown.Status);
        Assert.Contains("En ansökan väntar på beslut", shown.Text, StringComparison.Ordinal);
        Assert.Equal(Ids().Replace(shown.Text, "id"), Ids().Replace(nothing.Text, "id"));
    }

    [Fact]
    public async Task Pages_run_no_scripts_are_kept_nowhere_framed_nowhere_and_tell_nobody_their_address()
    {
        await using var stage = await StageAsync();
        foreach (var path in new[] { "password-resets", "invitations/no-such", $"organisations/{Guid.NewGuid()}" })
        {
            using var answer = await stage.Host.Http.GetAsync(new Uri(path, UriKind.Relative));

            Assert.Equal(
                "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
                answer.Headers.GetValues("Content-Security-Policy").Single());
            Assert.Equal("no-referrer", answer.Headers.GetValues("Referrer-Policy").Single());
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.True(answer.Headers.CacheControl!.NoStore);
            var text = await answer.Content.ReadAsStringAsync();
            Assert.DoesNotMatch("<script|<style|style=|onload|http:|https:", text);
            var style = Style().Match(text).Groups["href"].Value;
            using var css = await stage.Host.Http.GetAsync(new Uri(new Uri(stage.Host.Http.BaseAddress!, path), style));
            Assert.Equal((HttpStatusCode.OK, "text/css"), (css.StatusCode, css.Content.Headers.ContentType!.MediaType));
        }
    }

    [Fact]
    public async Task What_people_typed_is_shown_as_text_and_a_form_that_is_too_large_as_a_page()
    {
        await using var stage = await StageAsync();
        (await stage.Customer.Administrator.PatchAsync(
            $"/v1/organisations/{stage.Customer.Id}", new { name = "<script>alert(1)</script> & \"Söner\"" })).Is(200);
        var email = Some.Email("ny");
        (await stage.Customer.Administrator.PostAsync($"/v1/organisations/{stage.Customer.Id}/administrators", new { email })).Is(201);
        var link = await stage.LinkAsync(email);

        var shown = (await stage.GetAsync(link, "sv")).Text;

        Assert.DoesNotContain("<script", shown, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;Söner&quot;", shown, StringComparison.Ordinal);
        var tooLarge = await stage.PostAsync(link, "password", new string('x', 5000), "sv");
        Assert.Equal((413, "text/html"), (tooLarge.Status, tooLarge.ContentType));
        Assert.Contains("200 tecken", (await stage.PostAsync(link, "password", new string('x', 201), "sv")).Text, StringComparison.Ordinal);
    }

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f-]{27}", RegexOptions.None, 1000)]
    private static partial Regex Ids();

    [GeneratedRegex("<link rel=\"stylesheet\" href=\"(?<href>[^\"]+)\">", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Style();

    // A ledger of its own, as hosts on one ledger deliver each other's mail; links lead to the host itself.
    private async Task<PageStage> StageAsync()
    {
        var ledger = await Shared.Ledgers.CreateOwnAsync();
        var smtp = new SmtpEndpoint();
        var host = await InProcessAdmin.StartAsync(
            ledger, CodeKey.NewText(), null, "--Smtp:Host=127.0.0.1", $"--Smtp:Port={smtp.Port}", "--Smtp:Tls=false",
            "--Smtp:From=noreply@example.com", "--MonthEnd:Runs=false");
        var made = await AdminOperator.CreateAsync(ledger, host, new Mailbox(""), "jonkoping");
        var stage = new PageStage(ledger, host, smtp, made);
        stage.Customer = await made.CustomerWithAsync(stage.LinkAsync, Some.Password);
        return stage;
    }
}
