namespace Authorisation.Admin.Api;

/// <summary>
/// What the API's description says of each call: what it does in a few words, and what to know before using it.
/// </summary>
internal static partial class OperationTexts
{
    private static readonly Dictionary<string, (string Summary, string Description)> All = new(StringComparer.Ordinal)
    {
        ["begin_session"] = (
            "Sign in",
            "Gives a token for twelve hours. Five wrong passwords in a row lock the address out for 15 minutes."),
        ["list_sessions"] = ("List your sessions", "The caller's own sessions in force, page by page."),
        ["end_session"] = ("Sign out", "Ends the session that asks; with all=true each of the caller's sessions."),
        ["end_one_session"] = (
            "End one of your sessions", "Ends one of the caller's own sessions, such as one on a lost device."),
        ["get_me"] = (
            "Read who you are",
            "What the caller is: staff of operators, administrator of organisations, traveller of organisations."),
        ["change_password"] = (
            "Change your password",
            "Changes the caller's own password. Every session of the person ends, and a new one is the answer."),
        ["ask_for_password_reset"] = (
            "Ask for a link to choose a new password",
            "Sends a link to choose a new password, if the address is a person's; the answer is the same if it "
            + "is not."),
        ["reset_password"] = (
            "Choose a new password by a link",
            "Chooses a new password with the token of the link, once, within an hour. Every session of the "
            + "person ends."),

        ["list_staff"] = ("List operator staff", "Operator staff see everybody who is staff of their operators."),
        ["add_staff"] = (
            "Add operator staff",
            "Makes a person staff and sends an e-mail about it; a person without a password gets a link to choose "
            + "one."),
        ["get_staff"] = ("Read one of the staff", "For operator staff."),
        ["remove_staff"] = (
            "Remove operator staff", "Removes a person from staff; the last one who can sign in stays."),

        ["apply_for_organisation"] = (
            "Apply to become a customer",
            "Needs no session. The operator's staff decide; the applicant is then the first administrator. "
            + "Where the organisation is a customer already, its administrators decide whether the applicant "
            + "joins them."),
        ["list_organisations"] = (
            "List organisations",
            "Those that the caller sees: staff all of their operators, administrators their own and who applies "
            + "to it."),
        ["get_organisation"] = (
            "Read an organisation", "The ETag of the answer can be sent as If-Match with a change."),
        ["change_organisation"] = (
            "Change an organisation",
            "For administrators of the whole organisation and for staff. What is not sent stays as it is."),
        ["approve_organisation"] = (
            "Approve an application",
            "The organisation becomes a customer with a first department, and the applicant is invited to "
            + "administer it."),
        ["refuse_organisation"] = (
            "Refuse an application", "The applicant gets an e-mail, with the reason if one is given."),
        ["suspend_organisation"] = (
            "Suspend a customer",
            "For staff. Every purchase decided after the answer is declined. Changes nothing for one that is "
            + "suspended already."),
        ["reinstate_organisation"] = (
            "Lift a suspension",
            "For staff. Purchases are approved again. Changes nothing for one that is not suspended."),

        ["list_departments"] = ("List departments", "The open departments of an organisation that the caller sees."),
        ["add_department"] = ("Add a department", "For administrators of the whole organisation."),
        ["get_department"] = (
            "Read a department", "With the billing details that are in force for it, its own or inherited."),
        ["change_department"] = (
            "Change a department",
            "For administrators of the whole organisation. What is not sent stays. Purchases decided before "
            + "keep the details that they had."),
        ["close_department"] = (
            "Close a department", "For good, once it has no open departments below it, no travellers and no credits."),

        ["list_administrators"] = (
            "List administrators", "Those of an organisation that the caller sees, invited ones included."),
        ["invite_administrator"] = (
            "Invite an administrator",
            "Sends a link that can be used for seven days. An administrator can grant only his own rights."),
        ["get_administrator"] = (
            "Read an administrator", "The ETag of the answer can be sent as If-Match with a change."),
        ["change_administrator"] = (
            "Change an administrator",
            "What is not sent stays. The last administrator of the whole organisation stays one."),
        ["remove_administrator"] = (
            "Remove an administrator", "At once. The last administrator of the whole organisation stays."),
        ["invite_again"] = ("Send an invitation again", "The link that was sent before cannot be used any more."),
        ["accept_invitation"] = (
            "Accept an invitation",
            "With the token of the link, once, within seven days. A person who has a password says that one."),

        ["list_travellers"] = ("List travellers", "The travellers of an organisation that the caller sees."),
        ["add_traveller"] = ("Add a traveller", "An e-mail address is enough; credit is given afterwards."),
        ["get_traveller"] = (
            "Read a traveller",
            "For administrators, and for the traveller. The ETag of the answer can be sent as If-Match with a change."),
        ["change_traveller"] = (
            "Change a traveller",
            "What is not sent stays. With another mobile number the app's access ends, and a new code is sent "
            + "there. Of a traveller who was removed, or who is in no list and has a subscription, the employee_number alone can "
            + "be set, for payrolls of what is over, until the personal data are erased: anything else answers 404."),
        ["remove_traveller"] = (
            "Remove a traveller",
            "All credits of the traveller are removed, too; what was bought stays to be invoiced."),

        ["invite_traveller"] = (
            "Invite a traveller to sign in",
            "For administrators with the right to travellers. Sends a link that can be used for seven days; the link "
            + "that was sent before cannot be used any more."),
        ["get_notifications"] = (
            "Read how a traveller gets news", "What the traveller chose; by e-mail until then."),
        ["choose_notifications"] = (
            "Choose how you get news", "For the traveller alone: by e-mail, by SMS or both."),
        ["erase_traveller"] = (
            "Erase a traveller's personal data",
            "For good, of a traveller who was removed, once the month of that is over. The name stays on invoices for as long as "
            + "accounts are kept."),
        ["export_traveller"] = (
            "Export what is kept of a traveller", "For the traveller, and for staff on the traveller's behalf: a JSON file."),
        ["get_trip_consent"] = (
            "Read what the employer sees of a traveller's trips",
            "Beside product, amount, purpose and day: line, stop, zone, vehicle and time of day."),
        ["give_trip_consent"] = (
            "Let the employer see your trips",
            "For the traveller alone. Counts where the operator asks for consent, for all that is shown from then on."),
        ["take_trip_consent_back"] = (
            "Take back that the employer sees your trips", "For the traveller alone; nothing more of them is shown from then on."),

        ["import_travellers"] = (
            "Import travellers from a file",
            "The file is checked as a whole and refused with all its errors, or applied row by row afterwards: "
            + "ask for the import to see how far."),
        ["get_traveller_import"] = (
            "Read how far an import has come",
            "With what was wrong with rows. For the sender, and for administrators of the whole organisation."),
        ["list_missing_travellers"] = (
            "List the travellers that a whole list does not have", "Of an import with the mode whole_list; page by page."),
        ["remove_missing_travellers"] = (
            "Remove the travellers that a whole list does not have",
            "With the confirmation that the import shows, and their number where they are more than half. One that was changed "
            + "since is kept. Ask for the import to see how far."),
        ["get_traveller_import_template"] = (
            "Get a file to fill in", "A CSV file with the columns of an import, in the operator's language."),

        ["list_credit_accounts"] = (
            "List a traveller's credits", "Those that are open, with what was spent this month."),
        ["grant_credit"] = (
            "Give credit",
            "On a card, or in the app: then a code to activate it is sent to the traveller's mobile. Purchases "
            + "can be made at once."),
        ["get_credit_account"] = ("Read a credit", "With what was spent this month and what remains."),
        ["change_credit_account"] = (
            "Change a credit", "What is not sent stays. It holds for every purchase that is decided after the answer."),
        ["revoke_credit"] = (
            "Remove a credit", "Every later purchase on it is declined; what was bought stays to be invoiced."),
        ["send_activation_code"] = (
            "Send a new activation code", "By SMS. The code that was sent before cannot be used any more."),

        ["get_credit_account_rules"] = (
            "Read the rules of a credit", "Those of the credit alone; all that apply must allow a purchase."),
        ["set_credit_account_rules"] = (
            "Set the rules of a credit",
            "What may be bought with it, where, when and for how much, instead of the rules it had. They hold for every "
            + "purchase that is decided after the answer."),
        ["remove_credit_account_rules"] = (
            "Remove the rules of a credit", "Those of its department and organisation still hold."),
        ["get_department_rules"] = (
            "Read the rules of a department", "Those of the department alone; those above it hold, too."),
        ["set_department_rules"] = (
            "Set the rules of a department",
            "For all credits that it pays for, and those that the departments below it pay for, instead of the rules it had."),
        ["remove_department_rules"] = (
            "Remove the rules of a department", "Those above it, and those of credits, still hold."),
        ["get_organisation_rules"] = ("Read the rules of an organisation", "They hold for all of its credits."),
        ["set_organisation_rules"] = (
            "Set the rules of an organisation",
            "For all of its credits, instead of the rules it had. For administrators of the whole organisation."),
        ["remove_organisation_rules"] = (
            "Remove the rules of an organisation", "Those of departments and credits still hold."),

        ["get_department_budget"] = (
            "Read the budget of a department", "With what this month has spent of it; its own, not one above it."),
        ["set_department_budget"] = (
            "Set the budget of a department",
            "A monthly ceiling over what it and the departments below it buy on credits and are charged. What the month has "
            + "spent already counts. For administrators of the whole organisation."),
        ["remove_department_budget"] = ("Remove the budget of a department", "Budgets above it still hold."),
        ["list_budgets"] = (
            "List an organisation's budgets",
            "Of departments and billing references, as far as the caller sees them, with what this month has spent."),
        ["set_reference_budget"] = (
            "Set the budget of a billing reference",
            "Over all departments that are billed on it. For administrators of the whole organisation."),
        ["remove_reference_budget"] = ("Remove the budget of a billing reference", "Budgets of departments still hold."),

        ["list_authorisations"] = (
            "List the purchases on a credit", "Of one month, newest first, declined ones included."),
        ["list_authorisations_of_traveller"] = (
            "List a traveller's purchases", "Of one month, newest first, on all credits."),
        ["list_authorisations_of_department"] = (
            "List the purchases that a department pays", "Of one month, newest first."),
        ["list_authorisations_of_organisation"] = (
            "List the purchases of an organisation", "Of one month, newest first, as far as the caller sees them."),
        ["get_authorisation"] = (
            "Read a purchase", "With everything that happened to it, and the invoices that carry it."),
        ["refund_authorisation"] = (
            "Refund a purchase",
            "For staff. Refunds all of it or a part; for a closed month it is on the next invoice."),
        ["void_authorisation"] = (
            "Void a purchase", "For staff. Takes it back whole: it is as if it had never been made."),

        ["list_clients"] = ("List clients", "Validators, consoles and app back ends, for operator staff."),
        ["add_client"] = ("Add a client", "The answer has the client's token, which is shown this once."),
        ["get_client"] = ("Read a client", "For operator staff."),
        ["end_client"] = ("End a client's access", "Its token is refused from then on, also in calls that are open."),

        ["mark_prepaid_card"] = (
            "Mark a card as carrying tickets", "A card has credit or tickets: it cannot be given credit from then on."),
        ["unmark_prepaid_card"] = ("Take a card's mark away", "It can be given credit again."),

        ["list_messages"] = (
            "List messages", "SMS and e-mails to people, for operator staff: what was sent, tried and given up."),
        ["get_message"] = ("Read how a message stands", "For operator staff. What it says is not shown."),
        ["send_message_again"] = (
            "Send a message again", "One that was given up, as long as what it says is still of use."),

        ["make_request"] = (
            "Ask your administrators for something",
            "For the traveller alone: more credit, a new code, another mobile number. Replaces an open request of the kind; the "
            + "administrators of the department get an e-mail."),
        ["list_requests_of_traveller"] = ("List a traveller's requests", "For the traveller, and for administrators."),
        ["list_requests"] = ("List requests of travellers", "Of the travellers of an organisation that the caller sees."),
        ["get_request"] = ("Read a request", "For the traveller, and for administrators."),
        ["grant_request"] = (
            "Grant a request",
            "Does what was asked for, as the call for it does, and the traveller gets a message. Takes the right to credits, for a "
            + "mobile number that to travellers."),
        ["refuse_request"] = ("Refuse a request", "With a reason, which the traveller gets."),

        ["list_terms"] = (
            "List an operator's terms", "Needs no session. The versions that are in force and those that are coming."),
        ["get_terms"] = ("Read terms", "Needs no session. One version, in each of its languages."),
        ["publish_terms"] = (
            "Publish terms",
            "For operator staff. From its first day, changes are refused until this version is accepted. What is in force "
            + "stays as it is."),
        ["withdraw_terms"] = ("Withdraw terms", "For operator staff; a version whose first day has not come."),
        ["list_terms_acceptances"] = ("List what an organisation accepted", "In the order in which it was accepted."),
        ["accept_terms"] = (
            "Accept terms for an organisation", "For administrators of the whole organisation. Changes are possible then."),
        ["list_terms_acceptances_of_traveller"] = (
            "List what a traveller accepted", "In the order in which it was accepted, here or in the app."),
        ["accept_terms_as_traveller"] = ("Accept terms as a traveller", "For the traveller alone."),

        ["list_audit"] = (
            "List the audit trail",
            "Who did what, when and from where, with the state before and after; newest first."),

        ["list_month_ends"] = (
            "List the work of nights", "For operator staff; the month that a night closed, and how far it has come."),
        ["request_month_end"] = (
            "Ask for a month to be closed",
            "One that did not close by itself. A month that is closed already is answered with the night that "
            + "did it."),
        ["get_month_end"] = ("Read the work of a night", "With the findings that a person must check."),
        ["reopen_month"] = (
            "Open a month again", "One that was closed with nothing in it, together with all closed after it."),
        ["verify_month_end"] = (
            "Verify a closed month", "Holds every row against what was sealed; takes a while for a large month."),

        ["get_invoicing"] = (
            "Read how an operator invoices",
            "For operator staff. The ETag of the answer can be sent as If-Match with a change."),
        ["set_invoicing"] = (
            "Set how an operator invoices", "For operator staff. Holds for invoices that are made from then on."),
        ["get_accounting"] = (
            "Read the accounts of the bookkeeping",
            "For operator staff, in Sweden. The ETag of the answer can be sent as If-Match with a change."),
        ["set_accounting"] = (
            "Set the accounts of the bookkeeping",
            "For operator staff, in Sweden: where the invoices of closed months go to."),
        ["export_accounting"] = (
            "Export the invoices of a closed month for the bookkeeping",
            "For operator staff, in Sweden: SIE 4, with one verification for each invoice and credit note of the month."),
        ["list_invoices"] = (
            "List invoices",
            "Those that the caller sees; of one month also as one CSV file, or as e-invoices in a zip file."),
        ["get_invoice"] = ("Read an invoice", "With its lines, as JSON, CSV or e-invoice (UBL, Peppol BIS Billing 3)."),
        ["correct_invoice"] = (
            "Correct an invoice",
            "For staff. Takes it back whole, and makes a new one with the seller, payment and buyer as they are "
            + "now."),

        ["get_spending"] = (
            "Read what was spent in a month",
            "By traveller or by department, as JSON or CSV: what is on the month's invoices."),
        ["get_travel"] = (
            "Count journeys and tickets of a month",
            "By department and product, as JSON or CSV: purchases on credit, tickets that were sent, months of subscriptions."),
    };

    /// <summary>The texts of a call.</summary>
    /// <exception cref="InvalidOperationException">The call has none here.</exception>
    public static (string Summary, string Description) Of(string operation) =>
        All.TryGetValue(operation, out var texts) || OfWhatIsSold.TryGetValue(operation, out texts)
            ? texts
            : throw new InvalidOperationException($"{operation} has no summary and description: add them to {nameof(OperationTexts)}.");

    /// <summary>What an answer of a status says.</summary>
    public static string OfAnswer(int status) => status switch
    {
        StatusCodes.Status200OK => "It went well.",
        StatusCodes.Status201Created => "It was made; Location says where it is found.",
        StatusCodes.Status202Accepted => "It is being done; Location says where to ask how far.",
        StatusCodes.Status204NoContent => "It went well; there is nothing to show.",
        StatusCodes.Status400BadRequest => "The body cannot be read, or fields are not as they must be: errors has each of them.",
        StatusCodes.Status401Unauthorized => "There is no session, or the e-mail address or password is wrong.",
        StatusCodes.Status403Forbidden => "The caller sees it, and may not do this.",
        StatusCodes.Status404NotFound => "There is nothing here that the caller may see.",
        StatusCodes.Status409Conflict => "How things stand does not allow it: code says why.",
        StatusCodes.Status412PreconditionFailed => "It was changed since the ETag in If-Match was read.",
        StatusCodes.Status413PayloadTooLarge => "The file is too large.",
        StatusCodes.Status422UnprocessableEntity => "The Idempotency-Key was used with another request, or the rows of a file are refused.",
        StatusCodes.Status429TooManyRequests => "Too many tries: Retry-After says when to retry.",
        StatusCodes.Status500InternalServerError => "What is stored cannot be shown as it must be; it is in the operator's log.",
        StatusCodes.Status503ServiceUnavailable => "The ledger is unreachable or busy: Retry-After says when to retry.",
        _ => throw new InvalidOperationException($"{status} has no text: add it to {nameof(OperationTexts)}."),
    };
}
