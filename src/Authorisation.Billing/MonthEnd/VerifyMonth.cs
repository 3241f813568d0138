using Authorisation.Administration.Access;
using Authorisation.Administration.Work;

namespace Authorisation.Billing.MonthEnd;

/// <summary>Whether a closed month is as it was closed.</summary>
/// <param name="Run">The run that closed it.</param>
/// <param name="Result">What was found.</param>
internal sealed record MonthVerification(MonthEndRun Run, VerificationResult Result)
{
    /// <summary>Whether the hash of the month before is the one that the month was chained to.</summary>
    public bool IsChainIntact => Result.PreviousHash.AsSpan().SequenceEqual(Run.PreviousHash);

    /// <summary>Whether nothing was changed, removed or added.</summary>
    public bool IsIntact =>
        IsChainIntact && Result.FirstDifference is null && Result.Hash.AsSpan().SequenceEqual(Run.Hash);
}

/// <summary>
/// Reads the rows of a closed month again and compares them with what was sealed; for staff of its operator.
/// </summary>
internal sealed class VerifyMonth
{
    /// <exception cref="RefusedException">The run cannot be seen, or has not sealed a month.</exception>
    public async Task<MonthVerification> RunAsync(UnitOfWork work, Guid id)
    {
        var run = await MonthEndRun.GetVisibleAsync(work, id);
        return run is
        {
            Month: not null,
            State: not MonthEndState.Reopened,
            Step: MonthEndStep.Reconciliation or MonthEndStep.Invoices or MonthEndStep.Done
        }
            ? new MonthVerification(run, await Verification.CheckAsync(work.Db, run, work.Stop))
            : throw new RefusedException(
                ProblemCode.NotSealed, "The night closes no month, or has not sealed all of its rows yet.");
    }
}
