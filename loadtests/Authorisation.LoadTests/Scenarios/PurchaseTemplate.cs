using System.Text;
using Authorisation.LoadTests.Http2;
using Authorisation.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Authorisation.LoadTests.Scenarios;

/// <summary>
/// A purchase as a validator sends it, encoded once; a request is a copy of it with its own id, card and amount written
/// over their places.
/// </summary>
internal sealed class PurchaseTemplate
{
    /// <summary>The method.</summary>
    public const string Path = "/authorisation.v1.AuthorisationService/Authorise";

    /// <summary>The digits of the card numbers used.</summary>
    public const int CardDigits = 12;

    /// <summary>The least amount that is sent, in minor units: with the most, those that take two bytes.</summary>
    public const int AmountMin = 128;

    /// <summary>The most that is sent.</summary>
    public const int AmountMax = 16_383;

    private const int IdCharacters = 36;
    private const int HighBit = 0x80;

    private readonly byte[] _bytes;
    private readonly int _idAt;
    private readonly int _cardAt;
    private readonly int _amountAt;

    /// <summary>Encodes the purchase.</summary>
    public PurchaseTemplate()
    {
        var id = new string('i', IdCharacters);
        var card = new string('c', CardDigits);
        var request = new AuthoriseRequest
        {
            AuthorisationId = id,
            CardNumber = card,
            AmountMinor = AmountMin,
            Currency = "SEK",
            Product = "single-adult",
            OccurredAt = Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow),
            Trip = new Trip { Vehicle = "1287", Line = "42", Stop = "Torget" },
            DeviceId = "validator-0017",
        };
        _bytes = request.ToByteArray();
        _idAt = _bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(id));
        _cardAt = _bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(card));
        // The amount's field follows the card's: its tag, then its two bytes.
        _amountAt = _cardAt + CardDigits + 1;
    }

    /// <summary>Makes the call a new purchase.</summary>
    public void Write(Call call, Guid id, long card, int amount)
    {
        call.Path = Path;
        call.Id = id;
        call.RequestLength = _bytes.Length;
        var request = call.Request.AsSpan(0, _bytes.Length);
        _bytes.CopyTo(request);
        id.TryFormat(request[_idAt..], out _);
        card.TryFormat(request[_cardAt..], out _, "D12", System.Globalization.CultureInfo.InvariantCulture);
        request[_amountAt] = (byte)((amount & (HighBit - 1)) | HighBit);
        request[_amountAt + 1] = (byte)(amount >> 7);
    }

    /// <summary>Makes the call a purchase that breaks the contract: an amount of nothing.</summary>
    public void WriteBad(Call call, Guid id, long card)
    {
        Write(call, id, card, AmountMin);
        // A zero in two bytes: longer than it has to be, and valid protobuf.
        call.Request[_amountAt] = HighBit;
        call.Request[_amountAt + 1] = 0;
    }
}
