using Authorisation.V1;
using Google.Protobuf.WellKnownTypes;

namespace Authorisation.Server.Tests.BadInput;

/// <summary>One wrong request: a valid one, changed, and the fields that the answer must name.</summary>
internal sealed record FieldCase(string Name, Action<AuthoriseRequest> Change, params string[] Fields)
{
    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>What no field may hold, one line a case. The requests are a console's on a card, in SEK, unless they say otherwise.</summary>
internal static class FieldCases
{
    private const string OneCharacterTooLong = "12345678901234567890123456789012345678901234567890123456789012345";

    private static readonly string[] EverythingWrongFields =
    [
        "authorisation_id", "card_number", "amount_minor", "purpose", "product", "vat_basis_points", "occurred_at",
        "trip.vehicle", "trip.line", "trip.zone", "trip.stop", "device_id", "currency",
    ];

    /// <summary>On a card, at an operator that keeps a purpose if it is given.</summary>
    public static IReadOnlyList<FieldCase> OnCard { get; } =
    [
        .. Ids("authorisation_id", (request, value) => request.AuthorisationId = value),

        new("amount 0", r => r.AmountMinor = 0, "amount_minor"),
        new("amount negative", r => r.AmountMinor = -1, "amount_minor"),
        new("amount one above the most", r => r.AmountMinor = 10_000_001, "amount_minor"),
        new("amount the largest number there is", r => r.AmountMinor = long.MaxValue, "amount_minor"),
        new("amount the smallest number there is", r => r.AmountMinor = long.MinValue, "amount_minor"),

        new("currency missing", r => r.Currency = "", "currency"),
        new("currency in lower case", r => r.Currency = "sek", "currency"),
        new("currency that is none", r => r.Currency = "XYZ", "currency"),
        new("currency of another operator", r => r.Currency = "NOK", "currency"),
        new("currency with a space", r => r.Currency = "SEK ", "currency"),
        new("currency in words", r => r.Currency = "kronor", "currency"),

        new("no instrument", r => r.ClearInstrument(), "instrument"),
        new("card number empty", r => r.CardNumber = "", "card_number"),
        new("card number of spaces", r => r.CardNumber = "        ", "card_number"),
        new("card number with letters", r => r.CardNumber = "12345A", "card_number"),
        new("card number with other digits", r => r.CardNumber = "١٢٣٤٥٦", "card_number"),
        new("card number with a dash", r => r.CardNumber = "1234-5678", "card_number"),
        new("card number with a sign", r => r.CardNumber = "+12345678", "card_number"),
        new("card number with a tab", r => r.CardNumber = "1234\t5678", "card_number"),
        new("card number of 5 digits", r => r.CardNumber = "12345", "card_number"),
        new("card number of 5 digits and spaces", r => r.CardNumber = " 123 45 ", "card_number"),
        new("card number of 21 digits", r => r.CardNumber = "123456789012345678901", "card_number"),
        .. Ids("app_account_id", (request, value) => request.AppAccountId = value),

        .. Text("purpose", (request, value) => request.Purpose = value),
        new("purpose of 201 characters", r => r.Purpose = new string('å', 201), "purpose"),
        new("purpose of 201 characters beyond the BMP", r => r.Purpose = Repeat("🚌", 201), "purpose"),
        .. Text("product", (request, value) => request.Product = value),
        new("product of 65 characters", r => r.Product = OneCharacterTooLong, "product"),
        .. Text("device_id", (request, value) => request.DeviceId = value),
        new("device of 65 characters", r => r.DeviceId = OneCharacterTooLong, "device_id"),
        new("vehicle of 65 characters", r => r.Trip = new Trip { Vehicle = OneCharacterTooLong }, "trip.vehicle"),
        new("line of 65 characters", r => r.Trip = new Trip { Line = OneCharacterTooLong }, "trip.line"),
        new("zone of 65 characters", r => r.Trip = new Trip { Zone = OneCharacterTooLong }, "trip.zone"),
        new("stop of 65 characters", r => r.Trip = new Trip { Stop = OneCharacterTooLong }, "trip.stop"),
        new("line break in a stop", r => r.Trip = new Trip { Stop = "Resecentrum\nläge A" }, "trip.stop"),

        new("VAT negative", r => r.VatBasisPoints = -1, "vat_basis_points"),
        new("VAT above all of it", r => r.VatBasisPoints = 10_001, "vat_basis_points"),
        new("VAT that the operator's country does not have", r => r.VatBasisPoints = 333, "vat_basis_points"),
        new("VAT of another country with S", r => Vat(r, 1_500, "S"), "vat_basis_points"),
        new("VAT and category that are none", r => Vat(r, 333, "E"), "vat_basis_points", "vat_category"),
        new("VAT 0 without a category", r => r.VatBasisPoints = 0, "vat_category"),
        new("VAT 0 with S", r => Vat(r, 0, "S"), "vat_category"),
        new("VAT 6 % with Z", r => Vat(r, 600, "Z"), "vat_basis_points"),
        new("VAT 6 % with O", r => Vat(r, 600, "O"), "vat_basis_points"),
        new("Z without a rate", r => r.VatCategory = "Z", "vat_basis_points"),
        new("category in lower case", r => Vat(r, 600, "s"), "vat_category"),
        new("category that is none", r => Vat(r, 600, "AE"), "vat_category"),

        new("time with negative nanos", r => r.OccurredAt = new Timestamp { Seconds = 1, Nanos = -1 }, "occurred_at"),
        new("time with a second of nanos", r => r.OccurredAt = new Timestamp { Nanos = 1_000_000_000 }, "occurred_at"),
        new("time before 1970", r => r.OccurredAt = new Timestamp { Seconds = -1 }, "occurred_at"),
        new("time after 9999", r => r.OccurredAt = new Timestamp { Seconds = 253_402_300_800 }, "occurred_at"),
        new("time the largest there is", r => r.OccurredAt = new Timestamp { Seconds = long.MaxValue }, "occurred_at"),

        new("everything wrong at once", EverythingWrong, EverythingWrongFields),
        new("nothing but defaults", Nothing, "authorisation_id", "instrument", "amount_minor", "currency"),
    ];

    /// <summary>In an app, at an operator that requires a purpose.</summary>
    public static IReadOnlyList<FieldCase> InApp { get; } =
    [
        new("purpose missing", r => r.Purpose = "", "purpose"),
        new("purpose blank", r => r.Purpose = "   ", "purpose"),
        new("purpose of no-break and thin spaces", r => r.Purpose = "\u00a0\u2009\u3000", "purpose"),
        new("purpose with a control character is named once", r => r.Purpose = "\u0007", "purpose"),
        new("purpose missing and amount 0", Both, "amount_minor", "purpose"),
    ];

    private static IEnumerable<FieldCase> Ids(string field, Action<AuthoriseRequest, string> set)
    {
        const string Good = "01890a5d-ac96-774b-bcce-b302099a8057";
        (string Name, string Value)[] values =
        [
            ("missing", ""), ("short", Good[..35]), ("long", Good + "0"), ("in words", "not-a-uuid"),
            ("nil", "00000000-0000-0000-0000-000000000000"), ("in braces", $"{{{Good}}}"),
            ("without dashes", Good.Replace("-", "", StringComparison.Ordinal)), ("as a URN", $"urn:uuid:{Good}"),
            ("with a space before it", $" {Good}"), ("with a line break behind it", $"{Good}\n"),
            ("with a prefix of hex", "0x890a5d-ac96-774b-bcce-b302099a8057"), ("with a sign", "+1890a5d-ac96-774b-bcce-b302099a8057"),
        ];
        return values.Select(value => new FieldCase($"{field} {value.Name}", request => set(request, value.Value), field));
    }

    private static IEnumerable<FieldCase> Text(string field, Action<AuthoriseRequest, string> set)
    {
        (string Name, string Value)[] values =
        [
            ("a tab", "möte\ti Ånge"), ("a line feed", "möte\ni Ånge"), ("a carriage return", "möte\ri Ånge"),
            ("NUL", "möte\0"), ("escape", "\u001b[31m"), ("DEL", "möte\u007f"), ("a C1 control", "möte\u009b"),
            ("nothing but a tab", "\t"), ("nothing but NEL", "\u0085"), ("nothing but NUL", "\0"),
            ("U+FFFE", "möte\ufffe"), ("U+FFFF", "\uffff"), ("what stands for broken text", "m\ufffdte"),
        ];
        return values.Select(value => new FieldCase($"{field} with {value.Name}", request => set(request, value.Value), field));
    }

    private static void Vat(AuthoriseRequest request, int basisPoints, string category)
    {
        request.VatBasisPoints = basisPoints;
        request.VatCategory = category;
    }

    private static void EverythingWrong(AuthoriseRequest request)
    {
        request.AuthorisationId = "no";
        request.CardNumber = "no";
        request.AmountMinor = 0;
        request.Currency = "no";
        request.Purpose = "\0";
        request.Product = OneCharacterTooLong;
        request.OccurredAt = new Timestamp { Nanos = -1 };
        request.Trip = new Trip { Vehicle = "\n", Line = "\n", Zone = "\n", Stop = "\n" };
        request.VatBasisPoints = -1;
        request.DeviceId = OneCharacterTooLong;
    }

    private static void Nothing(AuthoriseRequest request)
    {
        request.AuthorisationId = "";
        request.ClearInstrument();
        request.AmountMinor = 0;
        request.Currency = "";
    }

    private static void Both(AuthoriseRequest request)
    {
        request.Purpose = "";
        request.AmountMinor = 0;
    }

    private static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));
}
