
namespace Authorisation.Core;

public static partial class Limits
{
    // Fields of the control plane.

    /// <summary>The longest name of a person, an organisation or a department, in characters.</summary>
    public const int NameCharactersMax = 120;

    /// <summary>For how many years after their own accounts are kept, with the names on them.</summary>
    public const int AccountingYears = 7;

    /// <summary>How many travellers to erase are looked for at once.</summary>
    public const int ErasureChunkTravellers = 20;

    /// <summary>How long the recipient of a message is kept.</summary>
    public static readonly TimeSpan MessageRecipientKeptTime = TimeSpan.FromDays(90);

    /// <summary>From how many old messages one transaction takes out the recipients.</summary>
    public const int ErasureChunkMessages = 1_000;

    /// <summary>
    /// For how long after its order a ticket that nobody reported used holds up the erasure of its traveller: longer than any
    /// season ticket is valid.
    /// </summary>
    public static readonly TimeSpan TicketHoldsErasureTime = TimeSpan.FromDays(400);

    /// <summary>How many administrators get an e-mail about one request of a traveller.</summary>
    public const int RequestReceiversMax = 10;

    /// <summary>How long a message about something that was decided or asked for is of use.</summary>
    public static readonly TimeSpan NewsTime = TimeSpan.FromDays(3);

    /// <summary>Characters of the version of a document with terms.</summary>
    public const int TermsVersionCharactersMax = 32;

    /// <summary>Characters of a document with terms, in one language; all of them come in one body.</summary>
    public const int TermsTextCharactersMax = 20_000;

    /// <summary>The longest e-mail address, in characters; SMTP allows no longer one.</summary>
    public const int EmailCharactersMax = 254;

    /// <summary>The longest billing reference, in characters.</summary>
    public const int BillingReferenceCharactersMax = 60;

    /// <summary>The longest cost centre, in characters.</summary>
    public const int CostCentreCharactersMax = 60;

    /// <summary>The most days from an invoice's publication until it is due.</summary>
    public const int PaymentDaysMax = 365;

    /// <summary>The days from an invoice's publication until it is due, unless the operator says otherwise.</summary>
    public const int PaymentDaysDefault = 30;

    /// <summary>The longest text before the number of an invoice, in characters.</summary>
    public const int InvoicePrefixCharactersMax = 12;

    /// <summary>The highest number that a series of invoices may begin with.</summary>
    public const long InvoiceNumberFirstMax = 999_999_999;

    /// <summary>The highest number that an invoice can have: fifteen digits.</summary>
    public const long InvoiceNumberMax = 999_999_999_999_999;

    /// <summary>How far above the last number that was used the next one may be set.</summary>
    public const long InvoiceNumberJumpMax = 1_000_000;

    /// <summary>How many products an operator may have texts for.</summary>
    public const int ProductTextsMax = 200;

    /// <summary>The longest reason for a correction, in characters.</summary>
    public const int CorrectionReasonCharactersMax = 500;

    /// <summary>The highest monthly limit where the operator has no cap, in minor units.</summary>
    public const long CreditLimitMinorMax = 100_000_000;

    /// <summary>How many items a page of the REST API has unless asked otherwise.</summary>
    public const int PageSizeDefault = 50;

    /// <summary>The largest JSON body that is read, in bytes.</summary>
    public const int JsonBodyBytesMax = 64 * 1024;

    /// <summary>How many fields of one body are reported as unknown, of a wrong kind or no text.</summary>
    public const int BodyErrorsMax = 100;

    /// <summary>
    /// The longest card, mobile, organisation, VAT or payment number as people write them, in characters: with spaces
    /// and signs.
    /// </summary>
    public const int WrittenNumberCharactersMax = 50;

    /// <summary>The longest telephone number of a contact, in characters.</summary>
    public const int PhoneCharactersMax = 30;

    /// <summary>The longest postal code, in characters.</summary>
    public const int PostalCodeCharactersMax = 12;

    /// <summary>The longest name of a country in a postal address, in characters.</summary>
    public const int CountryCharactersMax = 60;

    /// <summary>The longest address in an e-invoicing network, in characters, its scheme included.</summary>
    public const int ElectronicAddressCharactersMax = 60;

    /// <summary>The longest code of an operator, in characters.</summary>
    public const int OperatorCodeCharactersMax = 32;

    /// <summary>
    /// The longest SHA-256 of a certificate as people write it, in characters: 64 hex digits with colons between.
    /// </summary>
    public const int CertificateHashCharactersMax = 95;

    /// <summary>The longest text that lists are searched for, in characters.</summary>
    public const int SearchCharactersMax = 254;

    /// <summary>The longest subject that the audit trail is asked for, in characters.</summary>
    public const int SubjectCharactersMax = 200;

    /// <summary>The longest token of a page, in characters.</summary>
    public const int PageTokenCharactersMax = 200;

    /// <summary>The longest idempotency key, in characters.</summary>
    public const int IdempotencyKeyCharactersMax = 128;

    /// <summary>The longest If-Match, in characters: some ten of our entity tags.</summary>
    public const int IfMatchCharactersMax = 200;

    /// <summary>How long the answer to an idempotency key is kept.</summary>
    public static readonly TimeSpan IdempotencyLifetime = TimeSpan.FromHours(24);

    // Administrators' access.

    /// <summary>The shortest password, in characters.</summary>
    public const int PasswordCharactersMin = 12;

    /// <summary>The longest password, in characters: hashing takes time by its length.</summary>
    public const int PasswordCharactersMax = 200;

    /// <summary>How many wrong passwords in a row lock a person out.</summary>
    public const int PasswordFailuresMax = 5;

    /// <summary>How long a person is locked out.</summary>
    public static readonly TimeSpan LockOutTime = TimeSpan.FromMinutes(15);

    /// <summary>How long a session lasts.</summary>
    public static readonly TimeSpan SessionTime = TimeSpan.FromHours(12);

    /// <summary>How long an invitation can be accepted.</summary>
    public static readonly TimeSpan InvitationTime = TimeSpan.FromDays(7);

    /// <summary>How long a mailed link to choose a new password can be used.</summary>
    public static readonly TimeSpan PasswordResetTime = TimeSpan.FromHours(1);

    /// <summary>How many links to choose a new password are asked for with one e-mail address in an hour.</summary>
    public const int PasswordResetsOfLoginMax = 3;

    /// <summary>
    /// How many links to choose a new password are asked for from one address of the network in an hour.
    /// </summary>
    public const int PasswordResetsFromAddressMax = 20;

    /// <summary>How long failures to sign in, and what was counted of them, are kept outside the audit trail.</summary>
    public static readonly TimeSpan SignInFailureTime = TimeSpan.FromDays(1);

    /// <summary>How many of what calls without a session have left to be done are taken at once.</summary>
    public const int OutsiderChunkRows = 100;

    /// <summary>
    /// How many sign-ins, applications or invitations one address may try in a <see cref="AnonymousWindow"/>.
    /// </summary>
    public const int AnonymousCallsMax = 60;

    /// <summary>The window of <see cref="AnonymousCallsMax"/>.</summary>
    public static readonly TimeSpan AnonymousWindow = TimeSpan.FromMinutes(1);

    // Activation of apps.

    /// <summary>How many digits an activation code has.</summary>
    public const int ActivationCodeDigits = 8;

    /// <summary>How many tries a code stands, right and wrong together.</summary>
    public const int ActivationTriesMax = 5;

    /// <summary>How long a code can be used.</summary>
    public static readonly TimeSpan ActivationCodeTime = TimeSpan.FromDays(7);

    /// <summary>How long a lost answer to an activation can be asked for again.</summary>
    public static readonly TimeSpan ActivationRetryTime = TimeSpan.FromMinutes(10);

    /// <summary>
    /// What the time of a refused activation is rounded up to, so that it does not distinguish a wrong, used, lapsed or
    /// unknown code.
    /// </summary>
    public static readonly TimeSpan ActivationRefusalTime = TimeSpan.FromMilliseconds(300);

    /// <summary>The longest login of an activation, in characters.</summary>
    public const int ActivationLoginCharactersMax = EmailCharactersMax;

    // Messages.

    /// <summary>How long one delivery may take before it counts as failed.</summary>
    public static readonly TimeSpan MessageSendTimeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a message that is being delivered is left alone by others; longer than a delivery may take.
    /// </summary>
    public static readonly TimeSpan MessageLease = TimeSpan.FromSeconds(30);

    /// <summary>How long after the first failure a message is tried again; doubled with each further one.</summary>
    public static readonly TimeSpan MessageRetryFirst = TimeSpan.FromSeconds(5);

    /// <summary>The longest wait between two tries.</summary>
    public static readonly TimeSpan MessageRetryMax = TimeSpan.FromHours(1);

    /// <summary>How often a message is tried before it is given up: about half a day.</summary>
    public const int MessageAttemptsMax = 20;

    /// <summary>How many messages one host delivers at the same time.</summary>
    public const int MessagesAtOnce = 8;

    /// <summary>How many activation codes one number is sent in an hour.</summary>
    public const int CodesOfNumberPerHourMax = 5;

    /// <summary>How many activation codes one number is sent in a day.</summary>
    public const int CodesOfNumberPerDayMax = 10;

    /// <summary>
    /// How many e-mails of one kind one address is sent in an hour, where another person can cause them.
    /// </summary>
    public const int MailsOfReceiverPerHourMax = 5;

    /// <summary>
    /// How many e-mails of one kind one address is sent in a day, where another person can cause them.
    /// </summary>
    public const int MailsOfReceiverPerDayMax = 20;

    /// <summary>How many e-mails of one kind one address is sent in an hour, where anybody can cause them.</summary>
    public const int MailsByOutsidersPerHourMax = 3;

    /// <summary>How many e-mails of one kind one address is sent in a day, where anybody can cause them.</summary>
    public const int MailsByOutsidersPerDayMax = 6;

    /// <summary>How many e-mails of one kind an operator sends in an hour, where anybody can cause them.</summary>
    public const int MailsByOutsidersOfOperatorPerHourMax = 300;

    /// <summary>
    /// How much of an organisation's messages of an hour an import uses; the rest is left to single calls.
    /// </summary>
    public const int ImportMessagesPercent = 80;

    /// <summary>The longest name of an outside person that an SMS has, in characters.</summary>
    public const int NameInSmsCharactersMax = 40;

    /// <summary>The longest name of an outside person that an e-mail has, in characters.</summary>
    public const int NameInEmailCharactersMax = 80;

    // Imports.

    /// <summary>How many rows one import file may have.</summary>
    public const int ImportRowsMax = 50_000;

    /// <summary>The largest import file, in bytes.</summary>
    public const int ImportBytesMax = 16 * 1024 * 1024;

    /// <summary>How long the removal of those that a whole list does not have can be confirmed.</summary>
    public static readonly TimeSpan RemovalConfirmationTime = TimeSpan.FromDays(7);

    /// <summary>Characters of what confirms it: a SHA-256 as hex.</summary>
    public const int RemovalConfirmationCharacters = 64;

    /// <summary>How many rows one transaction of an import applies.</summary>
    public const int ImportChunkRows = 100;

    /// <summary>How many errors of one import are kept; what follows is only counted.</summary>
    public const int ImportErrorsMax = 1000;

    // The month end.

    /// <summary>How many accounts are written, or looked at, in one piece of the nights' work.</summary>
    public const int MonthEndChunkAccounts = 200;

    /// <summary>How many rows on no account are sealed in one piece.</summary>
    public const int MonthEndChunkRows = 2000;

    /// <summary>How many organisations' invoices are made in one piece.</summary>
    public const int MonthEndChunkOrganisations = 20;

    /// <summary>How many findings of one night are kept; what follows is only counted and logged.</summary>
    public const int MonthEndFindingsMax = 1000;

    /// <summary>How long the nights' work waits for the servers to expire the holds that have lapsed.</summary>
    public static readonly TimeSpan MonthEndHoldsWait = TimeSpan.FromSeconds(30);

    /// <summary>How far a host's clock may be ahead of the database's and still find midnight.</summary>
    public static readonly TimeSpan TurnAheadMax = TimeSpan.FromSeconds(5);

    /// <summary>How often the nights' work says how far it has come.</summary>
    public static readonly TimeSpan MonthEndProgressInterval = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a host that is asked to stop waits for the current piece of the night's work, and for the scheduler to
    /// save its state: several times what a piece takes.
    /// </summary>
    public static readonly TimeSpan MonthEndStopTimeout = TimeSpan.FromSeconds(10);

    /// <summary>How often it is looked whether a night's work is due or was left undone.</summary>
    public static readonly TimeSpan MonthEndCheckInterval = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long closing a month waits for the batches that write to it; meanwhile what belongs to that month waits for
    /// the closing. Longer than a batch takes, shorter than a caller waits.
    /// </summary>
    public static readonly TimeSpan ClosingLockTimeout = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long it may take, before an operator's first closing, to look at all of its accounts for the first month
    /// with rows.
    /// </summary>
    public static readonly TimeSpan FirstMonthSearchTimeout = TimeSpan.FromMinutes(10);

    // The control plane's way to Postgres.

    /// <summary>How long an administrator's change waits for a row that another session has locked.</summary>
    public static readonly TimeSpan AdministrationLockTimeout = TimeSpan.FromSeconds(3);

    /// <summary>How long one statement of an administrator's change may run.</summary>
    public static readonly TimeSpan AdministrationStatementTimeout = TimeSpan.FromSeconds(15);

    /// <summary>How often a change that met a deadlock is made again.</summary>
    public const int AdministrationAttemptsMax = 4;
}
