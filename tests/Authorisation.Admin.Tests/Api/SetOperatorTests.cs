using Authorisation.Admin.Commands;
using Authorisation.Admin.Tests.Support;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Xunit;

namespace Authorisation.Admin.Tests.Api;

/// <summary>The operation behind the command <c>create-operator</c>; that is tested with the audit trail.</summary>
public sealed class SetOperatorTests(SharedAdmin shared) : AdminTest(shared)
{
    [Fact]
    public async Task All_that_is_wrong_with_the_terms_of_a_new_operator_is_told_at_once()
    {
        var refused = await Assert.ThrowsAsync<RefusedException>(() => SetAsync("No Code", new OperatorChange
        {
            Currency = "XTS",
            TimeZone = "Europe/Nowhere",
            Country = "DK",
            Language = "da",
            CapMinor = 99L,
            VatBasisPoints = 0,
            HoldMinutes = 525_601,
            SmsSender = "Sixteen letters!",
            SmsCallingCodes = "046",
            OrganisationSmsPerHour = 0,
            OrganisationEmailsPerHour = 1_000_001,
            AppLink = "http://app.example.com",
        }));

        Assert.Equal(
            [
                "app_link", "cap_minor", "code", "country", "currency", "hold_minutes", "language", "name",
                "organisation_emails_per_hour", "organisation_sms_per_hour", "sms_calling_codes", "sms_sender", "time_zone", "vat_basis_points",
            ],
            refused.Errors!.Select(error => error.Field).Order(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    [Fact]
    public async Task Terms_that_are_not_given_stay_and_the_same_terms_change_nothing()
    {
        var code = "s" + Guid.NewGuid().ToString("N")[..20];
        Assert.Equal(OperatorOutcome.Created, await SetAsync(
            code, new OperatorChange { Name = "JLT", SmsCallingCodes = "+46, 47,46" }));
        Assert.Equal(OperatorOutcome.Unchanged, await SetAsync(code, new OperatorChange { SmsCallingCodes = "46,47" }));
        Assert.Equal(OperatorOutcome.Changed, await SetAsync(code, new OperatorChange { HoldMinutes = 20 }));

        Assert.Equal("JLT 46,47 1200 600 1000", await Ledger.AskAsync<string>(
            """
            select concat_ws(' ', name, array_to_string(sms_calling_codes, ','), hold_seconds, vat_basis_points,
              organisation_sms_per_hour)
            from operator where code = @code
            """,
            new { code }));
    }

    [Theory]
    [InlineData("https://app.example.com/open?from=sms", true)]
    [InlineData("app://open", false)]
    [InlineData("https://somebody:secret@app.example.com", false)]
    [InlineData("https://app.example.com/two words", false)]
    [InlineData("open", false)]
    public async Task An_apps_link_is_an_https_address_that_can_be_taken_away(string link, bool isOne)
    {
        var code = "s" + Guid.NewGuid().ToString("N")[..20];
        var change = new OperatorChange { Name = "AKT", AppLink = link };
        if (!isOne)
        {
            var refused = await Assert.ThrowsAsync<RefusedException>(() => SetAsync(code, change));
            Assert.Equal("app_link", Assert.Single(refused.Errors!).Field);
            return;
        }

        await SetAsync(code, change);
        await Assert.ThrowsAsync<RefusedException>(() => SetAsync(code, new OperatorChange { AppLink = link + new string('x', 300) }));
        Assert.Equal(OperatorOutcome.Unchanged, await SetAsync(code, new OperatorChange { AppLink = link }));
        Assert.Equal(link, await Ledger.AskAsync<string>("select app_link from operator where code = @code", new { code }));
        Assert.Equal(OperatorOutcome.Changed, await SetAsync(code, new OperatorChange { AppLink = (string?)null }));
        Assert.Null(await Ledger.AskAsync<string?>("select app_link from operator where code = @code", new { code }));
    }

    private Task<OperatorOutcome> SetAsync(string code, OperatorChange change) =>
        ConnectionOption.WorkAsync(Ledger.Owner, work => new SetOperator().RunAsync(work, code, change));
}
