using Authorisation.Administration.Work;

namespace Authorisation.Admin.Web;

/// <summary>Which HTTP status each refusal of an operation has.</summary>
internal static class ProblemStatus
{
    public static int Of(ProblemCode problem) => problem switch
    {
        ProblemCode.InvalidFields => StatusCodes.Status400BadRequest,
        ProblemCode.NoSession or ProblemCode.WrongCredentials => StatusCodes.Status401Unauthorized,
        ProblemCode.Forbidden => StatusCodes.Status403Forbidden,
        ProblemCode.NotFound or ProblemCode.InvoicingNotSet or ProblemCode.MonthNotKept or ProblemCode.AccountingNotSet =>
            StatusCodes.Status404NotFound,
        ProblemCode.ChangedByAnother => StatusCodes.Status412PreconditionFailed,
        ProblemCode.KeyUsedOtherwise or ProblemCode.OperationIdTaken or ProblemCode.OperationIdUsedOtherwise
            or ProblemCode.RowsRefused => StatusCodes.Status422UnprocessableEntity,
        ProblemCode.TooMany or ProblemCode.TooManyMessages => StatusCodes.Status429TooManyRequests,
        ProblemCode.InvoiceDoesNotAddUp or ProblemCode.Unexpected => StatusCodes.Status500InternalServerError,
        ProblemCode.Busy or ProblemCode.LedgerUnreachable => StatusCodes.Status503ServiceUnavailable,
        // The state of things does not allow it.
        ProblemCode.AcceptedAlready or ProblemCode.Closed or ProblemCode.DecidedAlready or ProblemCode.EInvoiceIncomplete
            or ProblemCode.FirstDepartment or ProblemCode.HasCredit or ProblemCode.LastAdministrator or ProblemCode.LastStaff
            or ProblemCode.MonthNotEmpty or ProblemCode.NoMobile or ProblemCode.NoSmsThere or ProblemCode.NotACustomer
            or ProblemCode.NotAnApp or ProblemCode.NotClosed or ProblemCode.NotSealed or ProblemCode.NothingToClose
            or ProblemCode.OperationRefused or ProblemCode.RightsChanged or ProblemCode.ShownBefore or ProblemCode.StaffAlready
            or ProblemCode.Taken or ProblemCode.NotEmpty or ProblemCode.InvoiceIsCancellation or ProblemCode.InvoiceCorrectedAlready
            or ProblemCode.EarlierMonthOpen or ProblemCode.ClocksNotWatched or ProblemCode.ClocksDisagree
            or ProblemCode.MonthEndRunning or ProblemCode.TextNotKept or ProblemCode.Suspended or ProblemCode.HasTickets
            or ProblemCode.TicketState or ProblemCode.SubscriptionsNotSet or ProblemCode.Ended
            or ProblemCode.EmployeeNumberMissing or ProblemCode.SharedTraveller or ProblemCode.NoEmail
            or ProblemCode.TermsNotAccepted or ProblemCode.TermsInForce or ProblemCode.CreditRevoked
            or ProblemCode.ImportRunning or ProblemCode.NotAWholeList or ProblemCode.RemovalLapsed
            or ProblemCode.NotRemoved or ProblemCode.ErasedAlready or ProblemCode.BudgetSpent
            or ProblemCode.AccountingIncomplete or ProblemCode.AccountingNotThere => StatusCodes.Status409Conflict,
        _ => throw new ArgumentOutOfRangeException(nameof(problem), problem, "It has no status."),
    };
}
