using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Tests.Support;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Commit;

public sealed class StoredFieldsTests(SharedLedger shared, ITestOutputHelper output) : LedgerTest(shared, output)
{
    [Fact]
    public async Task A_purchase_with_every_field_is_read_back_as_it_was_decided()
    {
        var node = NewNode();
        var card = await Operator.AddCardAsync(50_000);
        var purchase = Full(card);

        var answer = await node.AuthoriseAsync(purchase, Operator.Terms);

        Assert.Equal(CommitStatus.Decided, answer.Status);
        var entry = answer.Entry!;
        Assert.Equal(purchase, entry.Purchase);
        Assert.Equal(Decision.Approved, entry.Decision);
        Assert.Equal(DeclineReason.None, entry.DeclineReason);
        Assert.Equal(Operator.AccountOf(card), entry.AccountId);
        Assert.Equal(Operator.BillingSnapshotId, entry.BillingSnapshotId);
        Assert.Equal(1_250, entry.VatBasisPoints);
        Assert.Equal(entry.DecidedAt + Operator.Terms.HoldTime, entry.ExpiresAt);
        Assert.Equal(CreditMonth.Of(entry.DecidedAt, Operator.Terms.TimeZone), entry.CreditMonth);
        Assert.Equal(entry.CreditMonth, entry.InvoiceMonth);
        Assert.InRange(entry.DecidedAt, DateTimeOffset.UtcNow - Eventually.Bound, DateTimeOffset.UtcNow.AddSeconds(1));
        Assert.Equal(entry, await node.Reader.FindEntryAsync(purchase.Id, CancellationToken.None));
        Assert.Equal(new Credit(50_000, 12_345, 12_345, entry.CreditMonth), answer.Credit);
    }

    [Fact]
    public async Task A_purchase_without_any_optional_field_is_read_back_without_them()
    {
        var node = NewNode();
        var app = await Operator.AddAppAsync(50_000);
        var purchase = Operator.Buy(app) with { Originator = Originator.App(app.AccountId) };

        var answer = await node.AuthoriseAsync(purchase, Operator.Terms);

        Assert.Equal(CommitStatus.Decided, answer.Status);
        Assert.Null(answer.Entry!.ExpiresAt);
        Assert.Equal(600, answer.Entry.VatBasisPoints);
        var stored = await node.Reader.FindEntryAsync(purchase.Id, CancellationToken.None);
        Assert.Equal(answer.Entry, stored);
        Assert.Equal(purchase, stored!.Purchase);
        Assert.Null(stored.Purchase.Trip);
        Assert.Null(stored.Purchase.VatBasisPoints);
    }

    [Theory]
    [InlineData("V1", null, null, null)]
    [InlineData(null, "L1", null, null)]
    [InlineData(null, null, "Z1", null)]
    [InlineData(null, null, null, "S1")]
    public async Task Each_part_of_a_trip_is_kept_by_itself(string? vehicle, string? line, string? zone, string? stop)
    {
        var node = NewNode();
        var purchase = Operator.Buy(Operator.UnknownCard()) with { Trip = new Trip(vehicle, line, zone, stop) };

        await node.AuthoriseAsync(purchase, Operator.Terms);

        var stored = await node.Reader.FindEntryAsync(purchase.Id, CancellationToken.None);
        Assert.Equal(purchase.Trip, stored!.Purchase.Trip);
    }

    [Theory]
    [InlineData(VatCategory.Standard)]
    [InlineData(VatCategory.ZeroRated)]
    [InlineData(VatCategory.OutsideScope)]
    public async Task Every_vat_category_is_kept_and_a_rate_of_0_is_not_the_operators(VatCategory category)
    {
        var node = NewNode();
        var purchase = Operator.Buy(await Operator.AddCardAsync()) with { VatCategory = category, VatBasisPoints = 0 };

        await node.AuthoriseAsync(purchase, Operator.Terms);

        var stored = await node.Reader.FindEntryAsync(purchase.Id, CancellationToken.None);
        Assert.Equal(category, stored!.Purchase.VatCategory);
        Assert.Equal(0, stored.Purchase.VatBasisPoints);
        Assert.Equal(0, stored.VatBasisPoints);
    }

    [Fact]
    public async Task Text_of_any_language_and_length_that_is_allowed_is_kept_to_the_character()
    {
        var node = NewNode();
        var purpose = string.Concat(Enumerable.Repeat("Ærend 🚌'\"\\%;--", 13));
        var purchase = Operator.Buy(await Operator.AddCardAsync()) with { Purpose = purpose, Product = "{\"a\",NULL}" };

        var answer = await node.AuthoriseAsync(purchase, Operator.Terms);

        Assert.Equal(CommitStatus.Decided, answer.Status);
        Assert.Equal(purchase, (await node.Reader.FindEntryAsync(purchase.Id, CancellationToken.None))!.Purchase);
    }

    [Fact]
    public async Task What_was_decided_keeps_its_billing_snapshot_when_the_account_is_pointed_at_others()
    {
        var node = NewNode();
        var card = await Operator.AddCardAsync();
        var before = Operator.Buy(card);
        var after = Operator.Buy(card);
        await node.AuthoriseAsync(before, Operator.Terms);
        var others = await Ledger.Provisioner.AddTravellerAsync(Operator.DepartmentId, "Bo", "bo@example.org");
        await Ledger.ExecuteAsync(
            "update credit_account set billing_snapshot_id = @others, version = version + 1 where id = @id",
            new { others, id = Operator.AccountOf(card) });

        await node.AuthoriseAsync(after, Operator.Terms);

        Assert.Equal(
            Operator.BillingSnapshotId, (await node.Reader.FindEntryAsync(before.Id, CancellationToken.None))!.BillingSnapshotId);
        Assert.Equal(others, (await node.Reader.FindEntryAsync(after.Id, CancellationToken.None))!.BillingSnapshotId);
    }

    private Purchase Full(Instrument instrument) => Operator.Buy(instrument, 12_345) with
    {
        Purpose = "Kundbesök i Eksjö",
        Product = "single-adult",
        Hold = true,
        VatBasisPoints = 1_250,
        VatCategory = VatCategory.Standard,
        OccurredAt = DateTimeOffset.Parse("2026-11-05T07:12:13.123456+01:00", System.Globalization.CultureInfo.InvariantCulture),
        Trip = new Trip("4711", "17", "A", "Resecentrum"),
        DeviceId = "console-9",
    };
}
