using System.Buffers;
using System.Text;
using Authorisation.Core;
using Google.Protobuf.WellKnownTypes;

namespace Authorisation.Server.Contract;

/// <summary>
/// Reads fields of a request one by one and collects what is wrong with them, so that a caller gets all violations at
/// once. A wrong field reads as a default; the values are valid only when there are no violations.
/// </summary>
/// <param name="prefix">Stands before every field's name: where in the request the fields are.</param>
internal sealed class FieldChecks(string prefix = "")
{
    private static readonly SearchValues<char> UuidCharacters = SearchValues.Create("0123456789abcdefABCDEF-");

    private List<Violation>? _violations;

    /// <summary>What was found wrong so far.</summary>
    public IReadOnlyList<Violation> Violations => _violations ?? (IReadOnlyList<Violation>)[];

    public void Add(string field, string description) => (_violations ??= []).Add(new Violation(prefix + field, description));

    /// <summary>Ends the call if anything was wrong.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT with every violation.</exception>
    public void ThrowIfAny()
    {
        if (_violations is not null)
        {
            throw Errors.InvalidFields(_violations);
        }
    }

    /// <summary>A UUID in its 36-character form, RFC 9562; the nil UUID is none.</summary>
    public Guid Uuid(string field, string value)
    {
        // The form is checked by itself: parsing takes spaces around the value, and a sign or 0x in front of its parts.
        if (!value.AsSpan().ContainsAnyExcept(UuidCharacters)
            && Guid.TryParseExact(value, "D", out var id) && id != Guid.Empty)
        {
            return id;
        }

        Add(field, value.Length == 0 ? "is required: a UUID" : "must be a UUID such as 01890a5d-ac96-774b-bcce-b302099a8057");
        return default;
    }

    /// <summary>A card number: spaces are taken out, leading zeros stay.</summary>
    public string CardNumber(string field, string value)
    {
        if (!Core.CardNumber.TryNormalise(value, out var number))
        {
            Add(field, $"must be {Limits.CardNumberDigitsMin} to {Limits.CardNumberDigitsMax} digits; spaces are allowed");
        }

        return number;
    }

    /// <summary>The card of the caller's operator with this number, from the field <c>card_number</c>.</summary>
    public Instrument Card(string number, Caller caller) =>
        Instrument.Card(caller.Operator.Id, CardNumber("card_number", number));

    /// <summary>The app account of the caller's operator, from the field <c>app_account_id</c>.</summary>
    public Instrument App(string accountId, Caller caller) =>
        Instrument.App(caller.Operator.Id, Uuid("app_account_id", accountId));

    /// <summary>Neither a card nor an app was named.</summary>
    public Instrument NoInstrument()
    {
        Add("instrument", "is required: card_number or app_account_id");
        return default;
    }

    /// <summary>An amount of money in minor units.</summary>
    public long Amount(string field, long amountMinor)
    {
        if (amountMinor is < Limits.AmountMinorMin or > Limits.AmountMinorMax)
        {
            Add(field, $"must be {Limits.AmountMinorMin} to {Limits.AmountMinorMax} minor units");
        }

        return amountMinor;
    }

    /// <summary>
    /// Text of at most <paramref name="charactersMax"/> code points that can be printed and put into XML. Empty and
    /// blank text is absent.
    /// </summary>
    public string? Text(string field, string value, int charactersMax)
    {
        if (value.Length == 0)
        {
            return null;
        }

        var characters = 0;
        foreach (var rune in value.EnumerateRunes())
        {
            characters++;
            // The replacement character stands for what a client's own library could not read as text; U+FFFE and
            // U+FFFF are no characters in XML. Broken UTF-8 itself is refused before: Calls.Messages.
            if (Rune.IsControl(rune) || rune.Value is 0xFFFD or 0xFFFE or 0xFFFF)
            {
                Add(field, Rune.IsControl(rune)
                    ? "must not contain control characters, line breaks and tabs included"
                    : "must be valid UTF-8 text");
                return null;
            }
        }

        if (characters > charactersMax)
        {
            Add(field, $"must be at most {charactersMax} characters; it has {characters}");
            return null;
        }

        // Asked last: a tab and some other control characters count as white space.
        return string.IsNullOrWhiteSpace(value) ? null : value;
    }

    /// <summary>A moment from 1970 to 9999, to the microsecond; devices that lost their clock send 1970.</summary>
    public DateTimeOffset? Moment(string field, Timestamp? value)
    {
        if (value is null)
        {
            return null;
        }

        const long LastSecond = 253402300799;
        if (value.Seconds is < 0 or > LastSecond || value.Nanos is < 0 or > 999_999_999)
        {
            Add(field, "must be a valid google.protobuf.Timestamp from 1970-01-01 to 9999-12-31");
            return null;
        }

        return DateTimeOffset.UnixEpoch.AddSeconds(value.Seconds).AddMicroseconds(value.Nanos / 1000);
    }
}
