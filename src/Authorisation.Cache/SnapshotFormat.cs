using System.Diagnostics.CodeAnalysis;
using System.Text;
using Authorisation.Core;

namespace Authorisation.Cache;

/// <summary>
/// A snapshot as bytes. The instrument is not among them: it is the key they are stored under.
/// </summary>
/// <remarks>
/// <code>
/// format          1 byte    another format is a miss, so versions of the program can stand side by side
/// version         8 bytes   read by set_if_newer.lua, too: at the same place in every format
/// account         16 bytes
/// read at         8 bytes   ticks, UTC
/// limit           8 bytes
/// month           4 bytes   yyyymm
/// spent, held     8 bytes each
/// billing snapshot     8 bytes
/// flags           2 bytes   and, for those of these that the flags name:
/// hold expiry     8 bytes   ticks, UTC
/// max purchase    8 bytes
/// products        2 bytes for how many, then each with 2 bytes for its length in UTF-8
/// </code>
/// All numbers with the most significant byte first. Bytes that do not fit this to the last one are a miss.
/// </remarks>
internal static class SnapshotFormat
{
    public const byte Format = 1;

    private const int FixedBytes = 71;

    /// <summary>
    /// The snapshot as bytes, in one array; <see langword="null"/> when that would be more than Redis is to keep.
    /// </summary>
    public static byte[]? Write(AccountSnapshot snapshot)
    {
        var account = snapshot.Account;
        var size = SizeOf(account);
        if (size > Limits.SnapshotBytesMax)
        {
            return null;
        }

        var bytes = new byte[size];
        var writer = new SnapshotWriter(bytes);
        writer.Byte(Format);
        writer.Int64(account.Version);
        writer.Guid(account.Id);
        writer.Instant(snapshot.ReadAt);
        writer.Int64(account.LimitMinor);
        writer.Int32(account.Balance.Month.Number);
        writer.Int64(account.Balance.SpentMinor);
        writer.Int64(account.Balance.HeldMinor);
        writer.Int64(account.BillingSnapshotId);
        writer.UInt16((ushort)FlagsOf(account));

        if (account.Balance.NextHoldExpiry is { } expiry)
        {
            writer.Instant(expiry);
        }

        if (account.MaxPurchaseMinor is { } most)
        {
            writer.Int64(most);
        }

        if (account.AllowedProducts is { } products)
        {
            writer.UInt16((ushort)products.Count);
            for (var i = 0; i < products.Count; i++)
            {
                writer.Text(products[i]);
            }
        }

        return bytes;
    }

    /// <summary>
    /// Reads what <see cref="Write"/> wrote for <paramref name="instrument"/>; anything else is
    /// <see langword="false"/>.
    /// </summary>
    public static bool TryRead(
        ReadOnlySpan<byte> bytes, Instrument instrument, [NotNullWhen(true)] out AccountSnapshot? snapshot)
    {
        snapshot = null;
        if (bytes.Length > Limits.SnapshotBytesMax)
        {
            return false;
        }

        var reader = new SnapshotReader(bytes);
        reader.Require(reader.Byte() == Format);
        var version = reader.Count();
        var id = reader.Guid();
        var readAt = reader.Instant();
        var limit = reader.Count();
        var month = Month(ref reader);
        var spent = reader.Count();
        var held = reader.Count();
        var billingSnapshot = reader.Count();
        var flags = (SnapshotFlags)reader.UInt16();
        DateTimeOffset? expiry = Has(SnapshotFlags.HasNextHoldExpiry) ? reader.Instant() : null;
        long? most = Has(SnapshotFlags.HasMaxPurchase) ? reader.Count() : null;
        var products = Has(SnapshotFlags.HasAllowedProducts) ? Products(ref reader) : null;

        reader.Require((flags & ~SnapshotFlags.All) == SnapshotFlags.None);
        reader.Require(held <= spent);
        reader.Require(instrument.Kind == InstrumentKind.Card || instrument.AccountId == id);
        reader.Require(reader.BytesLeft == 0);
        if (reader.Broken)
        {
            return false;
        }

        var account = new CreditAccount
        {
            Id = id,
            Instrument = instrument,
            Version = version,
            LimitMinor = limit,
            Balance = new Balance(month, spent, held, expiry),
            BillingSnapshotId = billingSnapshot,
            CardCreditNotOffered = Has(SnapshotFlags.CardCreditNotOffered),
            Removed = Has(SnapshotFlags.Removed),
            AwaitsActivation = Has(SnapshotFlags.AwaitsActivation),
            Blocked = Has(SnapshotFlags.Blocked),
            OrganisationSuspended = Has(SnapshotFlags.OrganisationSuspended),
            CardHasTickets = Has(SnapshotFlags.CardHasTickets),
            AllowedProducts = products,
            MaxPurchaseMinor = most,
        };
        snapshot = new AccountSnapshot(account, readAt);
        return true;

        bool Has(SnapshotFlags flag) => (flags & flag) != SnapshotFlags.None;
    }

    private static int SizeOf(CreditAccount account)
    {
        var size = FixedBytes;
        size += account.Balance.NextHoldExpiry is null ? 0 : sizeof(long);
        size += account.MaxPurchaseMinor is null ? 0 : sizeof(long);
        if (account.AllowedProducts is { } products)
        {
            size += sizeof(ushort);

            // Stopped as soon as it is too much, so that neither a count nor a sum can outgrow its type.
            for (var i = 0; i < products.Count && size <= Limits.SnapshotBytesMax; i++)
            {
                size += sizeof(ushort) + Encoding.UTF8.GetByteCount(products[i]);
            }
        }

        return size;
    }

    private static SnapshotFlags FlagsOf(CreditAccount account) =>
        If(account.CardCreditNotOffered, SnapshotFlags.CardCreditNotOffered)
        | If(account.Removed, SnapshotFlags.Removed)
        | If(account.AwaitsActivation, SnapshotFlags.AwaitsActivation)
        | If(account.Blocked, SnapshotFlags.Blocked)
        | If(account.OrganisationSuspended, SnapshotFlags.OrganisationSuspended)
        | If(account.CardHasTickets, SnapshotFlags.CardHasTickets)
        | If(account.Balance.NextHoldExpiry is not null, SnapshotFlags.HasNextHoldExpiry)
        | If(account.MaxPurchaseMinor is not null, SnapshotFlags.HasMaxPurchase)
        | If(account.AllowedProducts is not null, SnapshotFlags.HasAllowedProducts);

    private static SnapshotFlags If(bool condition, SnapshotFlags flag) => condition ? flag : SnapshotFlags.None;

    private static CreditMonth Month(ref SnapshotReader reader)
    {
        var number = reader.Int32();
        reader.Require(number == 0 || number is >= 1_01 and <= 9999_12 && number % 100 is >= 1 and <= 12);
        return reader.Broken ? default : CreditMonth.FromNumber(number);
    }

    private static string[] Products(ref SnapshotReader reader)
    {
        // Each takes two bytes at least, so that a wrong count cannot ask for more memory than the bytes had.
        var count = reader.UInt16();
        reader.Require(count * sizeof(ushort) <= reader.BytesLeft);
        var products = reader.Broken || count == 0 ? [] : new string[count];
        for (var i = 0; i < products.Length; i++)
        {
            products[i] = reader.Text();
        }

        return products;
    }
}
