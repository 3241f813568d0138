using Authorisation.Admin.Tests.Support;
using Authorisation.V1;
using Google.Rpc;
using Grpc.Core;
using Xunit;

namespace Authorisation.Admin.Tests.Codes;

/// <summary>An app is connected once its traveller has accepted the terms in force.</summary>
public sealed class ActivationTermsTests(SharedAdmin shared) : AdminTest(shared)
{
    [Fact]
    public async Task Without_the_terms_in_force_a_right_code_and_a_wrong_one_get_the_same_answer_and_nothing_is_spent_or_counted()
    {
        await using var server = await DataPlane.StartAsync(Ledger, Shared.CodeKey);
        var customer = await NewCustomerAsync("jonkoping");
        var traveller = await customer.TravellerAsync();
        var account = await customer.GiveAppAsync(traveller.Id);
        var (login, code) = await Mailbox.CodeAsync(traveller["mobile"]!);
        var backEnd = (await customer.Operator.Staff.PostAsync("/v1/clients", new { kind = "app_back_end", name = "Appen" })).Is(201)["token"]!;
        var caller = await customer.SignInTravellerAsync(traveller);
        await customer.Operator.PublishTermsAsync("privacy", "2026-1");
        await customer.Operator.PublishTermsAsync("general", "F-7", null, "organisation");
        await customer.Operator.PublishTermsAsync("general", "R-7", null, "traveller");
        var request = new ActivateRequest { Login = login, Code = code, ActivationId = Guid.NewGuid().ToString(), AcceptedTermsVersion = "2026-1" };

        var answers = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < 12; i++)
        {
            var tried = new ActivateRequest(request) { Code = i % 2 == 0 ? code : "00000000", ActivationId = Guid.NewGuid().ToString() };
            var error = await Assert.ThrowsAsync<RpcException>(async () => await server.Activations.ActivateAsync(tried, DataPlane.Call(backEnd)));
            var info = error.GetRpcStatus()!.GetDetail<ErrorInfo>()!;
            answers.Add($"{error.StatusCode} {info.Reason} general={info.Metadata["general"]} privacy={info.Metadata["privacy"]} {error.Status.Detail}");
        }

        Assert.StartsWith("FailedPrecondition TERMS_NOT_ACCEPTED general=R-7 privacy=2026-1 ", Assert.Single(answers), StringComparison.Ordinal);

        request.AcceptedTerms.Add("general", "R-7");
        var activated = await server.Activations.ActivateAsync(request, DataPlane.Call(backEnd));

        Assert.Equal(account["id"], activated.AppAccountId);
        var accepted = (await customer.Administrator.GetAsync($"/v1/travellers/{traveller.Id}/terms-acceptances")).Is(200).Items;
        Assert.Equal(["general R-7", "privacy 2026-1"], accepted.Select(one => $"{one["kind"]} {one["version"]}").Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.All(accepted, one => Assert.Null(one["accepted_by"]));
        // The traveller is not asked again when signing in.
        Assert.Empty((await caller.GetAsync("/v1/me")).Is(200).Body["terms_to_accept"]!.AsArray());
    }

    [Fact]
    public async Task Kinds_of_terms_that_there_are_not_and_versions_that_are_too_long_are_named()
    {
        await using var server = await DataPlane.StartAsync(Ledger, Shared.CodeKey);
        var customer = await NewCustomerAsync("jonkoping");
        var backEnd = (await customer.Operator.Staff.PostAsync("/v1/clients", new { kind = "app_back_end", name = "Appen" })).Is(201)["token"]!;
        var request = new ActivateRequest { Login = "x", Code = "1", ActivationId = Guid.NewGuid().ToString() };
        request.AcceptedTerms.Add("wishes", "1");
        request.AcceptedTerms.Add("travel", new string('x', 65));

        var error = await Assert.ThrowsAsync<RpcException>(async () => await server.Activations.ActivateAsync(request, DataPlane.Call(backEnd)));

        Assert.Equal(
            ["accepted_terms", "accepted_terms[travel]"],
            error.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations.Select(one => one.Field).Order(StringComparer.Ordinal),
            StringComparer.Ordinal);
    }
}
