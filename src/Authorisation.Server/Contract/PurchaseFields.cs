using Authorisation.Core;
using Authorisation.V1;
using Instrument = Authorisation.Core.Instrument;
using Trip = Authorisation.Core.Trip;

namespace Authorisation.Server.Contract;

/// <summary>
/// Turns the contract's requests into valid purchases and instruments, or into all that is wrong with them.
/// </summary>
internal static class PurchaseFields
{
    /// <summary>The purchase asked for.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT with every violation.</exception>
    public static Purchase Read(AuthoriseRequest request, Caller caller)
    {
        var checks = new FieldChecks();
        var purchase = Read(request, caller, checks);
        checks.ThrowIfAny();
        return purchase;
    }

    /// <summary>The purchase that a device reports, which must say when it was made.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT with every violation.</exception>
    public static Purchase ReadAdvice(AuthoriseRequest request, Caller caller, DateTimeOffset now)
    {
        var checks = new FieldChecks("purchase.");
        var purchase = Read(request, caller, checks);
        if (request.OccurredAt is null)
        {
            checks.Add("occurred_at", "is required: when it was sold, by the device's clock");
        }
        else if (purchase.OccurredAt > now + Limits.AdviceAheadMax)
        {
            checks.Add("occurred_at", $"must not be more than {Limits.AdviceAheadMax.TotalMinutes} minutes in the future; set the device's clock");
        }
        else if (purchase.OccurredAt < now.AddDays(-Limits.AdviceAgeDaysMax))
        {
            checks.Add("occurred_at", $"must not be more than {Limits.AdviceAgeDaysMax} days ago");
        }

        checks.ThrowIfAny();
        return purchase;
    }

    private static Purchase Read(AuthoriseRequest request, Caller caller, FieldChecks checks)
    {
        var purchase = new Purchase
        {
            Id = checks.Uuid("authorisation_id", request.AuthorisationId),
            Originator = caller.Originator,
            Instrument = request.InstrumentCase switch
            {
                AuthoriseRequest.InstrumentOneofCase.CardNumber => checks.Card(request.CardNumber, caller),
                AuthoriseRequest.InstrumentOneofCase.AppAccountId => checks.App(request.AppAccountId, caller),
                _ => checks.NoInstrument(),
            },
            AmountMinor = checks.Amount("amount_minor", request.AmountMinor),
            Purpose = Purpose(checks, request, caller.Operator.Purpose),
            Product = checks.Text("product", request.Product, Limits.CodeCharactersMax),
            Hold = request.Hold,
            VatBasisPoints = request.HasVatBasisPoints ? request.VatBasisPoints : null,
            VatCategory = Category(checks, request, caller.Operator.VatRates),
            OccurredAt = checks.Moment("occurred_at", request.OccurredAt),
            Trip = ReadTrip(checks, request.Trip),
            DeviceId = checks.Text("device_id", request.DeviceId, Limits.CodeCharactersMax),
        };
        CheckCurrency(checks, request.Currency, caller.Operator.Currency);
        return purchase;
    }

    /// <summary>The instrument asked about.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT with every violation.</exception>
    public static Instrument Read(GetCreditRequest request, Caller caller)
    {
        var checks = new FieldChecks();
        var instrument = request.InstrumentCase switch
        {
            GetCreditRequest.InstrumentOneofCase.CardNumber => checks.Card(request.CardNumber, caller),
            GetCreditRequest.InstrumentOneofCase.AppAccountId => checks.App(request.AppAccountId, caller),
            _ => checks.NoInstrument(),
        };
        checks.ThrowIfAny();
        return instrument;
    }

    /// <summary>The id asked about.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT when it is no UUID.</exception>
    public static Guid Read(GetAuthorisationRequest request)
    {
        var checks = new FieldChecks();
        var id = checks.Uuid("authorisation_id", request.AuthorisationId);
        checks.ThrowIfAny();
        return id;
    }

    private static void CheckCurrency(FieldChecks checks, string currency, string expected)
    {
        if (currency == expected)
        {
            return;
        }

        checks.Add("currency", currency switch
        {
            "" => $"is required: {expected}",
            { Length: 3 } when !currency.AsSpan().ContainsAnyExceptInRange('A', 'Z') =>
                $"must be {expected}, the operator's currency",
            _ => $"must be an ISO 4217 code of three upper-case letters; the operator's is {expected}",
        });
    }

    private static string? Purpose(FieldChecks checks, AuthoriseRequest request, PurposeRule rule)
    {
        var before = checks.Violations.Count;
        var purpose = checks.Text("purpose", request.Purpose, Limits.PurposeCharactersMax);
        if (purpose is null && rule == PurposeRule.Required && checks.Violations.Count == before
            && request.InstrumentCase == AuthoriseRequest.InstrumentOneofCase.AppAccountId)
        {
            checks.Add("purpose", "is required: why the trip is made");
        }

        return rule == PurposeRule.NotKept ? null : purpose;
    }

    private static VatCategory Category(FieldChecks checks, AuthoriseRequest request, VatRates allowed)
    {
        int? rate = request.HasVatBasisPoints ? request.VatBasisPoints : null;
        var named = request.VatCategory.Length == 0 ? VatCategory.Standard : VatLetters.Find(request.VatCategory);
        if (named is not { } category)
        {
            checks.Add("vat_category", $"must be {VatLetters.InWords}, of UNCL5305");
            if (rate is { } alone && !allowed.HasBasisPoints(alone))
            {
                checks.Add("vat_basis_points", AllowedRates(allowed));
            }

            return VatCategory.Standard;
        }

        // A standard rate that is not given is the operator's own, which is always allowed.
        if ((rate is not null || category != VatCategory.Standard) && !allowed.Contains(new VatRate(category, rate ?? -1)))
        {
            checks.Add(rate == 0 ? "vat_category" : "vat_basis_points", AllowedRates(allowed));
        }

        return category;
    }

    private static string AllowedRates(VatRates allowed) =>
        $"must be one of the operator's rates: vat_basis_points {allowed.InWords}";

    private static Trip? ReadTrip(FieldChecks checks, V1.Trip? trip)
    {
        if (trip is null)
        {
            return null;
        }

        var read = new Trip(
            checks.Text("trip.vehicle", trip.Vehicle, Limits.CodeCharactersMax),
            checks.Text("trip.line", trip.Line, Limits.CodeCharactersMax),
            checks.Text("trip.zone", trip.Zone, Limits.CodeCharactersMax),
            checks.Text("trip.stop", trip.Stop, Limits.CodeCharactersMax));
        return read == new Trip(null, null, null, null) ? null : read;
    }
}
