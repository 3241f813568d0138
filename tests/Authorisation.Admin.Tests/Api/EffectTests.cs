using System.Collections.Concurrent;
using Authorisation.Admin.Tests.Support;
using Authorisation.V1;
using Grpc.Core;
using Xunit;

namespace Authorisation.Admin.Tests.Api;

/// <summary>
/// What an administrator changed holds for every purchase decided after the answer, on every server: two servers under load
/// with copies of the accounts in their memories.
/// </summary>
[Trait("Tier", "Slow")]
public sealed class EffectTests(SharedAdmin shared) : AdminTest(shared)
{
    private const int Buyers = 4;

    [Fact]
    public async Task No_purchase_after_the_answer_goes_by_the_old_state()
    {
        await using var one = await DataPlane.StartAsync(Ledger, Shared.CodeKey);
        await using var two = await DataPlane.StartAsync(Ledger, Shared.CodeKey);
        var customer = await NewCustomerAsync("jamtland");
        var staff = customer.Operator.Staff;
        var validator = (await staff.PostAsync("/v1/clients", new { kind = "validator", name = "Buss" })).Is(201)["token"]!;
        var card = Some.CardNumber();
        var account = (await customer.TryGiveCardAsync((await customer.TravellerAsync()).Id, card, 100_000)).Is(201).Id;
        var path = $"/v1/credit-accounts/{account}";
        using var stop = new CancellationTokenSource();
        var answers = new ConcurrentQueue<(int Before, int After, AuthoriseResponse Answer)>();
        var phase = 0;
        var load = Enumerable.Range(0, Buyers).Select(i => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                var before = Volatile.Read(ref phase);
                var answer = await (i % 2 == 0 ? one : two).BuyOnCardAsync(validator, card, 1);
                answers.Enqueue((before, Volatile.Read(ref phase), answer));
            }
        })).ToList();

        // Each state is entered with the answer of the API, and left with the call of the next: between, all is known.
        async Task ChangeAsync(Func<Task<ApiAnswer>> change, int status, int count = 60)
        {
            Interlocked.Increment(ref phase);
            (await change()).Is(status);
            Interlocked.Increment(ref phase);
            var enough = answers.Count + count;
            await Authorisation.Testing.Eventually.TrueAsync(() => answers.Count >= enough, Authorisation.Testing.Eventually.Bound, "more purchases");
        }

        for (var round = 0; round < 4; round++)
        {
            await ChangeAsync(() => customer.Administrator.PatchAsync(path, new { status = "blocked" }), 200);
            await ChangeAsync(() => customer.Administrator.PatchAsync(path, new { status = "active" }), 200);
            await ChangeAsync(() => staff.PostAsync($"/v1/organisations/{customer.Id}/suspension"), 200);
            await ChangeAsync(() => staff.PostAsync($"/v1/organisations/{customer.Id}/reinstatement"), 200);
            await ChangeAsync(() => customer.Administrator.PatchAsync(path, new { limit_minor = 100 }), 200);
            await ChangeAsync(() => customer.Administrator.PatchAsync(path, new { limit_minor = 100_000 }), 200);
            await ChangeAsync(() => customer.Administrator.DeleteAsync(path), 204);
            await ChangeAsync(() => RegrantAsync(customer, account, card), 201);
        }

        await stop.CancelAsync();
        await Task.WhenAll(load);
        // Phases count up by two with each change: 2 after the first, 16 after the round's eight.
        DeclineReason[] expected =
        [
            DeclineReason.Blocked, default, DeclineReason.OrganisationSuspended, default, DeclineReason.InsufficientCredit, default,
            DeclineReason.CreditRemoved, default,
        ];
        var known = answers.Where(one => one.Before == one.After && one.Before > 0 && one.Before % 2 == 0).ToList();
        Assert.True(known.Count > 500, $"{known.Count} purchases were decided in a known state");
        var wrong = known.Where(one => one.Answer.DeclineReason != expected[((one.Before / 2) - 1) % expected.Length])
            .Select(one => $"{one.Answer.DeclineReason} after change {one.Before / 2}").ToList();
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {known.Count}: {string.Join("; ", wrong.Take(5))}");
    }

    [Fact]
    public async Task A_moved_credit_is_paid_by_the_new_department_from_the_answer_on()
    {
        await using var one = await DataPlane.StartAsync(Ledger, Shared.CodeKey);
        await using var two = await DataPlane.StartAsync(Ledger, Shared.CodeKey);
        var customer = await NewCustomerAsync("jamtland");
        var validator = (await customer.Operator.Staff.PostAsync("/v1/clients", new { kind = "validator", name = "Buss" })).Is(201)["token"]!;
        var card = Some.CardNumber();
        var account = (await customer.TryGiveCardAsync((await customer.TravellerAsync()).Id, card, 100_000)).Is(201).Id;
        Guid[] departments = [customer.DepartmentId, await customer.AddDepartmentAsync("Verkstad"), await customer.AddDepartmentAsync("Kontor")];

        for (var i = 0; i < 12; i++)
        {
            var department = departments[i % departments.Length];
            (await customer.Administrator.PatchAsync($"/v1/credit-accounts/{account}", new { department_id = department })).Is(200);
            foreach (var server in new[] { one, two })
            {
                var bought = await server.BuyOnCardAsync(validator, card, 1);
                Assert.Equal(department, await Ledger.AskAsync<Guid>(
                    "select p.department_id from authorisation e join billing_snapshot p on p.id = e.billing_snapshot_id where e.id = @id",
                    new { id = Guid.Parse(bought.AuthorisationId) }));
            }
        }
    }

    [Fact]
    public async Task An_ended_client_is_refused_within_a_second_on_every_server()
    {
        await using var one = await DataPlane.StartAsync(Ledger, Shared.CodeKey);
        await using var two = await DataPlane.StartAsync(Ledger, Shared.CodeKey);
        var on = await NewOperatorAsync();
        var client = (await on.Staff.PostAsync("/v1/clients", new { kind = "validator", name = "Buss" })).Is(201);
        var card = Some.CardNumber();
        await one.BuyOnCardAsync(client["token"]!, card, 1);
        await two.BuyOnCardAsync(client["token"]!, card, 1);

        (await on.Staff.DeleteAsync($"/v1/clients/{client["id"]}")).Is(204);

        foreach (var server in new[] { one, two })
        {
            await Authorisation.Testing.Eventually.TrueAsync(
                async () => (await Assert.ThrowsAsync<RpcException>(() => server.BuyOnCardAsync(client["token"]!, card, 1))).StatusCode == StatusCode.Unauthenticated,
                Authorisation.Testing.Eventually.Bound,
                "the token is refused");
        }

        Assert.Equal("ended", (await on.Staff.GetAsync($"/v1/clients/{client["id"]}")).Is(200)["status"]);
    }

    private static async Task<ApiAnswer> RegrantAsync(AdminOrganisation customer, Guid account, string card)
    {
        var traveller = await customer.Operator.Ledger.AskAsync<Guid>(
            "select p.traveller_id from credit_account a join billing_snapshot p on p.id = a.billing_snapshot_id where a.id = @account", new { account });
        return await customer.TryGiveCardAsync(traveller, card, 100_000);
    }
}
