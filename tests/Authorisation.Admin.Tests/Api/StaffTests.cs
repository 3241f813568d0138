using System.Text.Json.Nodes;
using Authorisation.Admin.Commands;
using Authorisation.Admin.Tests.Support;
using Authorisation.Administration.Messages;
using Authorisation.Administration.Work;
using Xunit;

namespace Authorisation.Admin.Tests.Api;

public sealed class StaffTests(SharedAdmin shared) : AdminTest(shared)
{
    [Fact]
    public async Task Staff_lists_adds_and_removes_staff_and_the_trail_tells_it()
    {
        var on = await NewOperatorAsync();
        var email = Some.Email("ny");

        var added = (await on.Staff.PostAsync("/v1/staff", new { email, name = "Nils" })).Is(201);

        Assert.Equal(("invited", "Nils", on.Code), (added["status"], added["name"], added["operator"]));
        (await on.Staff.PostAsync("/v1/staff", new { email })).IsProblem(409, "staff_already");
        var link = await Mailbox.LinkAsync(email);
        (await Host.Nobody.PostAsync("/v1" + link.AbsolutePath, new { password = Some.Password })).Is(204);
        var colleague = await Host.SignInAsync(email, Some.Password);
        Assert.Equal(["active", "active"], (await colleague.GetAsync("/v1/staff")).Is(200).Items.Select(one => one["status"]!.ToString()), StringComparer.Ordinal);

        (await on.Staff.DeleteAsync($"/v1/staff/{added.Id}")).Is(204);

        (await colleague.GetAsync("/v1/staff")).IsProblem(403, "forbidden");
        (await on.Staff.GetAsync($"/v1/staff/{added.Id}")).IsProblem(404, "not_found");
        Assert.Equal(
            ["staff.removed", "staff.added"],
            (await on.Staff.GetAsync($"/v1/audit?subject=staff:{added.Id}")).Is(200).Items.Select(one => one["what"]!.ToString()), StringComparer.Ordinal);
        var again = (await on.Staff.PostAsync("/v1/staff", new { email })).Is(201);
        Assert.NotEqual(added.Id, again.Id);
        (await colleague.GetAsync("/v1/staff")).Is(200);
    }

    [Fact]
    public async Task Staff_made_by_the_command_goes_by_the_same_rules_and_has_the_same_line_in_the_trail()
    {
        var on = await NewOperatorAsync();
        var (called, commanded, tooLong) = (Some.Email("ny"), Some.Email("ny"), new string('x', 121));

        var added = (await on.Staff.PostAsync("/v1/staff", new { email = called, name = "Nils" })).Is(201);
        await CreateStaffCommand.CreateAsync(Ledger.Owner, on.Code, commanded, "Nils", Some.Password);

        var made = (await on.Staff.GetAsync("/v1/staff")).Is(200).Items.Single(
            one => one["email"]!.ToString() == commanded);
        var lines = new List<JsonNode>();
        foreach (var id in new[] { added.Id.ToString(), made["id"]!.ToString() })
        {
            lines.Add(Assert.Single((await on.Staff.GetAsync($"/v1/audit?subject=staff:{id}")).Is(200).Items));
        }

        Assert.All(lines, line => Assert.Equal("staff.added", line["what"]!.ToString()));
        Assert.Equal(
            ["invited", "active"], lines.Select(line => line["after"]!["status"]!.ToString()), StringComparer.Ordinal);
        Assert.All(lines, line => Assert.Equal("Nils", line["after"]!["name"]!.ToString()));
        (await on.Staff.PostAsync("/v1/staff", new { email = Some.Email(), name = tooLong })).RefusesFields("name");
        var refused = await Assert.ThrowsAsync<RefusedException>(
            () => CreateStaffCommand.CreateAsync(Ledger.Owner, "no-such", "x", tooLong, Some.Password));
        Assert.Equal(
            ["operator", "email", "name"], refused.Errors!.Select(error => error.Field), StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("jamtland", "Du har lagts till som personal hos Ett provs länstrafik.")]
    [InlineData("akt", "Du er lagt til som ansatt hos Ett provs länstrafik.")]
    public async Task A_person_who_has_a_password_already_is_told_of_being_staff_now_within_the_bounds_of_messages(string profile, string words)
    {
        var on = await NewOperatorAsync(profile);
        var email = (await (await NewOperatorAsync()).CustomerAsync()).AdministratorEmail;
        var before = Mailbox.To(email).Count;

        var added = (await on.Staff.PostAsync("/v1/staff", new { email })).Is(201);

        Assert.Equal("active", added["status"]);
        var mail = await Mailbox.WaitAsync(email, before + 1);
        Assert.Contains(words, mail, StringComparison.Ordinal);
        Assert.DoesNotContain("://", mail, StringComparison.Ordinal);
        var message = (await on.Staff.GetAsync("/v1/messages")).Is(200).Items.Single(one => one["recipient"]!.ToString() == email);
        Assert.Equal("staff_added", message["kind"]!.ToString());
        for (var mails = 2; mails <= MessageKind.StaffAdded.ReceiverPerHour; mails++)
        {
            (await on.Staff.DeleteAsync($"/v1/staff/{added.Id}")).Is(204);
            added = (await on.Staff.PostAsync("/v1/staff", new { email })).Is(201);
        }

        (await on.Staff.DeleteAsync($"/v1/staff/{added.Id}")).Is(204);
        (await on.Staff.PostAsync("/v1/staff", new { email })).IsProblem(429, "too_many_messages");
        (await on.Staff.GetAsync($"/v1/staff/{added.Id}")).IsProblem(404, "not_found");
    }

    [Fact]
    public async Task The_last_of_staff_who_can_sign_in_stays_also_when_two_remove_each_other()
    {
        var on = await NewOperatorAsync();
        var own = (await on.Staff.GetAsync("/v1/staff")).Is(200).Items.Single()["id"]!.ToString();
        var email = Some.Email();
        var other = (await on.Staff.PostAsync("/v1/staff", new { email })).Is(201).Id;
        // Invited only: nobody would be left.
        (await on.Staff.DeleteAsync($"/v1/staff/{own}")).IsProblem(409, "last_staff");
        (await Host.Nobody.PostAsync("/v1" + (await Mailbox.LinkAsync(email)).AbsolutePath, new { password = Some.Password })).Is(204);
        var colleague = await Host.SignInAsync(email, Some.Password);

        var answers = await Task.WhenAll(on.Staff.DeleteAsync($"/v1/staff/{other}"), colleague.DeleteAsync($"/v1/staff/{own}"));

        Assert.Equal(1, answers.Count(answer => answer.Status == 204));
        Assert.Contains(answers, answer => answer.Code is "last_staff" or "not_found");
    }

    [Fact]
    public async Task What_is_wrong_with_new_staff_is_told_at_once()
    {
        var on = await NewOperatorAsync();
        var other = await NewOperatorAsync();
        (await on.Staff.PostAsync("/v1/staff", new { @operator = other.Code, email = "x", name = new string('x', 121) })).RefusesFields("operator", "email", "name");
        (await on.Staff.GetAsync($"/v1/staff?operator={other.Code}")).RefusesFields("operator");
    }
}
