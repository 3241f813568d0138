using Authorisation.Server.Tests.Support;
using Authorisation.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Xunit;
using ClientKind = Authorisation.Core.ClientKind;

namespace Authorisation.Server.Tests.Operations;

/// <summary>What devices sold out of reach, over the wire.</summary>
public sealed class AdviceTests(SharedWire wire) : WireTest(wire)
{
    [Fact]
    public async Task Each_item_of_a_stream_is_answered_for_itself_and_in_order()
    {
        var on = await NewOperatorAsync();
        var card = await CardAsync(on, 1_000);
        var (first, second, wrong, unknown) = (Sold(on, card, 1_000), Sold(on, card, 500), Sold(on, card, 0), Sold(on, on.UnknownCard(), 300));
        wrong.Purchase.OccurredAt = null;

        var results = await on.Validator.AdviseAsync(first, second, wrong, unknown, VoidOf(second), new Advice(), first);

        Assert.Equal(Enumerable.Range(0, 7).Select(i => (ulong)i), results.Select(result => result.Index));
        Assert.Equal((false, false, false), Told(results[0]));
        Assert.Equal((true, false, false), Told(results[1]));
        Assert.Equal((StatusCode.InvalidArgument, "INVALID_FIELDS"), ((StatusCode)results[2].Error.Code, results[2].Error.Reason));
        Assert.Equal("purchase.amount_minor,purchase.occurred_at", string.Join(',', results[2].Error.Violations.Select(violation => violation.Field)));
        Assert.Equal((false, false, true), Told(results[3]));
        Assert.Equal((false, false, false), Told(results[4]));
        Assert.Equal("event", Assert.Single(results[5].Error.Violations).Field);
        Assert.Equal((false, true, false), Told(results[6]));
        var credit = await on.Validator.GetCreditOnceAsync(card, 1_000);
        Assert.Equal(credit.Month, results[0].Recorded.InvoiceMonth);
        var record = await on.Validator.GetAuthorisationAsync(first.Purchase.AuthorisationId);
        Assert.Equal((AuthorisationState.Captured, true), (record.State, record.Advice));
    }

    [Fact]
    public async Task Ids_that_come_again_on_another_stream_are_answered_as_before()
    {
        var on = await NewOperatorAsync();
        var card = await CardAsync(on, 100);
        var advices = Enumerable.Range(0, 150).Select(_ => Sold(on, card, 10)).ToArray();

        var first = await on.Validator.AdviseAsync(advices);
        var again = await on.Validator.AdviseAsync([.. advices.Reverse()]);

        Assert.All(first, (result, i) => Assert.Equal(advices[i].Purchase.AuthorisationId, result.AuthorisationId));
        Assert.Equal(10, first.Count(result => !result.Recorded.OverLimit));
        Assert.All(first.Take(10), result => Assert.False(result.Recorded.OverLimit));
        Assert.All(again, result => Assert.True(result.Recorded.Replayed));
        Assert.Equal(first.Select(result => result.Recorded.OverLimit).Reverse(), again.Select(result => result.Recorded.OverLimit));
        await on.Validator.GetCreditOnceAsync(card, 1_500);
        Assert.Equal(Decision.Declined, (await on.Validator.AuthoriseAsync(on.Buy(card, 1))).Decision);
    }

    [Theory]
    [InlineData(6, "purchase.occurred_at")]
    [InlineData(-(367 * 24 * 60), "purchase.occurred_at")]
    [InlineData(4, null)]
    [InlineData(-(300 * 24 * 60), null)]
    public async Task A_devices_clock_that_is_far_off_is_an_error_of_that_item(int minutes, string? field)
    {
        var on = await NewOperatorAsync();
        var advice = Sold(on, await CardAsync(on, 10_000), 100);
        advice.Purchase.OccurredAt = DateTime.UtcNow.AddMinutes(minutes).ToTimestamp();

        var result = Assert.Single(await on.Validator.AdviseAsync(advice));

        Assert.Equal(field, result.Error?.Violations.Single().Field);
        Assert.Equal(field is null, result.Recorded is not null);
    }

    [Fact]
    public async Task What_was_voided_online_is_an_error_and_what_was_approved_is_that_purchase()
    {
        var on = await NewOperatorAsync();
        var card = await CardAsync(on, 10_000);
        var (voided, approved, differs) = (Sold(on, card, 100), Sold(on, card, 200), Sold(on, card, 300));
        foreach (var advice in new[] { voided, approved, differs })
        {
            await on.Validator.AuthoriseAsync(advice.Purchase);
        }

        await on.Validator.VoidAsync(voided.Purchase.AuthorisationId);
        differs.Purchase.AmountMinor = 301;
        var results = await on.Validator.AdviseAsync(voided, approved, differs);

        Assert.Equal((StatusCode.FailedPrecondition, "ALREADY_VOIDED"), ((StatusCode)results[0].Error.Code, results[0].Error.Reason));
        Assert.NotNull(results[1].Recorded);
        Assert.Equal((StatusCode.AlreadyExists, "ID_USED_WITH_OTHER_FIELDS"), ((StatusCode)results[2].Error.Code, results[2].Error.Reason));
        await on.Validator.GetCreditOnceAsync(card, 500);
    }

    [Fact]
    public async Task Only_validators_and_consoles_report_and_only_of_cards()
    {
        var on = await NewOperatorAsync();
        var app = await on.AddAppAsync();
        var sold = Sold(on, await CardAsync(on, 1_000), 100);
        foreach (var caller in new[] { await on.AddClientAsync(ClientKind.AppBackEnd), await on.AddAppCallerAsync(app) })
        {
            await WireError.OfAsync(caller.AdviseAsync(sold), StatusCode.PermissionDenied, "CALL_NOT_ALLOWED");
        }

        await WireError.OfAsync(on.Server.Caller(null).AdviseAsync(sold), StatusCode.Unauthenticated, "TOKEN_MISSING");
        var ofApp = new Advice { Purchase = on.Buy(app) };
        ofApp.Purchase.OccurredAt = DateTime.UtcNow.ToTimestamp();
        var result = Assert.Single(await on.Validator.AdviseAsync(ofApp));
        Assert.Equal((StatusCode.PermissionDenied, "INSTRUMENT_NOT_ALLOWED"), ((StatusCode)result.Error.Code, result.Error.Reason));
        Assert.NotNull(Assert.Single(await (await on.AddClientAsync(ClientKind.Console)).AdviseAsync(sold)).Recorded);
    }

    [Fact]
    public async Task Items_of_one_card_are_recorded_in_the_order_they_come_however_its_number_is_spaced()
    {
        const int InLimit = 10;
        var on = await NewOperatorAsync();
        var card = await CardAsync(on, InLimit * 10);
        var advices = Enumerable.Range(0, Core.Limits.AdvicesInFlightMax).Select(i =>
        {
            var advice = Sold(on, card, 10);
            advice.Purchase.CardNumber = card.CardNumber!.Insert(i % 6, new string(' ', 1 + (i / 6)));
            return advice;
        }).ToArray();

        var results = await on.Validator.AdviseAsync(advices);

        Assert.Equal(advices.Select((_, i) => i >= InLimit), results.Select(result => result.Recorded.OverLimit));
    }

    [Fact]
    public async Task An_id_longer_than_an_id_is_not_sent_back()
    {
        var on = await NewOperatorAsync();
        var (sold, voided) = (Sold(on, on.UnknownCard(), 100), new Advice { Void = new VoidRequest { OperationId = TestCaller.NewId() } });
        sold.Purchase.AuthorisationId = voided.Void.AuthorisationId = new string('7', 10_000);

        Assert.All(await on.Validator.AdviseAsync(sold, voided), result =>
            Assert.Equal(("", "INVALID_FIELDS"), (result.AuthorisationId, result.Error.Reason)));
    }

    [Fact]
    public async Task A_token_that_is_ended_ends_its_stream_though_nothing_is_sent()
    {
        var on = await NewOperatorAsync();
        var (clientId, token) = await Ledger.Provisioner.AddClientAsync(on.Terms.Id, ClientKind.Validator, "A validator");
        await Server.GetsToKnowAsync(token);
        using var stream = AdviceCall.Open(Server.Caller(token));
        Assert.NotNull((await stream.AdviseAsync(Sold(on, on.UnknownCard(), 100))).Recorded);

        await Ledger.Provisioner.EndClientAsync(clientId);

        await WireError.OfAsync(stream.NextAsync(), StatusCode.Unauthenticated, "TOKEN_INVALID");
    }

    private static async Task<Core.Instrument> CardAsync(WireOperator on, long limitMinor)
    {
        var card = await on.AddCardAsync(limitMinor);
        await on.SetGivenAsync(card, DateTimeOffset.UtcNow.AddYears(-2));
        return card;
    }

    private static Advice Sold(WireOperator on, Core.Instrument card, long amountMinor) => AdviceCall.Sold(on, card, amountMinor);

    private static Advice VoidOf(Advice advice) => new()
    {
        Void = new VoidRequest { OperationId = TestCaller.NewId(), AuthorisationId = advice.Purchase.AuthorisationId },
    };

    private static (bool OverLimit, bool Replayed, bool Unmatched) Told(AdviceResult result) =>
        (result.Recorded.OverLimit, result.Recorded.Replayed, result.Recorded.Unmatched);
}
