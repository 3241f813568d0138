using Authorisation.Server.Tests.Support;
using Authorisation.V1;
using Grpc.Core;
using Xunit;
using ClientKind = Authorisation.Core.ClientKind;

namespace Authorisation.Server.Tests.Operations;

/// <summary>Captures, voids and refunds over the wire.</summary>
public sealed class OperationTests(SharedWire wire) : WireTest(wire)
{
    [Fact]
    public async Task A_hold_is_captured_in_part_refunded_and_read_as_what_it_is_each_time()
    {
        var on = await NewOperatorAsync();
        var (card, console) = (await on.AddCardAsync(50_000), await on.AddClientAsync(ClientKind.Console));
        var id = await on.BuyAsync(card, 30_000, hold: true);
        var held = await on.Validator.GetAuthorisationAsync(id);

        var capture = await on.Validator.CaptureAsync(id, 20_000);
        var refund = await console.RefundAsync(id, 5_000);
        var rest = await console.RefundAsync(id);

        Assert.Equal((AuthorisationState.Held, 30_000, 0, 0), Told(held));
        Assert.NotNull(held.ExpiresAt);
        Assert.Equal((AuthorisationState.Captured, 30_000, 20_000, 0), Told(capture.Authorisation));
        Assert.Equal((20_000, 0, 30_000), Told(capture.Credit));
        Assert.Equal((AuthorisationState.Captured, 30_000, 20_000, 5_000), Told(refund.Authorisation));
        Assert.Equal((15_000, 0, 35_000), Told(refund.Credit));
        Assert.Equal((AuthorisationState.Refunded, 30_000, 20_000, 20_000), Told(rest.Authorisation));
        Assert.Equal(rest.Authorisation, WithoutOperations(await on.Validator.GetAuthorisationAsync(id)));
        await on.Validator.GetCreditOnceAsync(card, 0);
    }

    [Fact]
    public async Task An_operation_that_comes_again_is_the_same_one()
    {
        var on = await NewOperatorAsync();
        var id = await on.BuyAsync(await on.AddCardAsync(), 1_000, hold: true);
        var request = new CaptureRequest { OperationId = TestCaller.NewId(), AuthorisationId = id.ToUpperInvariant(), AmountMinor = 600 };

        var first = await on.Validator.CaptureAsync(request);
        var again = await on.Validator.CaptureAsync(request);

        Assert.Equal((false, true), (first.Replayed, again.Replayed));
        Assert.Equal((request.OperationId, first.Authorisation, first.Credit), (again.OperationId, again.Authorisation, again.Credit));
    }

    [Fact]
    public async Task An_operation_id_with_other_fields_is_told_which()
    {
        var on = await NewOperatorAsync();
        var card = await on.AddCardAsync();
        var (one, other) = (await on.BuyAsync(card, 1_000, hold: true), await on.BuyAsync(card, 1_000, hold: true));
        var request = new CaptureRequest { OperationId = TestCaller.NewId(), AuthorisationId = one, AmountMinor = 600 };
        await on.Validator.CaptureAsync(request);

        var error = await WireError.OfAsync(
            on.Validator.CaptureAsync(new CaptureRequest { OperationId = request.OperationId, AuthorisationId = other }),
            StatusCode.AlreadyExists, "ID_USED_WITH_OTHER_FIELDS");
        var kind = await WireError.OfAsync(
            on.Validator.VoidAsync(new VoidRequest { OperationId = request.OperationId, AuthorisationId = one }),
            StatusCode.AlreadyExists, "ID_USED_WITH_OTHER_FIELDS");

        Assert.Equal("authorisation_id,amount_minor", error.Metadata["fields"]);
        Assert.Equal("operation,amount_minor", kind.Metadata["fields"]);
    }

    [Fact]
    public async Task A_void_before_its_purchase_declines_it()
    {
        var on = await NewOperatorAsync();
        var request = on.Buy(await on.AddCardAsync());

        var mark = await on.Validator.VoidAsync(request.AuthorisationId);
        var late = await on.Validator.AuthoriseAsync(request);
        var read = await on.Validator.GetAuthorisationAsync(request.AuthorisationId);

        Assert.Equal((AuthorisationState.Voided, DeclineReason.Reversed), (mark.Authorisation.State, mark.Authorisation.DeclineReason));
        Assert.Null(mark.Credit);
        Assert.Equal((Decision.Declined, DeclineReason.Reversed, true), (late.Decision, late.DeclineReason, late.Replayed));
        Assert.Equal(mark.Authorisation, WithoutOperations(read));
    }

    [Fact]
    public async Task A_void_undoes_a_purchase_and_its_id_stays_declined()
    {
        var on = await NewOperatorAsync();
        var card = await on.AddCardAsync(1_000);
        var request = on.Buy(card, 1_000);
        await on.Validator.AuthoriseAsync(request);

        var done = await on.Validator.VoidAsync(request.AuthorisationId);
        var again = await on.Validator.AuthoriseAsync(request);
        var next = await on.Validator.AuthoriseAsync(on.Buy(card, 1_000));

        Assert.Equal((AuthorisationState.Voided, 1_000, 0, 0), Told(done.Authorisation));
        Assert.Equal((Decision.Declined, DeclineReason.Reversed), (again.Decision, again.DeclineReason));
        Assert.Equal(Decision.Approved, next.Decision);
    }

    public static TheoryData<string, string, string> Refusals => new()
    {
        { "declined", "capture", "AUTHORISATION_DECLINED" },
        { "declined", "refund", "AUTHORISATION_DECLINED" },
        { "taken", "capture", "ALREADY_CAPTURED" },
        { "taken", "refund too much", "AMOUNT_OVER_REMAINING" },
        { "held", "capture too much", "AMOUNT_OVER_HELD" },
        { "held", "refund", "NOT_CAPTURED" },
        { "voided", "capture", "ALREADY_VOIDED" },
        { "voided", "refund", "ALREADY_VOIDED" },
        { "refunded", "void", "ALREADY_REFUNDED" },
        { "refunded", "refund", "ALREADY_REFUNDED" },
        { "lapsed", "capture", "HOLD_EXPIRED" },
        { "lapsed", "refund", "HOLD_EXPIRED" },
        { "of a closed month", "void", "MONTH_CLOSED" },
        { "voided a thousand times", "void", "TOO_MANY_OPERATIONS" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task What_the_state_does_not_allow_is_told_by_its_reason(string state, string what, string reason)
    {
        var on = await NewOperatorAsync(terms => terms with { HoldTime = TimeSpan.FromSeconds(state == "lapsed" ? 1 : 600) });
        var card = await on.AddCardAsync(1_000);
        var console = await on.AddClientAsync(ClientKind.Console);
        var id = await on.BuyAsync(card, state == "declined" ? 1_001 : 1_000, state is "held" or "lapsed");
        await (state switch
        {
            "voided" => console.VoidAsync(id),
            "refunded" => console.RefundAsync(id),
            "lapsed" => Task.Delay(TimeSpan.FromSeconds(1.2)),
            "of a closed month" => Ledger.ExecuteAsync("update operator set first_open_month = 999912 where id = @Id", new { on.Terms.Id }),
            "voided a thousand times" => VoidAsync(console, id, Core.Limits.OperationsPerAuthorisationMax),
            _ => Task.CompletedTask,
        });

        Task call = what switch
        {
            "capture" => console.CaptureAsync(id),
            "capture too much" => console.CaptureAsync(id, 1_001),
            "refund too much" => console.RefundAsync(id, 1_001),
            "refund" => console.RefundAsync(id),
            _ => console.VoidAsync(id),
        };

        await WireError.OfAsync(call, StatusCode.FailedPrecondition, reason);
    }

    [Fact]
    public async Task Every_state_is_read()
    {
        var on = await NewOperatorAsync(terms => terms with { HoldTime = TimeSpan.FromSeconds(1) });
        var card = await on.AddCardAsync(10_000);
        var console = await on.AddClientAsync(ClientKind.Console);
        var expired = await on.BuyAsync(card, 1_000, hold: true);
        var declined = await on.BuyAsync(card, 20_000);
        var captured = await on.BuyAsync(card, 1_000);
        var (voided, refunded) = (await on.BuyAsync(card, 1_000), await on.BuyAsync(card, 1_000));
        await console.VoidAsync(voided);
        await console.RefundAsync(refunded);
        await Authorisation.Testing.Eventually.TrueAsync(
            async () => (await on.Validator.GetAuthorisationAsync(expired)).State == AuthorisationState.Expired,
            Authorisation.Testing.Eventually.Bound, "the hold lapses");

        Assert.Equal(AuthorisationState.Declined, (await on.Validator.GetAuthorisationAsync(declined)).State);
        Assert.Equal(AuthorisationState.Captured, (await on.Validator.GetAuthorisationAsync(captured)).State);
        Assert.Equal(AuthorisationState.Voided, (await on.Validator.GetAuthorisationAsync(voided)).State);
        Assert.Equal(AuthorisationState.Refunded, (await on.Validator.GetAuthorisationAsync(refunded)).State);
        // The server's own sweep makes it permanent, with nobody asking for the card.
        await Authorisation.Testing.Eventually.TrueAsync(
            () => Ledger.AskAsync<bool>("select exists (select from operation where authorisation_id = @id and kind = 4)", new { id = Guid.Parse(expired) }),
            Authorisation.Testing.Eventually.Bound, "the expiry is recorded");
    }

    [Fact]
    public async Task What_is_not_there_is_not_found_and_what_is_not_ones_own_is_not_allowed()
    {
        var (on, elsewhere) = (await NewOperatorAsync(), await NewOperatorAsync());
        var card = await on.AddCardAsync();
        var id = await on.BuyAsync(card, 1_000, hold: true);
        var other = await on.AddClientAsync(ClientKind.Validator);

        await WireError.OfAsync(on.Validator.CaptureAsync(TestCaller.NewId()), StatusCode.NotFound, "AUTHORISATION_NOT_FOUND");
        await WireError.OfAsync(elsewhere.Validator.CaptureAsync(id), StatusCode.NotFound, "AUTHORISATION_NOT_FOUND");
        await WireError.OfAsync(elsewhere.Validator.RefundAsync(id), StatusCode.NotFound, "AUTHORISATION_NOT_FOUND");
        await WireError.OfAsync(elsewhere.Validator.VoidAsync(id), StatusCode.AlreadyExists, "ID_TAKEN");
        await WireError.OfAsync(other.CaptureAsync(id), StatusCode.PermissionDenied, "OPERATION_NOT_ALLOWED");
        await WireError.OfAsync(other.VoidAsync(id), StatusCode.PermissionDenied, "OPERATION_NOT_ALLOWED");
        await WireError.OfAsync(on.Validator.RefundAsync(id), StatusCode.PermissionDenied, "OPERATION_NOT_ALLOWED");
        Assert.Equal(AuthorisationState.Held, (await on.Validator.GetAuthorisationAsync(id)).State);
    }

    [Fact]
    public async Task An_app_ends_its_own_holds_and_nothing_else()
    {
        var on = await NewOperatorAsync();
        var (app, otherApp) = (await on.AddAppAsync(), await on.AddAppAsync());
        var (caller, other) = (await on.AddAppCallerAsync(app), await on.AddAppCallerAsync(otherApp));
        var backEnd = await on.AddClientAsync(ClientKind.AppBackEnd);
        var (mine, taken, theirs) = (on.Buy(app), on.Buy(app), on.Buy(app));
        (mine.Hold, theirs.Hold) = (true, true);
        await caller.AuthoriseAsync(mine);
        await caller.AuthoriseAsync(taken);
        await backEnd.AuthoriseAsync(theirs);

        await WireError.OfAsync(other.CaptureAsync(mine.AuthorisationId), StatusCode.NotFound, "AUTHORISATION_NOT_FOUND");
        await WireError.OfAsync(caller.VoidAsync(taken.AuthorisationId), StatusCode.PermissionDenied, "OPERATION_NOT_ALLOWED");
        await WireError.OfAsync(caller.VoidAsync(theirs.AuthorisationId), StatusCode.PermissionDenied, "OPERATION_NOT_ALLOWED");
        Assert.Equal(AuthorisationState.Captured, (await caller.CaptureAsync(mine.AuthorisationId)).Authorisation.State);
        await WireError.OfAsync(caller.RefundAsync(mine.AuthorisationId), StatusCode.PermissionDenied, "OPERATION_NOT_ALLOWED");
        Assert.Equal(AuthorisationState.Refunded, (await backEnd.RefundAsync(mine.AuthorisationId)).Authorisation.State);
    }

    public static TheoryData<string, string> WrongFields => new()
    {
        { "operation_id", "" },
        { "operation_id", "nonsense" },
        { "operation_id", "00000000-0000-0000-0000-000000000000" },
        { "authorisation_id", "" },
        { "authorisation_id", "nonsense" },
        { "amount_minor", "0" },
        { "amount_minor", "-1" },
        { "amount_minor", "10000001" },
        { "reason", "line\nbreak" },
        { "reason", new string('x', 201) },
    };

    [Theory]
    [MemberData(nameof(WrongFields))]
    public async Task Each_field_of_each_operation_is_checked(string field, string value)
    {
        var on = await NewOperatorAsync();
        var console = await on.AddClientAsync(ClientKind.Console);
        var id = await on.BuyAsync(await on.AddCardAsync(), 1_000);
        var (operation, authorisation) = (field == "operation_id" ? value : TestCaller.NewId(), field == "authorisation_id" ? value : id);
        var calls = new List<Task>();
        if (field is not "reason")
        {
            var capture = new CaptureRequest { OperationId = operation, AuthorisationId = authorisation };
            capture.AmountMinor = field == "amount_minor" ? long.Parse(value, System.Globalization.CultureInfo.InvariantCulture) : 1;
            calls.Add(console.CaptureAsync(capture));
        }

        if (field is not "amount_minor")
        {
            calls.Add(console.VoidAsync(new VoidRequest
            {
                OperationId = operation,
                AuthorisationId = authorisation,
                Reason = field == "reason" ? value : "",
            }));
        }

        var refund = new RefundRequest { OperationId = operation, AuthorisationId = authorisation, Reason = field == "reason" ? value : "" };
        refund.AmountMinor = field == "amount_minor" ? long.Parse(value, System.Globalization.CultureInfo.InvariantCulture) : 1;
        calls.Add(console.RefundAsync(refund));

        foreach (var call in calls)
        {
            Assert.Equal(field, (await WireError.OfAsync(call, StatusCode.InvalidArgument, "INVALID_FIELDS")).FieldList);
        }

        Assert.Equal(AuthorisationState.Captured, (await console.GetAuthorisationAsync(id)).State);
    }

    [Fact]
    public async Task All_that_is_wrong_is_told_at_once()
    {
        var on = await NewOperatorAsync();

        var error = await WireError.OfAsync(
            on.Validator.RefundAsync(new RefundRequest { AmountMinor = -5, Reason = "\u0007" }), StatusCode.InvalidArgument, "INVALID_FIELDS");

        Assert.Equal("amount_minor,authorisation_id,operation_id,reason", error.FieldList);
    }

    /// <summary>Voids by two calls, and then by copies of the second, which changed nothing.</summary>
    private async Task VoidAsync(TestCaller console, string id, int times)
    {
        await console.VoidAsync(id);
        await console.VoidAsync(id);
        await Ledger.ExecuteAsync(
            """
            insert into operation
            select (jsonb_populate_record(o, jsonb_build_object('id', gen_random_uuid(), 'ordinal', i))).*
            from operation o, generate_series(3, @times) i
            where o.authorisation_id = @id and o.ordinal = 2
            """,
            new { id = Guid.Parse(id), times });
    }

    /// <summary>As it is in lists, and in the answers to operations.</summary>
    private static AuthorisationRecord WithoutOperations(AuthorisationRecord record)
    {
        var without = record.Clone();
        without.Operations.Clear();
        return without;
    }

    private static (AuthorisationState State, long Amount, long Captured, long Refunded) Told(AuthorisationRecord record) =>
        (record.State, record.AmountMinor, record.CapturedMinor, record.RefundedMinor);

    private static (long Spent, long Held, long Remaining) Told(Credit credit) =>
        (credit.SpentMinor, credit.HeldMinor, credit.RemainingMinor);
}
