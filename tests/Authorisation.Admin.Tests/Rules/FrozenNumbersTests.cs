using Authorisation.Administration.Access;
using Authorisation.Administration.Messages;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Products;
using Authorisation.Administration.Tickets;
using Authorisation.Administration.Work;
using Authorisation.Billing.Invoices;
using Authorisation.Billing.MonthEnd;
using Authorisation.Core;
using Authorisation.Ledger.Activation;
using Xunit;

namespace Authorisation.Admin.Tests.Rules;

/// <summary>Numbers that are stored never change.</summary>
public sealed class FrozenNumbersTests
{
    [Fact]
    public void Stored_numbers_are_as_they_were()
    {
        Assert.Equal("UserName=1 Email=2 Mobile=3", Of<ActivationLogin>());
        Assert.Equal("Activated=1 Refused=2 TooManyOfLogin=3 UnderWay=4 TooManyRefused=5 TooManyWaiting=6 TermsNotAccepted=7", Of<ActivationOutcome>());
        Assert.Equal("None=0 Travellers=1 Credits=2 Purchases=4 Reports=8 Administrators=16 All=31", Of<AdministratorRights>());
        Assert.Equal("Applied=1 Customer=2 Refused=3 Joined=4", Of<OrganisationStatus>());
        Assert.Equal("Sms=1 Email=2", Of<MessageChannel>());
        Assert.Equal("Invoice=1 CreditNote=2", Of<InvoiceKind>());
        Assert.Equal("Authorisation=1 Operation=2 Charge=3", Of<RowSource>());
        Assert.Equal("Single=1 Day=2 Flex=3 Period=4 Year=5 Subscription=6", Of<ProductKind>());
        Assert.Equal("Nowhere=0 Credit=1 Order=2 StaffOffer=4 Subscription=8", Of<SoldBy>());
        Assert.Equal(
            "Ordered=1 Delivered=2 Activated=3 UsedUp=4 Expired=5 Ended=6 Cancelled=7 Undeliverable=8", Of<TicketState>());
    }

    [Fact]
    public void Codes_of_field_errors_are_as_they_were() => Assert.Equal(
        "required, unknown, wrong_kind, too_long, out_of_range, characters, not_one_of, malformed, not_found, taken, repeated, "
        + "not_allowed, not_possible, damaged",
        string.Join(", ", Enum.GetValues<FieldCode>().Select(Words.Of)));

    private static string Of<T>()
        where T : struct, Enum =>
        string.Join(' ', Enum.GetValues<T>().Select(value => $"{value}={Convert.ToInt32(value, System.Globalization.CultureInfo.InvariantCulture)}"));
}
