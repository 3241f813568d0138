using Authorisation.Core;

namespace Authorisation.Cache.Tests;

public class SnapshotFormatTests
{
    [Fact]
    public void Whatever_a_snapshot_holds_is_read_back()
    {
        var random = new Random(1);
        for (var i = 0; i < 20_000; i++)
        {
            var snapshot = Some.RandomSnapshot(random);

            var bytes = SnapshotFormat.Write(snapshot)!;

            Assert.True(SnapshotFormat.TryRead(bytes, snapshot.Account.Instrument, out var back), $"Snapshot {i} is not read.");
            Some.AssertSame(snapshot, back);
        }
    }

    [Fact]
    public void The_format_is_frozen_so_that_servers_of_two_versions_understand_each_other()
    {
        var app = Instrument.App(7, Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"));
        var snapshot = new AccountSnapshot(
            new CreditAccount
            {
                Id = app.AccountId,
                Instrument = app,
                Version = 0x0102,
                LimitMinor = 50_000,
                Balance = new Balance(CreditMonth.FromNumber(2026_11), 300, 200, new DateTimeOffset(17, TimeSpan.Zero)),
                BillingSnapshotId = 9,
                Blocked = true,
                Rules = PurchaseRules.TryParse("""{"not_on_credit":["å"]}""", out var rules) ? rules : null,
                Today = new DaySpending(3, 16, -1),
                Dates = new CreditDates(DateOnly.FromDayNumber(4), DateOnly.FromDayNumber(5), CreditMonth.FromNumber(2026_12), 6),
            },
            new DateTimeOffset(18, TimeSpan.Zero));

        Assert.Equal(
            "02" + "0000000000000102" + "00112233445566778899AABBCCDDEEFF" + "0000000000000012" + "000000000000C350" + "00031773"
            + "000000000000012C" + "00000000000000C8" + "0000000000000009" + "0FC8" + "0000000000000011"
            + "0018" + "7B226E6F745F6F6E5F637265646974223A5B22C3A5225D7D" + "00000003" + "0000000000000010" + "FFFFFFFFFFFFFFFF"
            + "00000004" + "00000005" + "00031774" + "0000000000000006",
            Convert.ToHexString(SnapshotFormat.Write(snapshot)!));
    }

    [Fact]
    public void Bytes_cut_short_or_with_more_behind_them_are_not_read()
    {
        var random = new Random(2);
        for (var i = 0; i < 200; i++)
        {
            var snapshot = Some.RandomSnapshot(random);
            var bytes = SnapshotFormat.Write(snapshot)!;
            for (var length = 0; length < bytes.Length; length++)
            {
                Assert.False(SnapshotFormat.TryRead(bytes.AsSpan(0, length), snapshot.Account.Instrument, out _));
            }

            Assert.False(SnapshotFormat.TryRead([.. bytes, 0], snapshot.Account.Instrument, out _));
        }
    }

    [Fact]
    public void Random_bytes_are_not_read_and_never_an_exception()
    {
        var random = new Random(3);
        for (var i = 0; i < 200_000; i++)
        {
            var bytes = new byte[random.Next(0, 300)];
            random.NextBytes(bytes);
            if (bytes.Length > 0 && i % 2 == 0)
            {
                bytes[0] = SnapshotFormat.Format;
            }

            // An app's snapshot names its account, so that random bytes cannot pass for one.
            Assert.False(SnapshotFormat.TryRead(bytes, Instrument.App(1, Guid.NewGuid()), out _));
        }
    }

    [Fact]
    public void A_snapshot_with_any_byte_changed_is_read_or_not_and_never_an_exception()
    {
        var random = new Random(4);
        for (var i = 0; i < 200; i++)
        {
            var snapshot = Some.RandomSnapshot(random);
            var bytes = SnapshotFormat.Write(snapshot)!;
            for (var at = 0; at < bytes.Length; at++)
            {
                var original = bytes[at];
                foreach (var changed in new byte[] { 0, 0x7F, 0x80, 0xFF, (byte)random.Next(256) })
                {
                    bytes[at] = changed;
                    SnapshotFormat.TryRead(bytes, snapshot.Account.Instrument, out _);
                }

                bytes[at] = original;
            }
        }
    }

    [Theory]
    [InlineData("another format", 0, 1)]
    [InlineData("a negative version", 1, 0x80)]
    [InlineData("an instant after the end of time", 25, 0x7F)]
    [InlineData("a negative limit", 33, 0xFF)]
    [InlineData("a month that is none", 44, 99)]
    [InlineData("a negative amount spent", 45, 0x80)]
    [InlineData("more held than spent", 53, 1)]
    [InlineData("a flag that this format does not have", 69, 0x80)]
    [InlineData("a flag without its field", 70, 0x40)]
    public void A_field_beyond_its_bounds_is_not_read(string _, int at, byte value)
    {
        var snapshot = Some.Snapshot(Some.Card());
        var bytes = SnapshotFormat.Write(snapshot)!;
        Assert.True(SnapshotFormat.TryRead(bytes, snapshot.Account.Instrument, out var _));

        bytes[at] = value;

        Assert.False(SnapshotFormat.TryRead(bytes, snapshot.Account.Instrument, out var _));
    }

    [Fact]
    public void The_snapshot_of_another_app_is_not_read()
    {
        var bytes = SnapshotFormat.Write(Some.Snapshot(Instrument.App(1, Guid.NewGuid())))!;

        Assert.False(SnapshotFormat.TryRead(bytes, Instrument.App(1, Guid.NewGuid()), out _));
    }

    [Fact]
    public void Rules_that_are_no_text_or_no_rules_are_not_read()
    {
        var plain = Some.Snapshot(Some.Card());
        var snapshot = plain with { Account = plain.Account with { Rules = Some.Rules("ab") } };
        var bytes = SnapshotFormat.Write(snapshot)!;
        foreach (var wrong in new byte[] { 0xFF, (byte)'x' })
        {
            bytes[^1] = wrong;
            Assert.False(SnapshotFormat.TryRead(bytes, snapshot.Account.Instrument, out _));
        }
    }

    [Fact]
    public void What_is_larger_than_Redis_is_to_keep_is_not_written()
    {
        var plain = Some.Snapshot(Some.Card());
        var most = Limits.SnapshotBytesMax - 71 - 2 - (Some.Rules("").Text.Length);
        var largest = With(most);

        Assert.Equal(Limits.SnapshotBytesMax, SnapshotFormat.Write(largest)!.Length);
        Assert.True(SnapshotFormat.TryRead(SnapshotFormat.Write(largest), largest.Account.Instrument, out _));
        Assert.Null(SnapshotFormat.Write(With(most + 1)));
        Assert.Null(SnapshotFormat.Write(plain with { Account = plain.Account with { Rules = Some.Rules(new string('x', 100_000)) } }));

        AccountSnapshot With(int length) => plain with { Account = plain.Account with { Rules = Some.Rules(new string('x', length)) } };
    }

    [Fact]
    public void Writing_allocates_the_array_only_and_reading_the_snapshot_only()
    {
        var snapshot = Some.Snapshot(Some.Card());
        var bytes = SnapshotFormat.Write(snapshot)!;

        Assert.InRange(BytesAllocatedBy(() => SnapshotFormat.Write(snapshot)), 1, 71 + 32);
        Assert.InRange(BytesAllocatedBy(() => SnapshotFormat.TryRead(bytes, snapshot.Account.Instrument, out _)), 1, 320);
    }

    private static long BytesAllocatedBy(Action action)
    {
        const int Times = 1000;
        action();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Times; i++)
        {
            action();
        }

        return (GC.GetAllocatedBytesForCurrentThread() - before) / Times;
    }
}
