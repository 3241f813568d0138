using System.Xml.Linq;
using Authorisation.Admin.Tests.Support;
using Xunit;

namespace Authorisation.Admin.Tests.Invoices;

/// <summary>What is given back after its month was closed.</summary>
[Trait("Tier", "Slow")]
public sealed class CreditNoteTests(SharedAdmin shared) : AdminTest(shared)
{
    [Fact]
    public async Task What_is_given_back_after_the_close_makes_a_credit_note_that_names_the_invoice()
    {
        var (customer, account) = await StageAsync();
        var (first, second, third) = (Month(customer, 4), Month(customer, 3), Month(customer, 2));
        var refunded = await first.BuyAsync(account, 12_402);
        await first.MonthEndAsync();
        await second.BuyAsync(account, 100);
        await second.MonthEndAsync();
        await third.GiveBackAsync(refunded, 12_402);
        await third.BuyAsync(account, 402);
        Assert.Equal(1, await third.MonthEndAsync());

        var note = await OfAsync(customer, third);
        Assert.Equal(("credit_note", "-12000", "T-3"), (note["kind"], note["total_minor"], note["number"]));
        Assert.Equal("T-1", note.Body["corrects"]!.AsArray().Single()!.ToString());
        Assert.Equal(
            ["-12402", "402"],
            note.Body["lines"]!.AsArray().Select(line => line!["gross_minor"]!.ToString()).Order(StringComparer.Ordinal), StringComparer.Ordinal);
        var document = XDocument.Parse((await customer.Administrator.GetAsync($"/v1/invoices/{note.Id}?format=ubl")).Is(200).Text);
        Assert.Equal("CreditNote", document.Root!.Name.LocalName);
        Assert.Contains(document.Descendants(), element => element.Name.LocalName == "ID" && element.Value == "T-1");
    }

    [Fact]
    public async Task A_refund_that_purchases_outweigh_is_a_line_of_an_invoice()
    {
        var (customer, account) = await StageAsync();
        var (first, second) = (Month(customer, 3), Month(customer, 2));
        var refunded = await first.BuyAsync(account, 500);
        await first.MonthEndAsync();
        await second.GiveBackAsync(refunded, 500);
        await second.BuyAsync(account, 800);
        await second.MonthEndAsync();

        var invoice = await OfAsync(customer, second);
        Assert.Equal(("invoice", "300"), (invoice["kind"], invoice["total_minor"]));
        Assert.Empty(invoice.Body["corrects"]!.AsArray());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_purchase_and_a_refund_of_an_older_one_stand_on_an_invoice_also_if_they_come_to_nothing(bool itemisesCards)
    {
        var customer = await NewCustomerAsync("jamtland");
        await customer.Operator.SetInvoicingAsync(itemisesCards);
        var account = (await customer.TryGiveCardAsync((await customer.TravellerAsync()).Id, Some.CardNumber(), 100_000)).Is(201).Id;
        var (first, second) = (Month(customer, 3), Month(customer, 2));
        var refunded = await first.BuyAsync(account, 4_200);
        await first.MonthEndAsync();
        await second.GiveBackAsync(refunded, 4_200);
        await second.BuyAsync(account, 4_200);
        Assert.Equal(1, await second.MonthEndAsync());

        var invoice = await OfAsync(customer, second);
        Assert.Equal(("invoice", "0"), (invoice["kind"], invoice["total_minor"]));
        Assert.Equal(
            ["-4200", "4200"],
            invoice.Body["lines"]!.AsArray().Select(line => line!["gross_minor"]!.ToString()).Order(StringComparer.Ordinal), StringComparer.Ordinal);
        (await customer.Administrator.GetAsync($"/v1/invoices/{invoice.Id}?format=ubl")).Is(200);
    }

    [Fact]
    public async Task Refunds_of_several_months_name_each_invoice_and_those_of_late_purchases_the_one_they_stood_on()
    {
        var (customer, account) = await StageAsync();
        var (first, second, third) = (Month(customer, 4), Month(customer, 3), Month(customer, 2));
        var one = await first.BuyAsync(account, 100);
        await first.MonthEndAsync();
        var late = await second.BuyAsync(account, 200, countsIn: first.Month);
        await second.MonthEndAsync();
        await third.GiveBackAsync(late, 200);
        await third.MonthEndAsync();
        Assert.Equal("T-2", (await OfAsync(customer, third)).Body["corrects"]!.AsArray().Single()!.ToString());

        var fourth = Month(customer, 1);
        await fourth.GiveBackAsync(one, 60);
        await fourth.GiveBackAsync(late, 1);
        await fourth.MonthEndAsync(fourth.PublishedOn.AddDays(-40));
        var note = (await customer.Operator.Staff.GetAsync($"/v1/invoices?month={fourth.Month}")).Is(200).Items.Single();
        Assert.Equal("T-1 T-2", string.Join(' ', note["corrects"]!.AsArray().Select(number => number!.ToString())));
    }

    [Fact]
    public async Task What_stood_on_no_invoice_is_taken_off_the_latest_one()
    {
        var (customer, account) = await StageAsync();
        var (first, second, third) = (Month(customer, 4), Month(customer, 3), Month(customer, 2));
        // The invoices of the first month were never made: the operator began to invoice with the second.
        var refunded = await first.BuyAsync(account, 500);
        await first.CloseAsync();
        await second.BuyAsync(account, 100);
        await second.MonthEndAsync();
        await third.GiveBackAsync(refunded, 500);
        await third.MonthEndAsync();

        Assert.Equal("T-1", (await OfAsync(customer, third)).Body["corrects"]!.AsArray().Single()!.ToString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_stood_on_no_invoice_is_an_e_invoice_also_where_the_reference_or_the_customer_has_had_none(bool hasAnother)
    {
        var (customer, account) = await StageAsync();
        var (first, second, third) = (Month(customer, 4), Month(customer, 3), Month(customer, 2));
        var refunded = await first.BuyAsync(account, 500);
        await first.CloseAsync();
        if (hasAnother)
        {
            var other = await customer.AddDepartmentAsync("Verkstad", reference: "KST 9");
            await second.BuyAsync((await customer.GiveAppAsync((await customer.TravellerAsync(department: other)).Id)).Id, 100);
        }

        await second.MonthEndAsync();
        await third.GiveBackAsync(refunded, 500);
        await third.MonthEndAsync();

        var note = await OfAsync(customer, third);
        Assert.Equal(hasAnother ? ["T-1"] : [], note.Body["corrects"]!.AsArray().Select(number => number!.ToString()), StringComparer.Ordinal);
        var document = (await customer.Administrator.GetAsync($"/v1/invoices/{note.Id}?format=ubl")).Is(200);
        Assert.Empty(PeppolRules.Broken(UblDocument.Read(System.Text.Encoding.UTF8.GetBytes(document.Text))));
    }

    private static ClosedMonth Month(AdminOrganisation customer, int ago) => new(customer.Operator, ClosedMonth.Ago(ago));

    private static async Task<ApiAnswer> OfAsync(AdminOrganisation customer, ClosedMonth month)
    {
        var only = (await customer.Administrator.GetAsync($"/v1/invoices?month={month.Month}")).Is(200).Items.Single();
        return (await customer.Administrator.GetAsync($"/v1/invoices/{only["id"]}")).Is(200);
    }

    private async Task<(AdminOrganisation Customer, Guid Account)> StageAsync()
    {
        var customer = await NewCustomerAsync();
        await customer.Operator.SetInvoicingAsync();
        return (customer, (await customer.GiveAppAsync((await customer.TravellerAsync()).Id)).Id);
    }
}
