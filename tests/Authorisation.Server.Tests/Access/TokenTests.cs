using Authorisation.Server.Tests.Support;
using Authorisation.Testing;
using Authorisation.V1;
using Grpc.Core;
using Xunit;
using ClientKind = Authorisation.Core.ClientKind;

namespace Authorisation.Server.Tests.Access;

/// <summary>Who is let in: the token in the header, from the moment it is given until it is ended.</summary>
public sealed class TokenTests(SharedWire wire) : WireTest(wire)
{
    public static TheoryData<string, string?, string> WrongHeaders => new()
    {
        { "no header", null, "TOKEN_MISSING" },
        { "nothing in it", "", "TOKEN_INVALID" },
        { "no scheme", "{token}", "TOKEN_INVALID" },
        { "another scheme", "Basic {token}", "TOKEN_INVALID" },
        { "the scheme alone", "Bearer", "TOKEN_INVALID" },
        { "the scheme and a space", "Bearer ", "TOKEN_INVALID" },
        { "a token cut short", "Bearer {short}", "TOKEN_INVALID" },
        { "a token in other case", "Bearer {upper}", "TOKEN_INVALID" },
        { "an unknown token", "Bearer AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "TOKEN_INVALID" },
        { "a token of 257 characters", $"Bearer {new string('A', 257)}", "TOKEN_INVALID" },
        { "a token of 4,000 characters", $"Bearer {new string('A', 4_000)}", "TOKEN_INVALID" },
        { "two tokens", "Bearer {token} {token}", "TOKEN_INVALID" },
    };

    [Theory]
    [MemberData(nameof(WrongHeaders))]
    public async Task A_call_without_a_good_token_is_unauthenticated(string name, string? header, string reason)
    {
        Assert.NotEmpty(name);
        var on = await NewOperatorAsync();
        var token = on.ValidatorToken;
        header = header?.Replace("{token}", token, StringComparison.Ordinal)
            .Replace("{short}", token[..^1], StringComparison.Ordinal)
            .Replace("{upper}", token.ToUpperInvariant(), StringComparison.Ordinal);
        var headers = header is null ? new Metadata() : new Metadata { { "authorization", header } };

        await WireError.OfAsync(AuthoriseAsync(on, headers), StatusCode.Unauthenticated, reason);
        Assert.Equal(0, await on.RowsAsync());
    }

    [Theory]
    [InlineData("Bearer {0}", "Bearer nobody")]
    [InlineData("Bearer nobody", "Bearer {0}")]
    [InlineData("Bearer {0}", "Bearer {0}")]
    public async Task Of_two_headers_none_is_looked_at(string first, string second)
    {
        var on = await NewOperatorAsync();
        var headers = new Metadata();
        foreach (var header in new[] { first, second })
        {
            headers.Add("authorization", header.Replace("{0}", on.ValidatorToken, StringComparison.Ordinal));
        }

        await WireError.OfAsync(AuthoriseAsync(on, headers), StatusCode.Unauthenticated, "TOKEN_INVALID");
        Assert.Equal(0, await on.RowsAsync());
    }

    [Theory]
    [InlineData("bearer ")]
    [InlineData("BEARER  ")]
    public async Task The_scheme_may_be_written_in_any_case(string scheme)
    {
        var on = await NewOperatorAsync();
        var answer = await AuthoriseAsync(on, new Metadata { { "authorization", scheme + on.ValidatorToken } });
        Assert.Equal(Decision.Approved, answer.Decision);
    }

    [Fact]
    public async Task Every_call_asks_for_a_token()
    {
        var nobody = Server.Caller(token: null);
        var id = Guid.NewGuid().ToString();
        await WireError.OfAsync(nobody.GetAuthorisationAsync(id), StatusCode.Unauthenticated, "TOKEN_MISSING");
        await WireError.OfAsync(
            nobody.GetCreditAsync(new GetCreditRequest { CardNumber = "123456" }), StatusCode.Unauthenticated, "TOKEN_MISSING");
    }

    [Fact]
    public async Task A_caller_that_is_not_let_in_does_not_learn_what_else_is_wrong()
    {
        var error = await WireError.OfAsync(
            Server.Caller("wrong").AuthoriseAsync(new AuthoriseRequest()), StatusCode.Unauthenticated, "TOKEN_INVALID");
        Assert.Empty(error.Fields);
    }

    [Fact]
    public async Task A_new_token_works_at_once_on_every_server()
    {
        await using var other = await InProcessServer.StartAsync(
            Ledger.ServiceConnectionString, Wire.Redis, new TestLog());
        await other.BecomeReadyAsync();
        var on = await NewOperatorAsync();
        var card = await on.AddCardAsync();
        for (var i = 0; i < 20; i++)
        {
            var (_, token) = await Ledger.Provisioner.AddClientAsync(on.Terms.Id, ClientKind.Validator, "A new one");
            await Task.WhenAll(
                Server.Caller(token).AuthoriseAsync(on.Buy(card)), other.Caller(token).AuthoriseAsync(on.Buy(card)));
        }
    }

    [Fact]
    public async Task A_new_activation_ends_the_app_that_was_there_and_removal_ends_both()
    {
        var on = await NewOperatorAsync();
        var app = await on.AddAppAsync();
        var first = await on.AddAppCallerAsync(app);
        await first.GetCreditAsync(app);

        var second = await on.AddAppCallerAsync(app);
        await second.GetCreditAsync(app);
        await Eventually.TrueAsync(() => IsRefusedAsync(first), Eventually.Bound, "the first app's token is refused");

        await Ledger.Provisioner.RemoveCreditAsync(on.AccountOf(app));
        await Eventually.TrueAsync(() => IsRefusedAsync(second), Eventually.Bound, "the second app's token is refused");
    }

    private static async Task<bool> IsRefusedAsync(TestCaller caller)
    {
        try
        {
            await caller.GetAuthorisationAsync(Guid.NewGuid().ToString());
            return false;
        }
        catch (RpcException e)
        {
            return e.StatusCode == StatusCode.Unauthenticated;
        }
    }

    private static async Task<AuthoriseResponse> AuthoriseAsync(WireOperator on, Metadata headers) =>
        await on.Validator.Client.AuthoriseAsync(
            on.Buy(await on.AddCardAsync()), headers, DateTime.UtcNow + TestCaller.CallBound);
}
