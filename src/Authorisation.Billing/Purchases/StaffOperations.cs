using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Ledger.Database;
using Authorisation.Ledger.Operations;
using Authorisation.Ledger.Reads;
using Microsoft.Extensions.Logging;

namespace Authorisation.Billing.Purchases;

/// <summary>
/// Refunds and voids of operator staff, of any purchase and at any time. They are decided by the same rule as those of
/// clients, under the same locks, and written with their lines of the audit trail in one separate transaction: what the
/// call itself reads and keeps is in another. A call that ends in between is sent again with the same operation id.
/// </summary>
internal sealed partial class StaffOperations(
    LedgerReader ledger, OperationQueue queue, ILogger<StaffOperations> logger)
{
    /// <summary>The purchase, for a principal who may void or refund it.</summary>
    /// <exception cref="RefusedException">It cannot be seen, or the principal is not the operator's staff.</exception>
    public async Task<SeenPurchase> GetVisibleAsync(UnitOfWork work, Guid id)
    {
        var seen = await SeenPurchase.GetVisibleAsync(work, ledger, id);
        return seen.Scope.IsStaff ? seen : throw Problems.Forbidden("The operator's staff void and refund purchases.");
    }

    /// <summary>An operation of the principal's; what is wrong with it is added to the fields.</summary>
    public static Operation Read(
        UnitOfWork work, Fields fields, OperationKind kind, Guid purchaseId, Guid? operationId, string? reason)
    {
        if (operationId is null || operationId == Guid.Empty)
        {
            fields.Add("operation_id", FieldCode.Required, "is required: a UUID, here or as the Idempotency-Key");
        }

        return new Operation
        {
            Id = operationId ?? Guid.Empty,
            AuthorisationId = purchaseId,
            Kind = kind,
            By = Actor.Service,
            Staff = new StaffMember(work.Principal.PersonId, work.Principal.Email, work.Address),
            Reason = fields.Required("reason", reason, Limits.ReasonCharactersMax),
        };
    }

    /// <summary>Makes an operation once; answers what was recorded, now or the first time.</summary>
    /// <param name="work">
    /// The principal's. The caller may go away: what has been begun is committed all the same.
    /// </param>
    /// <param name="seen">The purchase.</param>
    /// <param name="operation">A refund or a void, valid.</param>
    /// <exception cref="RefusedException">It was not done, or it is unknown whether it was.</exception>
    public async Task<OperationDetails> RunAsync(UnitOfWork work, SeenPurchase seen, Operation operation)
    {
        var result = await CommitAsync(operation, seen.OperatorId, work.Stop);
        if (result.Status is not (CommitStatus.Decided or CommitStatus.Replayed))
        {
            throw ProblemOf(result, operation);
        }

        if (result.Status == CommitStatus.Decided)
        {
            LogDone(operation.Kind, operation.AuthorisationId, operation.Id);
        }

        var after = seen with { History = result.History!, Now = result.History!.Operations[^1].MadeAt };
        return new OperationDetails(
            result.Operation!, await PurchaseDetails.ReadAsync(work, after), result.Status == CommitStatus.Replayed);
    }

    private async Task<CommitResult> CommitAsync(Operation operation, int operatorId, CancellationToken stop)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(stop);
        bound.CancelAfter(Limits.DecisionTimeout);
        try
        {
            var terms = (await ledger.ListOperatorsAsync(bound.Token)).Single(one => one.Id == operatorId);
            return await queue.OperateAsync(operation, terms, bound.Token);
        }
        catch (LedgerUnreachableException)
        {
            return new CommitResult(CommitStatus.LedgerUnreachable);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return new CommitResult(CommitStatus.LedgerUnreachable);
        }
    }

    private RefusedException ProblemOf(CommitResult result, Operation operation)
    {
        switch (result.Status)
        {
            case CommitStatus.NotFound:
                return Problems.NotFound();
            case CommitStatus.Refused:
                return new RefusedException(ProblemCode.OperationRefused, RefusalText.Of(result.Refusal)) { Refusal = result.Refusal };
            case CommitStatus.DiffersFromFirst:
                return new RefusedException(
                    ProblemCode.OperationIdUsedOtherwise,
                    $"This operation_id was used before with another {string.Join(", ", result.Differences)}; make a new one.");
            case CommitStatus.TakenByAnother:
                return new RefusedException(
                    ProblemCode.OperationIdTaken,
                    "This operation_id is another's; make a new one.");
            case CommitStatus.QueueFull or CommitStatus.AccountLocked:
                return new RefusedException(
                    ProblemCode.Busy,
                    "Another session has locked the account; whether it was done is unknown. "
                    + "Send it again with the same operation_id.");
            default:
                LogUnknown(operation.Kind, operation.AuthorisationId, operation.Id, result.Status);
                return new RefusedException(
                    ProblemCode.LedgerUnreachable,
                    "The ledger did not answer; whether it was done is unknown. Send it again with the same operation_id.");
        }
    }

    [LoggerMessage(5640, LogLevel.Information, "Staff made a {Kind} of {AuthorisationId} by operation {OperationId}")]
    private partial void LogDone(OperationKind kind, Guid authorisationId, Guid operationId);

    [LoggerMessage(5641, LogLevel.Warning, "Whether a {Kind} of {AuthorisationId} by operation {OperationId} was done is unknown: {Status}")]
    private partial void LogUnknown(OperationKind kind, Guid authorisationId, Guid operationId, CommitStatus status);
}
