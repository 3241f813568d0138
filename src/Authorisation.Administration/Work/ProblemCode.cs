namespace Authorisation.Administration.Work;

/// <summary>
/// Why an operation is refused: a closed list, which each front shows in its own way. A program distinguishes problems
/// by the name, in snake case.
/// </summary>
internal enum ProblemCode
{
    /// <summary>What was asked for is not there, or the principal may not see it.</summary>
    NotFound = 1,

    /// <summary>The principal sees it and may not do this.</summary>
    Forbidden = 2,

    /// <summary>Some fields are not as they must be; the errors name them.</summary>
    InvalidFields = 3,

    /// <summary>The caller has no session.</summary>
    NoSession = 4,

    /// <summary>The e-mail address and the password do not belong together.</summary>
    WrongCredentials = 5,

    /// <summary>Another caller changed it first.</summary>
    ChangedByAnother = 6,

    /// <summary>It was tried too often; <see cref="RefusedException.RetryAfter"/> says how long to wait.</summary>
    TooMany = 7,

    /// <summary>It would send more messages than the receiver, the organisation or the operator allows.</summary>
    TooManyMessages = 8,

    /// <summary>It already belongs to something or someone else.</summary>
    Taken = 9,

    /// <summary>The administrator has accepted the invitation already.</summary>
    AcceptedAlready = 10,

    /// <summary>The department is closed.</summary>
    Closed = 11,

    /// <summary>The application has been decided on.</summary>
    DecidedAlready = 12,

    /// <summary>The invoice lacks what an e-invoice must have.</summary>
    EInvoiceIncomplete = 13,

    /// <summary>An organisation keeps its first department.</summary>
    FirstDepartment = 14,

    /// <summary>Open credit prevents it.</summary>
    HasCredit = 15,

    /// <summary>The last administrator of an organisation stays.</summary>
    LastAdministrator = 16,

    /// <summary>The last of an operator's staff stays.</summary>
    LastStaff = 17,

    /// <summary>A month that is to be opened again has rows that are not sealed.</summary>
    MonthNotEmpty = 18,

    /// <summary>There is no mobile number to send to.</summary>
    NoMobile = 19,

    /// <summary>The operator sends no SMS to that number's country.</summary>
    NoSmsThere = 20,

    /// <summary>The organisation is not a customer.</summary>
    NotACustomer = 21,

    /// <summary>Only app credit has activation codes.</summary>
    NotAnApp = 22,

    /// <summary>The month is not closed.</summary>
    NotClosed = 23,

    /// <summary>The person is staff of the operator already.</summary>
    StaffAlready = 24,

    /// <summary>The month has not been sealed.</summary>
    NotSealed = 25,

    /// <summary>There is no month to close.</summary>
    NothingToClose = 26,

    /// <summary>Rows of the file are wrong, and nothing was imported.</summary>
    RowsRefused = 27,

    /// <summary>
    /// The state of the purchase does not allow it; <see cref="RefusedException.Refusal"/> says why.
    /// </summary>
    OperationRefused = 28,

    /// <summary>Another operation has this id.</summary>
    OperationIdTaken = 29,

    /// <summary>The id was used for the same operation with other fields.</summary>
    OperationIdUsedOtherwise = 30,

    /// <summary>Other sessions are changing it; retry.</summary>
    Busy = 31,

    /// <summary>The database cannot be reached; it may be tried again.</summary>
    LedgerUnreachable = 32,

    /// <summary>It was done already, and the principal's rights have changed since.</summary>
    RightsChanged = 33,

    /// <summary>It was done already, and its answer held a secret that is not kept.</summary>
    ShownBefore = 34,

    /// <summary>The key was used for another request.</summary>
    KeyUsedOtherwise = 35,

    /// <summary>Something failed that should not fail; the log has it.</summary>
    Unexpected = 36,

    /// <summary>The rows of an invoice do not come to what was invoiced.</summary>
    InvoiceDoesNotAddUp = 37,

    /// <summary>The department is not empty.</summary>
    NotEmpty = 38,

    /// <summary>A credit note cannot be corrected.</summary>
    InvoiceIsCancellation = 39,

    /// <summary>The invoice has been corrected.</summary>
    InvoiceCorrectedAlready = 40,

    /// <summary>An earlier month has to be closed first.</summary>
    EarlierMonthOpen = 41,

    /// <summary>No host watched the clocks recently.</summary>
    ClocksNotWatched = 42,

    /// <summary>The clocks of host and database disagree.</summary>
    ClocksDisagree = 43,

    /// <summary>A host works at the month end.</summary>
    MonthEndRunning = 44,

    /// <summary>The text of the message is not kept any more.</summary>
    TextNotKept = 45,

    /// <summary>It is not set yet what the operator invoices with.</summary>
    InvoicingNotSet = 50,

    /// <summary>Nothing is kept of a month that is so long ago.</summary>
    MonthNotKept = 51,

    /// <summary>The organisation is suspended.</summary>
    Suspended = 60,

    /// <summary>The card carries tickets.</summary>
    HasTickets = 61,

    /// <summary>The state of the ticket does not allow it.</summary>
    TicketState = 62,

    /// <summary>It is not set yet how the organisation's subscriptions are ordered and paid for.</summary>
    SubscriptionsNotSet = 80,

    /// <summary>Nothing of it is to come.</summary>
    Ended = 81,

    /// <summary>The employee's number of somebody in a payroll file is not known.</summary>
    EmployeeNumberMissing = 82,

    /// <summary>Several people travel on it: it is nobody's to sign in as.</summary>
    SharedTraveller = 70,

    /// <summary>The traveller has no e-mail address to send to.</summary>
    NoEmail = 71,

    /// <summary>
    /// Terms are in force that were not accepted; <see cref="RefusedException.Terms"/> says which.
    /// </summary>
    TermsNotAccepted = 72,

    /// <summary>The document is in force, and stays as it is.</summary>
    TermsInForce = 73,

    /// <summary>The credit that a request is about was revoked.</summary>
    CreditRevoked = 74,

    /// <summary>The rows of the import are still being applied.</summary>
    ImportRunning = 75,

    /// <summary>The import was of another mode than a whole list.</summary>
    NotAWholeList = 76,

    /// <summary>A later list was imported, or it is too long ago.</summary>
    RemovalLapsed = 77,

    /// <summary>The traveller has to be removed first.</summary>
    NotRemoved = 78,

    /// <summary>The traveller's personal data have been erased.</summary>
    ErasedAlready = 79,

    /// <summary>What it costs does not fit in a budget of the department or the billing reference.</summary>
    BudgetSpent = 63,

    /// <summary>It is not set yet which accounts an operator's invoices go to.</summary>
    AccountingNotSet = 90,

    /// <summary>No accounts are set for a rate of VAT that was invoiced.</summary>
    AccountingIncomplete = 91,

    /// <summary>Accounting is not exported in the operator's country.</summary>
    AccountingNotThere = 92,
}
