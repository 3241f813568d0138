using Authorisation.Server.Tests.Support;
using Authorisation.V1;
using Grpc.Core;
using Xunit;
using ClientKind = Authorisation.Core.ClientKind;

namespace Authorisation.Server.Tests.Operations;

/// <summary>What callers are told of the operations of an authorisation, and of those that they may not do.</summary>
public sealed class OperationRecordTests(SharedWire wire) : WireTest(wire)
{
    [Fact]
    public async Task An_authorisation_is_read_with_what_happened_to_it_when_why_and_by_whom()
    {
        var on = await NewOperatorAsync();
        var app = await on.AddAppAsync();
        var (caller, backEnd) = (await on.AddAppCallerAsync(app), await on.AddClientAsync(ClientKind.AppBackEnd));
        var hold = on.Buy(app);
        hold.Hold = true;
        await caller.AuthoriseAsync(hold);
        var captured = await caller.CaptureAsync(hold.AuthorisationId, 800);
        var refunded = await backEnd.RefundAsync(new RefundRequest
        {
            OperationId = TestCaller.NewId(),
            AuthorisationId = hold.AuthorisationId,
            AmountMinor = 300,
            Reason = "Fel biljett",
        });

        var read = await caller.GetAuthorisationAsync(hold.AuthorisationId);
        var listed = await caller.ListAsync(new ListAuthorisationsRequest { AppAccountId = app.AccountId.ToString() });

        Assert.Equal(
            [
                (captured.OperationId, OperationKind.Capture, OperationBy.App, true, 800L, 800L, ""),
                (refunded.OperationId, OperationKind.Refund, OperationBy.Client, false, 300L, -300L, "Fel biljett"),
            ],
            read.Operations.Select(one => (one.OperationId, one.Kind, one.By, one.Own, one.AmountMinor, one.InvoicedMinor, one.Reason)));
        Assert.All(read.Operations, one => Assert.Equal((read.Month, true), (one.InvoiceMonth, one.MadeAt >= read.DecidedAt)));
        Assert.Empty(Assert.Single(listed.Authorisations).Operations);
    }

    [Fact]
    public async Task A_lapsed_hold_is_read_as_expired_by_the_service_on_no_invoice()
    {
        var on = await NewOperatorAsync(terms => terms with { HoldTime = TimeSpan.FromSeconds(1) });
        var id = await on.BuyAsync(await on.AddCardAsync(), 1_000, hold: true);
        AuthorisationRecord? read = null;
        await Authorisation.Testing.Eventually.TrueAsync(
            async () => (read = await on.Validator.GetAuthorisationAsync(id)).Operations.Count > 0,
            Authorisation.Testing.Eventually.Bound, "the expiry is recorded");

        var expiry = Assert.Single(read!.Operations);
        Assert.Equal((OperationKind.Expiry, OperationBy.Service, false, ""), (expiry.Kind, expiry.By, expiry.Own, expiry.InvoiceMonth));
    }

    [Fact]
    public async Task What_was_bought_stays_readable_when_its_credit_is_removed()
    {
        var on = await NewOperatorAsync();
        var (app, card) = (await on.AddAppAsync(), await on.AddCardAsync());
        var backEnd = await on.AddClientAsync(ClientKind.AppBackEnd);
        var bought = on.Buy(app);
        await backEnd.AuthoriseAsync(bought);
        var onCard = await on.BuyAsync(card, 100);
        await Ledger.Provisioner.RemoveCreditAsync(app.AccountId);
        await Ledger.Provisioner.RemoveCreditAsync(on.AccountOf(card));

        Assert.Equal(bought.AuthorisationId, (await backEnd.GetAuthorisationAsync(bought.AuthorisationId)).AuthorisationId);
        Assert.Single((await backEnd.ListAsync(new ListAuthorisationsRequest { AppAccountId = app.AccountId.ToString() })).Authorisations);
        Assert.Equal(onCard, (await on.Validator.GetAuthorisationAsync(onCard)).AuthorisationId);
        Assert.Single((await on.Validator.ListAsync(new ListAuthorisationsRequest { CardNumber = card.CardNumber })).Authorisations);
    }

    public static TheoryData<string, string, string> Refused => new()
    {
        { "validator", "refund", "A console refunds card purchases on their day, and operator staff any purchase." },
        { "another validator", "void", "what it authorised itself" },
        { "console at an app", "void", "card purchases on the day they were made" },
        { "console at an app", "refund", "Operator staff can refund any purchase." },
        { "app back end at a card", "capture", "captures, voids and refunds app purchases" },
        { "app", "void", "The app's back end and operator staff can void or refund what was taken." },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_caller_without_the_right_reads_what_it_may_do_and_which_caller_may_do_more(
        string who, string what, string expected)
    {
        var on = await NewOperatorAsync();
        var (card, app) = (await on.AddCardAsync(), await on.AddAppAsync());
        var appCaller = await on.AddAppCallerAsync(app);
        var (onCard, inApp) = (await on.BuyAsync(card, 100), on.Buy(app));
        await appCaller.AuthoriseAsync(inApp);
        var caller = who switch
        {
            "validator" => on.Validator,
            "another validator" => await on.AddClientAsync(ClientKind.Validator),
            "console at an app" => await on.AddClientAsync(ClientKind.Console),
            "app" => appCaller,
            _ => await on.AddClientAsync(ClientKind.AppBackEnd),
        };
        var id = who is "console at an app" or "app" ? inApp.AuthorisationId : onCard;

        Task call = what switch { "void" => caller.VoidAsync(id), "capture" => caller.CaptureAsync(id), _ => caller.RefundAsync(id) };

        Assert.Contains(
            expected, (await WireError.OfAsync(call, StatusCode.PermissionDenied, "OPERATION_NOT_ALLOWED")).Message, StringComparison.Ordinal);
    }
}
