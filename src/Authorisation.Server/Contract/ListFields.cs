using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Authorisation.Core;
using Authorisation.Ledger.Reads;
using Authorisation.V1;
using Instrument = Authorisation.Core.Instrument;

namespace Authorisation.Server.Contract;

/// <summary>What a valid request to list asks for, and how a page's end is written for the next request.</summary>
/// <param name="Instrument">Whose authorisations.</param>
/// <param name="Month">Of which credit month.</param>
/// <param name="PageSize">How many at most.</param>
/// <param name="After">Where the page before ended.</param>
internal sealed record ListFields(Instrument Instrument, CreditMonth Month, int PageSize, ListPosition After)
{
    private const int PageSizeDefault = 50;
    private const int FilterBytes = 8;
    private const int TokenBytes = FilterBytes + sizeof(long) + 16;

    /// <summary>The list asked for.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT with every violation.</exception>
    public static ListFields Read(ListAuthorisationsRequest request, Caller caller, DateTimeOffset now)
    {
        var checks = new FieldChecks();
        var instrument = request.InstrumentCase switch
        {
            ListAuthorisationsRequest.InstrumentOneofCase.CardNumber => checks.Card(request.CardNumber, caller),
            ListAuthorisationsRequest.InstrumentOneofCase.AppAccountId => checks.App(request.AppAccountId, caller),
            _ => checks.NoInstrument(),
        };
        var month = CreditMonth.Of(now, caller.Operator.TimeZone);
        if (request.Month.Length > 0 && !CreditMonth.TryParse(request.Month, out month))
        {
            checks.Add("month", "must be a month as YYYY-MM, such as 2026-11");
        }

        var size = request.PageSize == 0 ? PageSizeDefault : request.PageSize;
        if (size is < 1 or > Limits.PageSizeMax)
        {
            checks.Add("page_size", $"must be 1 to {Limits.PageSizeMax}, or 0 for {PageSizeDefault}");
        }

        var after = ListPosition.Start;
        if (request.PageToken.Length > 0 && !TryReadToken(request.PageToken, FilterOf(instrument, month), out after))
        {
            checks.Add("page_token", "must be the next_page_token of a list of the same instrument and month");
        }

        checks.ThrowIfAny();
        return new ListFields(instrument, month, size, after);
    }

    /// <summary>The token that asks for what comes after a page.</summary>
    /// <param name="last">The last authorisation on the page.</param>
    public string TokenAfter(AuthorisationEntry last)
    {
        Span<byte> token = stackalloc byte[TokenBytes];
        FilterOf(Instrument, Month).CopyTo(token);
        BinaryPrimitives.WriteInt64BigEndian(token[FilterBytes..], last.DecidedAt.UtcTicks);
        last.Purchase.Id.TryWriteBytes(token[(FilterBytes + sizeof(long))..]);
        return Base64Url.EncodeToString(token);
    }

    private static bool TryReadToken(string text, ReadOnlySpan<byte> filter, out ListPosition position)
    {
        position = default;
        Span<byte> token = stackalloc byte[TokenBytes];
        // A token of another length is none of ours, and decoding it might not fit.
        if (text.Length != Base64Url.GetEncodedLength(TokenBytes) || !Base64Url.IsValid(text)
            || !Base64Url.TryDecodeFromChars(text, token, out var length) || length != TokenBytes
            || !token[..FilterBytes].SequenceEqual(filter))
        {
            return false;
        }

        var ticks = BinaryPrimitives.ReadInt64BigEndian(token[FilterBytes..]);
        if (ticks < DateTimeOffset.UnixEpoch.Ticks || ticks > DateTimeOffset.MaxValue.Ticks)
        {
            return false;
        }

        position = new ListPosition(new DateTimeOffset(ticks, TimeSpan.Zero), new Guid(token[(FilterBytes + sizeof(long))..]));
        return true;
    }

    /// <summary>Distinguishes the token of one list from that of another; it keeps nothing secret.</summary>
    private static byte[] FilterOf(Instrument instrument, CreditMonth month) => SHA256.HashData(Encoding.UTF8.GetBytes(
        $"{instrument.OperatorId} {instrument.Kind} {instrument.CardNumber} {instrument.AccountId} {month}"))[..FilterBytes];
}
