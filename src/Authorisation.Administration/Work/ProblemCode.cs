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

    /// <summary>What it costs does not fit in a budget of the department or the billing reference.</summary>
    BudgetSpent = 60,
}
