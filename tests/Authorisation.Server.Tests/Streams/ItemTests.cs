using Authorisation.Server.Tests.Support;
using Authorisation.V1;
using Grpc.Core;
using Xunit;
using ClientKind = Authorisation.Core.ClientKind;

namespace Authorisation.Server.Tests.Streams;

/// <summary>What becomes of each request of a stream: a decision, a replay, or an error of its own.</summary>
public sealed class ItemTests(SharedWire wire) : WireTest(wire)
{
    [Fact]
    public async Task Good_and_bad_requests_are_answered_each_and_the_stream_goes_on()
    {
        const int Requests = 600;
        var on = await NewOperatorAsync();
        var card = await on.AddCardAsync(limitMinor: 10_000_000);
        using var stream = TestStream.Open(on.Validator);
        var requests = Enumerable.Range(0, Requests).Select(i => on.Buy(card, amountMinor: i % 3 == 0 ? 0 : 1_000)).ToList();

        await stream.SendAsync(requests);
        await stream.EndAsync();

        for (var i = 0; i < Requests; i++)
        {
            var answer = stream.Answers[(ulong)i];
            Assert.Equal(requests[i].AuthorisationId, answer.AuthorisationId);
            if (i % 3 == 0)
            {
                Assert.Equal(((int)StatusCode.InvalidArgument, "INVALID_FIELDS"), (answer.Error.Code, answer.Error.Reason));
                Assert.Equal("amount_minor", Assert.Single(answer.Error.Violations).Field);
            }
            else
            {
                Assert.Equal(
                    (requests[i].AuthorisationId, Decision.Approved, false),
                    (answer.Response.AuthorisationId, answer.Response.Decision, answer.Response.Replayed));
            }
        }

        Assert.Equal((400, 400_000), (await on.RowsAsync(), await on.SpentAsync(card)));
    }

    [Fact]
    public async Task An_error_says_what_the_call_of_its_own_says()
    {
        var on = await NewOperatorAsync();
        using var stream = TestStream.Open(on.Validator);
        var request = new AuthoriseRequest { AuthorisationId = "x", Currency = "sek", Product = new string('p', 65) };
        var unary = await WireError.OfAsync(on.Validator.AuthoriseAsync(request));
        var error = await stream.ErrorAsync(request, StatusCode.InvalidArgument, "INVALID_FIELDS");

        Assert.Equal((unary.Code, unary.Message, unary.Reason), ((StatusCode)error.Code, error.Message, error.Reason));
        Assert.True(unary.Fields.SequenceEqual(error.Violations.Select(violation => violation.Field), StringComparer.Ordinal));
        Assert.True(unary.Descriptions.SequenceEqual(error.Violations.Select(violation => violation.Description), StringComparer.Ordinal));
        Assert.Equal(5, error.Violations.Count);
    }

    [Fact]
    public async Task An_id_longer_than_an_id_is_not_sent_back()
    {
        var on = await NewOperatorAsync();
        using var stream = TestStream.Open(on.Validator);
        var request = on.Buy(on.UnknownCard());
        request.AuthorisationId = new string('7', 10_000);
        Assert.Equal("", (await stream.AnswerAsync(await stream.SendAsync(request))).AuthorisationId);
        await stream.EndAsync();
    }

    [Fact]
    public async Task Rights_are_asked_of_each_request()
    {
        var on = await NewOperatorAsync();
        var (card, app) = (await on.AddCardAsync(), await on.AddAppAsync());
        using var cards = TestStream.Open(on.Validator);
        await cards.ErrorAsync(on.Buy(app), StatusCode.PermissionDenied, "INSTRUMENT_NOT_ALLOWED");
        Assert.Equal(Decision.Approved, (await cards.AuthoriseAsync(on.Buy(card))).Decision);
        await cards.EndAsync();

        using var apps = TestStream.Open(await on.AddClientAsync(ClientKind.AppBackEnd));
        await apps.ErrorAsync(on.Buy(card), StatusCode.PermissionDenied, "INSTRUMENT_NOT_ALLOWED");
        Assert.Equal(Decision.Approved, (await apps.AuthoriseAsync(on.Buy(app))).Decision);
        await apps.EndAsync();
    }

    [Fact]
    public async Task An_id_that_comes_again_is_the_same_decision_an_error_or_another_makers()
    {
        var on = await NewOperatorAsync();
        var card = await on.AddCardAsync();
        using var stream = TestStream.Open(on.Validator);
        var request = on.Buy(card);
        var first = await stream.AuthoriseAsync(request);
        var again = await stream.AuthoriseAsync(request);
        Assert.Equal((Decision.Approved, false), (first.Decision, first.Replayed));
        Assert.Equal((Decision.Approved, true, first.DecidedAt), (again.Decision, again.Replayed, again.DecidedAt));
        Assert.True((await on.Validator.AuthoriseAsync(request)).Replayed);

        var other = request.Clone();
        other.AmountMinor++;
        var error = await stream.ErrorAsync(other, StatusCode.AlreadyExists, "ID_USED_WITH_OTHER_FIELDS");
        Assert.Contains("amount", error.Message, StringComparison.Ordinal);

        using var another = TestStream.Open(await on.AddClientAsync(ClientKind.Console));
        await another.ErrorAsync(request, StatusCode.AlreadyExists, "ID_TAKEN");
        Assert.Equal((1, 1_000), (await on.RowsAsync(), await on.SpentAsync(card)));
    }

    [Fact]
    public async Task The_same_id_at_once_in_one_stream_is_decided_once()
    {
        const int Ids = 100;
        const int Times = 3;
        var on = await NewOperatorAsync();
        var card = await on.AddCardAsync(limitMinor: 1_000 * Ids);
        var requests = Enumerable.Range(0, Ids).Select(_ => on.Buy(card)).ToList();
        using var stream = TestStream.Open(on.Validator);
        for (var time = 0; time < Times; time++)
        {
            await stream.SendAsync(requests);
        }

        await stream.EndAsync();
        Assert.All(stream.Answers.Values, answer => Assert.Equal(Decision.Approved, answer.Response.Decision));
        Assert.All(
            stream.Answers.Values.GroupBy(answer => answer.AuthorisationId, StringComparer.Ordinal),
            same => Assert.Equal(1, same.Count(answer => !answer.Response.Replayed)));
        Assert.Equal((Ids, 1_000 * Ids), (await on.RowsAsync(), await on.SpentAsync(card)));
    }

    [Fact]
    public async Task A_limit_holds_over_streams_and_calls_that_buy_at_once()
    {
        const int Each = 300;
        var on = await NewOperatorAsync();
        var card = await on.AddCardAsync(limitMinor: 1_000 * Each);
        using var one = TestStream.Open(on.Validator);
        using var two = TestStream.Open(on.Validator);
        var calls = Enumerable.Range(0, Each).Select(_ => on.Validator.AuthoriseAsync(on.Buy(card))).ToList();
        await Task.WhenAll(new[] { one, two }.Select(async stream =>
        {
            await stream.SendAsync(Enumerable.Range(0, Each).Select(_ => on.Buy(card)));
            await stream.EndAsync();
        }));

        var answers = (await Task.WhenAll(calls)).Concat(one.Answers.Values.Concat(two.Answers.Values).Select(answer => answer.Response));
        Assert.Equal(Each, answers.Count(answer => answer.Decision == Decision.Approved));
        Assert.Equal(1_000 * Each, await on.SpentAsync(card));
    }

    [Fact]
    public async Task A_stream_needs_a_token()
    {
        using var none = TestStream.Open(Server.Caller(token: null));
        await WireError.OfAsync(none.Ended, StatusCode.Unauthenticated, "TOKEN_MISSING");
        using var wrong = TestStream.Open(Server.Caller("wrong"));
        await WireError.OfAsync(wrong.Ended, StatusCode.Unauthenticated, "TOKEN_INVALID");
    }
}
