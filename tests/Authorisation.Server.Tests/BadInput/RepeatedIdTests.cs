using Authorisation.Server.Tests.Support;
using Authorisation.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Xunit;
using ClientKind = Authorisation.Core.ClientKind;

namespace Authorisation.Server.Tests.BadInput;

/// <summary>An id that was used before: with other fields it is an error that names them, of another client it is only taken.</summary>
public sealed class RepeatedIdTests(SharedWire wire) : WireTest(wire)
{
    private static readonly FieldCase[] Cases =
    [
        new("another amount", r => r.AmountMinor = 1_001, "amount_minor"),
        new("another purpose", r => r.Purpose = "hemligt möte", "purpose"),
        new("no purpose", r => r.Purpose = "", "purpose"),
        new("another product", r => r.Product = "single-youth", "product"),
        new("a hold", r => r.Hold = true, "hold"),
        new("another rate", r => r.VatBasisPoints = 2500, "vat_basis_points"),
        new("no rate", r => r.ClearVatBasisPoints(), "vat_basis_points"),
        new("another category", r => Change(r, basisPoints: 0, category: "Z"), "vat_basis_points,vat_category"),
        new("another card", r => r.CardNumber = "4000000000000000002", "card_number"),
        new("almost everything else", ChangeMuch, "card_number,amount_minor,purpose,product,hold"),
    ];

    public static TheoryData<string> Names => [.. Cases.Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task An_id_that_comes_again_with_other_fields_is_refused_by_their_names(string name)
    {
        var different = Cases.Single(one => one.Name == name);
        var on = await NewOperatorAsync();
        var card = await on.AddCardAsync();
        var request = Full(on, card);
        await on.Validator.AuthoriseAsync(request);

        different.Change(request);
        var error = await WireError.OfAsync(
            on.Validator.AuthoriseAsync(request), StatusCode.AlreadyExists, "ID_USED_WITH_OTHER_FIELDS");

        Assert.Equal(different.Fields.Single(), error.Metadata["fields"]);
        Assert.All(
            [error.Message, .. error.Metadata.Values],
            text => Assert.All(
                ["hemligt", "Vetlanda", "youth", "adult", "1001", "1000", "4000000000", card.CardNumber!],
                value => Assert.DoesNotContain(value, text, StringComparison.Ordinal)));
        Assert.Equal((1, 1_000), (await on.RowsAsync(), await on.SpentAsync(card)));
    }

    [Fact]
    public async Task A_retry_from_another_device_is_the_same_purchase()
    {
        var on = await NewOperatorAsync();
        var card = await on.AddCardAsync();
        var request = Full(on, card);
        var first = await on.Validator.AuthoriseAsync(request);

        request.DeviceId = "another";
        request.Trip = new Trip { Vehicle = "2" };
        request.OccurredAt = Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch);
        request.CardNumber = string.Join(' ', card.CardNumber!.Chunk(4).Select(digits => new string(digits)));
        var second = await on.Validator.AuthoriseAsync(request);

        Assert.Equal((false, true), (first.Replayed, second.Replayed));
        second.Replayed = false;
        Assert.Equal(first, second);
        Assert.Equal((1, 1_000), (await on.RowsAsync(), await on.SpentAsync(card)));
    }

    [Fact]
    public async Task An_id_of_another_client_is_taken_and_nothing_more_is_told()
    {
        var on = await NewOperatorAsync();
        var console = await on.AddClientAsync(ClientKind.Console);
        var request = Full(on, await on.AddCardAsync());
        await on.Validator.AuthoriseAsync(request);

        await IsTakenAsync(console.AuthoriseAsync(request));
        request.AmountMinor++;
        await IsTakenAsync(console.AuthoriseAsync(request));
        Assert.Equal(1, await on.RowsAsync());
    }

    [Fact]
    public async Task An_id_of_another_operator_is_taken_and_cannot_be_read()
    {
        var (here, there) = (await NewOperatorAsync(), await NewOperatorAsync());
        var request = Full(here, await here.AddCardAsync());
        await here.Validator.AuthoriseAsync(request);

        await IsTakenAsync(there.Validator.AuthoriseAsync(request));
        await WireError.OfAsync(
            there.Validator.GetAuthorisationAsync(request.AuthorisationId), StatusCode.NotFound, "AUTHORISATION_NOT_FOUND");
        Assert.Equal(0, await there.RowsAsync());
    }

    [Fact]
    public async Task An_id_of_an_app_is_taken_for_its_back_end()
    {
        var on = await NewOperatorAsync();
        var app = await on.AddAppAsync();
        var request = on.Buy(app);
        await (await on.AddAppCallerAsync(app)).AuthoriseAsync(request);
        await IsTakenAsync((await on.AddClientAsync(ClientKind.AppBackEnd)).AuthoriseAsync(request));
    }

    private static async Task IsTakenAsync(Task call)
    {
        var error = await WireError.OfAsync(call, StatusCode.AlreadyExists, "ID_TAKEN");
        Assert.Empty(error.Metadata);
    }

    private static AuthoriseRequest Full(WireOperator on, Core.Instrument card)
    {
        var request = on.Buy(card);
        request.Purpose = "Kundbesök i Vetlanda";
        request.Product = "single-adult";
        request.VatBasisPoints = 600;
        request.VatCategory = "S";
        request.DeviceId = "validator 1";
        request.Trip = new Trip { Vehicle = "1", Line = "1", Zone = "1", Stop = "1" };
        return request;
    }

    private static void Change(AuthoriseRequest request, int basisPoints, string category)
    {
        request.VatBasisPoints = basisPoints;
        request.VatCategory = category;
    }

    private static void ChangeMuch(AuthoriseRequest request)
    {
        request.CardNumber = "4000000000000000003";
        request.AmountMinor = 7;
        request.Purpose = "annat";
        request.Product = "annat";
        request.Hold = true;
    }
}
