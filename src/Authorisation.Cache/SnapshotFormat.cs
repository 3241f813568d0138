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
/// rules           2 bytes for the length of their text in UTF-8, then the text
/// today           4 bytes for the day, 8 for what it spent, 8 for what the day before spent
/// first, last day 4 bytes each, days since the year 1
/// extra           4 bytes for its month, yyyymm, 8 for how much
/// </code>
/// All numbers with the most significant byte first. Bytes that do not fit this to the last one are a miss.
/// </remarks>
internal static class SnapshotFormat
{
    public const byte Format = 2;

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

        if (account.Rules is { } rules)
        {
            writer.Text(rules.Text);
        }

        if (account.Today is { } today)
        {
            writer.Int32(today.Day);
            writer.Int64(today.SpentMinor);
            writer.Int64(today.BeforeMinor);
        }

        if (account.Dates is { } dates)
        {
            WriteDates(ref writer, dates);
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
        var rules = Has(SnapshotFlags.HasRules) ? Rules(ref reader) : null;
        var today = Has(SnapshotFlags.HasToday) ? new DaySpending(Day(ref reader), reader.Int64(), reader.Int64()) : null;
        var dates = Dates(ref reader, flags);

        reader.Require((flags & ~SnapshotFlags.All) == SnapshotFlags.None);
        reader.Require(held <= spent);
        reader.Require(rules is not { CountsDays: true } || today is not null);
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
            Rules = rules,
            Today = today,
            Dates = dates,
        };
        snapshot = new AccountSnapshot(account, readAt);
        return true;

        bool Has(SnapshotFlags flag) => (flags & flag) != SnapshotFlags.None;
    }

    private static int SizeOf(CreditAccount account)
    {
        var size = FixedBytes;
        size += account.Balance.NextHoldExpiry is null ? 0 : sizeof(long);
        size += account.Rules is { } rules ? sizeof(ushort) + Encoding.UTF8.GetByteCount(rules.Text) : 0;
        size += account.Today is null ? 0 : sizeof(int) + sizeof(long) + sizeof(long);
        size += account.Dates?.FirstDay is null ? 0 : sizeof(int);
        size += account.Dates?.LastDay is null ? 0 : sizeof(int);
        size += HasExtra(account) ? sizeof(int) + sizeof(long) : 0;
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
        | If(account.Rules is not null, SnapshotFlags.HasRules)
        | If(account.Today is not null, SnapshotFlags.HasToday)
        | If(account.Dates?.FirstDay is not null, SnapshotFlags.HasFirstDay)
        | If(account.Dates?.LastDay is not null, SnapshotFlags.HasLastDay)
        | If(HasExtra(account), SnapshotFlags.HasExtra);

    private static bool HasExtra(CreditAccount account) => account.Dates is { ExtraMinor: > 0 };

    private static SnapshotFlags If(bool condition, SnapshotFlags flag) => condition ? flag : SnapshotFlags.None;

    private static CreditMonth Month(ref SnapshotReader reader)
    {
        var number = reader.Int32();
        reader.Require(number == 0 || number is >= 1_01 and <= 9999_12 && number % 100 is >= 1 and <= 12);
        return reader.Broken ? default : CreditMonth.FromNumber(number);
    }

    private static PurchaseRules? Rules(ref SnapshotReader reader)
    {
        PurchaseRules? rules = null;
        var text = reader.Text();
        reader.Require(!reader.Broken && PurchaseRules.TryParse(text, out rules));
        return rules;
    }

    private static void WriteDates(ref SnapshotWriter writer, CreditDates dates)
    {
        if (dates.FirstDay is { } first)
        {
            writer.Int32(first.DayNumber);
        }

        if (dates.LastDay is { } last)
        {
            writer.Int32(last.DayNumber);
        }

        if (dates.ExtraMinor > 0)
        {
            writer.Int32(dates.ExtraMonth.Number);
            writer.Int64(dates.ExtraMinor);
        }
    }

    private static CreditDates? Dates(ref SnapshotReader reader, SnapshotFlags flags)
    {
        if ((flags & (SnapshotFlags.HasFirstDay | SnapshotFlags.HasLastDay | SnapshotFlags.HasExtra)) == SnapshotFlags.None)
        {
            return null;
        }

        DateOnly? first = (flags & SnapshotFlags.HasFirstDay) != SnapshotFlags.None ? DateOnly.FromDayNumber(Day(ref reader)) : null;
        DateOnly? last = (flags & SnapshotFlags.HasLastDay) != SnapshotFlags.None ? DateOnly.FromDayNumber(Day(ref reader)) : null;
        var hasExtra = (flags & SnapshotFlags.HasExtra) != SnapshotFlags.None;
        return new CreditDates(first, last, hasExtra ? Month(ref reader) : default, hasExtra ? reader.Count() : 0);
    }

    private static int Day(ref SnapshotReader reader)
    {
        var day = reader.Int32();
        reader.Require(day >= 0 && day <= DateOnly.MaxValue.DayNumber);
        return reader.Broken ? 0 : day;
    }
}
