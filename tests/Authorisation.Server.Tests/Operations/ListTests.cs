using Authorisation.Server.Tests.Support;
using Authorisation.V1;
using Grpc.Core;
using Xunit;
using ClientKind = Authorisation.Core.ClientKind;

namespace Authorisation.Server.Tests.Operations;

/// <summary>Lists of authorisations, page by page.</summary>
public sealed class ListTests(SharedWire wire) : WireTest(wire)
{
    [Fact]
    public async Task Pages_are_newest_first_and_stay_as_they_are_while_purchases_go_on()
    {
        const int Purchases = 45;
        var on = await NewOperatorAsync();
        var card = await on.AddCardAsync(10_000_000);
        var bought = new List<string>();
        for (var i = 0; i < Purchases; i++)
        {
            bought.Add(await on.BuyAsync(card, 100));
        }

        var listed = new List<AuthorisationRecord>();
        var request = new ListAuthorisationsRequest { CardNumber = card.CardNumber, PageSize = 10 };
        var pages = 0;
        do
        {
            var page = await on.Validator.ListAsync(request);
            listed.AddRange(page.Authorisations);
            request.PageToken = page.NextPageToken;
            pages++;
            // In one batch, so that some are decided at the same moment.
            await Task.WhenAll(Enumerable.Range(0, 7).Select(_ => on.BuyAsync(card, 100)));
        }
        while (request.PageToken.Length > 0);

        Assert.Equal(5, pages);
        Assert.Equal(string.Join('\n', bought.AsEnumerable().Reverse()), Ids(listed));
        Assert.Equal(listed.OrderByDescending(record => record.DecidedAt).Select(record => record.DecidedAt), listed.Select(record => record.DecidedAt));
        var all = await on.Validator.ListAsync(new ListAuthorisationsRequest { CardNumber = card.CardNumber, PageSize = 200 });
        Assert.Equal(Purchases + (5 * 7), all.Authorisations.Count);
        Assert.Equal("", all.NextPageToken);
        Assert.Equal(all.Authorisations.Count, all.Authorisations.Select(record => record.AuthorisationId).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task Each_is_listed_as_it_is_now_and_as_it_is_read_alone()
    {
        var on = await NewOperatorAsync();
        var card = await on.AddCardAsync(1_000);
        var console = await on.AddClientAsync(ClientKind.Console);
        var (voided, refunded, captured) = (await on.BuyAsync(card, 100, hold: true), await on.BuyAsync(card, 100), await on.BuyAsync(card, 100));
        await console.VoidAsync(voided);
        await console.RefundAsync(refunded, 40);
        await on.BuyAsync(card, 5_000);

        var list = (await on.Validator.ListAsync(new ListAuthorisationsRequest { CardNumber = card.CardNumber })).Authorisations;

        Assert.Equal(
            [AuthorisationState.Declined, AuthorisationState.Captured, AuthorisationState.Captured, AuthorisationState.Voided],
            list.Select(record => record.State));
        foreach (var record in list)
        {
            var alone = await on.Validator.GetAuthorisationAsync(record.AuthorisationId);
            alone.Operations.Clear();
            Assert.Equal(alone, record);
        }

        Assert.Equal(captured, list[1].AuthorisationId);
    }

    [Fact]
    public async Task A_card_is_listed_over_all_its_credits_and_what_was_asked_while_it_had_none()
    {
        var on = await NewOperatorAsync();
        var unknown = on.UnknownCard();
        var before = await on.BuyAsync(unknown, 100);
        var card = await on.AddCardAsync(unknown.CardNumber!, 10_000);
        var first = await on.BuyAsync(card, 100);
        await Ledger.Provisioner.RemoveCreditAsync(on.AccountOf(card));
        var removed = await on.BuyAsync(card, 100);
        await on.AddCardAsync(unknown.CardNumber!, 10_000);
        var second = await on.BuyAsync(card, 100);

        var list = await on.Validator.ListAsync(new ListAuthorisationsRequest { CardNumber = unknown.CardNumber, PageSize = 3 });
        var rest = await on.Validator.ListAsync(
            new ListAuthorisationsRequest { CardNumber = unknown.CardNumber, PageSize = 3, PageToken = list.NextPageToken });

        Assert.Equal($"{second}\n{removed}\n{first}", Ids(list.Authorisations));
        Assert.Equal(before, Ids(rest.Authorisations));
    }

    [Fact]
    public async Task Another_month_another_card_and_another_operator_are_other_lists()
    {
        var (on, elsewhere) = (await NewOperatorAsync(), await NewOperatorAsync());
        var card = await on.AddCardAsync();
        await on.BuyAsync(card, 100);

        Assert.Empty((await on.Validator.ListAsync(new ListAuthorisationsRequest { CardNumber = card.CardNumber, Month = "2020-01" })).Authorisations);
        Assert.Empty((await on.Validator.ListAsync(new ListAuthorisationsRequest { CardNumber = on.UnknownCard().CardNumber })).Authorisations);
        Assert.Empty((await elsewhere.Validator.ListAsync(new ListAuthorisationsRequest { CardNumber = card.CardNumber })).Authorisations);
        var month = (await on.Validator.GetCreditAsync(card)).Month;
        Assert.Single((await on.Validator.ListAsync(new ListAuthorisationsRequest { CardNumber = card.CardNumber, Month = month })).Authorisations);
    }

    [Fact]
    public async Task An_app_lists_its_own_account_and_its_marks_are_no_purchases()
    {
        var on = await NewOperatorAsync();
        var (app, other) = (await on.AddAppAsync(), await on.AddAppAsync());
        var caller = await on.AddAppCallerAsync(app);
        var request = on.Buy(app);
        await caller.AuthoriseAsync(request);
        await caller.VoidAsync(TestCaller.NewId());

        var list = await caller.ListAsync(new ListAuthorisationsRequest { AppAccountId = app.AccountId.ToString() });

        Assert.Equal(request.AuthorisationId, Assert.Single(list.Authorisations).AuthorisationId);
        await WireError.OfAsync(
            caller.ListAsync(new ListAuthorisationsRequest { AppAccountId = other.AccountId.ToString() }), StatusCode.NotFound, "CREDIT_NOT_FOUND");
        await WireError.OfAsync(
            caller.ListAsync(new ListAuthorisationsRequest { CardNumber = on.UnknownCard().CardNumber }), StatusCode.NotFound, "CREDIT_NOT_FOUND");
    }

    public static TheoryData<string, string> WrongFields => new()
    {
        { "instrument", "" },
        { "card_number", "12" },
        { "app_account_id", "nonsense" },
        { "month", "2026-13" },
        { "month", "2026-1" },
        { "month", "November" },
        { "page_size", "-1" },
        { "page_size", "201" },
        { "page_token", "nonsense" },
        { "page_token", "!!" },
        { "page_token", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
    };

    [Theory]
    [MemberData(nameof(WrongFields))]
    public async Task Each_field_is_checked(string field, string value)
    {
        var on = await NewOperatorAsync();
        var request = new ListAuthorisationsRequest { CardNumber = "0012345678" };
        switch (field)
        {
            case "instrument": request.ClearInstrument(); break;
            case "card_number": request.CardNumber = value; break;
            case "app_account_id": request.AppAccountId = value; break;
            case "month": request.Month = value; break;
            case "page_size": request.PageSize = int.Parse(value, System.Globalization.CultureInfo.InvariantCulture); break;
            default: request.PageToken = value; break;
        }

        var error = await WireError.OfAsync(on.Validator.ListAsync(request), StatusCode.InvalidArgument, "INVALID_FIELDS");

        Assert.Equal(field, error.FieldList);
    }

    [Fact]
    public async Task A_page_token_is_good_for_its_own_list_only()
    {
        var on = await NewOperatorAsync();
        var card = await on.AddCardAsync();
        await on.BuyAsync(card, 100);
        await on.BuyAsync(card, 100);
        var token = (await on.Validator.ListAsync(new ListAuthorisationsRequest { CardNumber = card.CardNumber, PageSize = 1 })).NextPageToken;

        foreach (var other in new[]
        {
            new ListAuthorisationsRequest { CardNumber = on.UnknownCard().CardNumber, PageToken = token },
            new ListAuthorisationsRequest { CardNumber = card.CardNumber, Month = "2020-01", PageToken = token },
        })
        {
            var error = await WireError.OfAsync(on.Validator.ListAsync(other), StatusCode.InvalidArgument, "INVALID_FIELDS");
            Assert.Equal("page_token", error.FieldList);
        }
    }

    private static string Ids(IEnumerable<AuthorisationRecord> records) =>
        string.Join('\n', records.Select(record => record.AuthorisationId));
}
