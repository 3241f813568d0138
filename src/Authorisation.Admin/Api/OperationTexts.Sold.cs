namespace Authorisation.Admin.Api;

internal static partial class OperationTexts
{
    // What is sold beside credit: products, tickets, staff offers and subscriptions, and what a ticket system has to do with it.
    private static readonly Dictionary<string, (string Summary, string Description)> OfWhatIsSold = new(StringComparer.Ordinal)
    {
        ["get_webhook"] = (
            "Read where events are sent",
            "For operator staff: the address of the operator's ticket system, and how sending to it goes."),
        ["set_webhook"] = (
            "Set where events are sent",
            "For operator staff. The first answer has the secret that events are signed with as Standard Webhooks says. "
            + "With another address the secret stays, and what waits is sent there."),
        ["remove_webhook"] = (
            "Stop sending events", "For operator staff. What happens from then on waits until there is an address again."),
        ["renew_webhook_secret"] = (
            "Make a new secret for events", "For operator staff. The one before signs beside it for a day."),
        ["test_webhook"] = (
            "Send a test event", "For operator staff: an event of type webhook.test, which says nothing."),
        ["list_events"] = (
            "List events",
            "In the order in which they happened, for operator staff and for the operator's ticket system: what was "
            + "delivered, waits or is undelivered."),
        ["get_event"] = ("Read an event", "For operator staff and for the operator's ticket system."),
        ["send_event_again"] = (
            "Send an event again",
            "For operator staff: one that is undelivered, and those of its subject behind it. One that waits is sent at "
            + "once."),
        ["dismiss_event"] = (
            "Dismiss an event",
            "For operator staff: it is not delivered any more, and those of its subject that waited behind it are."),
        ["make_staff_offer"] = (
            "Offer a product to staff",
            "For organisation-wide administrators with the right to purchases. Instead of an open offer of the same product."),
        ["list_staff_offers"] = ("List staff offers", "All of an organisation, for its administrators."),
        ["list_staff_offers_for"] = ("List what a traveller can apply for", "For the traveller, and for administrators."),
        ["get_staff_offer"] = ("Read a staff offer", "For the organisation's travellers and administrators."),
        ["close_staff_offer"] = ("Close a staff offer", "Nobody can apply any more; what waits can still be decided on."),
        ["apply_for_staff_offer"] = (
            "Apply for a staff offer",
            "For the traveller, or an administrator for one who cannot. The administrators of the traveller's department "
            + "get an e-mail."),
        ["list_staff_applications"] = ("List applications for staff offers", "Of an organisation, as far as the caller administers it."),
        ["list_staff_applications_of"] = ("List a traveller's applications", "For the traveller, and for administrators."),
        ["get_staff_application"] = ("Read an application for a staff offer", "For the traveller, and for administrators."),
        ["approve_staff_application"] = (
            "Approve an application for a staff offer",
            "Orders the ticket at the price of the day, charges the department, and takes the traveller's share from the "
            + "salary in the months of the offer."),
        ["refuse_staff_application"] = ("Refuse an application for a staff offer", "With a reason, which the traveller gets."),
        ["withdraw_staff_application"] = ("Take an application back", "Before it is decided; by the traveller or an administrator."),
        ["get_subscription_settings"] = (
            "Read how subscriptions are ordered", "For administrators: who approves and who pays, and what the order form asks for."),
        ["set_subscription_settings"] = (
            "Set how subscriptions are ordered",
            "For organisation-wide administrators with the right to purchases. Holds for what is ordered, and for months "
            + "that begin, from then on."),
        ["get_order_link"] = ("Read the order link", "For organisation-wide administrators, who hand it out."),
        ["renew_order_link"] = (
            "Make a new order link", "The one before, and every session that was begun with it, ends at once."),
        ["revoke_order_link"] = ("Revoke the order link", "What was ordered by it stays."),
        ["list_subscriptions"] = ("List subscriptions", "Of an organisation, as far as the caller administers it."),
        ["add_subscription"] = (
            "Add a subscription",
            "Approved, and valid from the 1st of the next month until it is ended. The employee gets an SMS."),
        ["list_subscriptions_of"] = ("List a traveller's subscriptions", "For the traveller, and for administrators."),
        ["list_tickets_of"] = ("List a traveller's tickets", "For the traveller, and for administrators; the newest first."),
        ["get_subscription"] = ("Read a subscription", "For administrators, and for the holder of its telephone."),
        ["approve_subscription"] = (
            "Approve a subscription",
            "It begins on the 1st that it was ordered for, or on the next one when that has begun meanwhile."),
        ["refuse_subscription"] = ("Refuse a subscription", "With a reason that the employee gets by SMS."),
        ["change_subscription_product"] = (
            "Change the zones of a subscription",
            "From the next 1st on, by another product of the same traveller category."),
        ["end_subscription"] = (
            "End a subscription",
            "On any day, by an administrator or the employee: it goes on to the end of the month. One that has not begun "
            + "never does."),
        ["open_order_form"] = ("Open the order form", "Needs the link and no session: what can be ordered, and at what price."),
        ["send_phone_code"] = ("Ask for a code by SMS", "Needs the link: shows that the caller has the telephone. Valid for ten minutes."),
        ["begin_phone_session"] = ("Come in with a code", "Gives a token for half an hour."),
        ["list_own_subscriptions"] = ("List your subscriptions", "Those of the telephone that the caller has shown to have."),
        ["order_subscription"] = (
            "Order a subscription", "From the 1st of the next month; pending, or approved at once as the employer set."),
        ["get_payroll_deductions"] = (
            "Read what is taken from salaries",
            "In the payroll of a month, as JSON, CSV or PAXml 2.0. Closed with the month: what is put right is in a later one."),
        ["list_products"] = (
            "List products",
            "What an operator sells, by code. For its staff, and for administrators of its customers, who choose from it."),
        ["get_product"] = ("Read a product", "With the price in force and the later ones."),
        ["set_product"] = (
            "Add or change a product", "For operator staff. Code and kind of a product never change."),
        ["add_price"] = (
            "Add a price",
            "For operator staff. It is valid from tomorrow on or later, so the price list of a day that has begun stands."),
        ["get_price_list"] = ("Read the price list of a day", "Every product with its price of that day, past or to come."),
        ["import_price_list"] = (
            "Import a price list from a file",
            "For operator staff. Adds products and prices, all of them or nothing: then every error by line and column."),
        ["get_price_list_template"] = ("Get a price list to fill in", "A CSV file with the columns of a price list."),
        ["order_tickets"] = (
            "Order tickets",
            "Sends up to 100 tickets to apps or cards, all or none, at the price of the day; a department pays. Takes the "
            + "right purchases."),
        ["list_ticket_orders"] = (
            "List orders of tickets", "Those of an organisation that the caller sees, the newest first."),
        ["get_ticket_order"] = ("Read an order of tickets", "With its tickets as they stand now."),
        ["list_tickets"] = (
            "List tickets", "Those of an organisation that the caller sees, the newest first."),
        ["get_ticket"] = ("Read a ticket", "With all that happened to it."),
        ["change_ticket_bearer"] = (
            "Put a ticket on another card or app",
            "Not once it is used up, expired, ended, cancelled or undeliverable. A card with credit carries no ticket."),
        ["end_ticket"] = ("End a ticket", "It disappears from its bearer and stays charged."),
        ["cancel_ticket"] = (
            "Cancel a ticket",
            "For staff, and only while it was never activated. Its charge is taken back on the open month."),
        ["report_ticket_event"] = (
            "Report what happened to a ticket",
            "For the operator's ticket system. A report that is repeated with its event_id is answered as the first one."),
        ["report_ticket_events"] = (
            "Report what happened to several tickets", "Each report is answered by itself, in their order."),
    };
}
