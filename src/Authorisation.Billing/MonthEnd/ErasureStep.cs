using System.Diagnostics;
using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Travellers;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Authorisation.Billing.MonthEnd;

/// <summary>
/// Erases what is due by age or on request, after the nights' other work: what cannot be undone waits for clocks that agree,
/// and holds up no month.
/// </summary>
/// <remarks>
/// Run on the session that holds the lock of the nights' work. Each person is one transaction: one whose erasure fails is
/// logged, passed over, and tried again by the next run.
/// </remarks>
internal sealed partial class ErasureStep(MonthEndSettings settings, TimeProvider time, ILogger<ErasureStep> logger)
{
    private delegate Task<IReadOnlyList<Guid>> Find(NpgsqlConnection db, int operatorId, IReadOnlyList<Guid> passedOver);

    private delegate Task<bool> Erase(NpgsqlConnection db, int operatorId, Guid id);

    /// <summary>Erases all that is due at an operator.</summary>
    /// <returns>How many travellers were erased, and how many lost their names on old accounts.</returns>
    public async Task<(int Travellers, int Names)> RunAsync(NpgsqlConnection db, OperatorTerms terms, CancellationToken stop)
    {
        var travellers = await EachAsync(db, terms, Erasure.FindDueAsync, Erasure.EraseDueAsync, stop);
        var names = await EachAsync(db, terms, Erasure.FindNamesAsync, Erasure.EraseNameAsync, stop);
        await PhoneSession.RemoveOldAsync(db);
        var work = Stopwatch.StartNew();
        while (await Erasure.EraseRecipientsAsync(db, terms.Id) > 0)
        {
            await Task.Delay(settings.RestAfter(work.Elapsed), time, stop);
            work.Restart();
        }

        if (travellers + names > 0)
        {
            LogErased(terms.Code, travellers, names);
        }

        return (travellers, names);
    }

    private async Task<int> EachAsync(NpgsqlConnection db, OperatorTerms terms, Find find, Erase erase, CancellationToken stop)
    {
        var (done, passedOver) = (0, new List<Guid>());
        while (await find(db, terms.Id, passedOver) is { Count: > 0 } due)
        {
            foreach (var id in due)
            {
                var work = Stopwatch.StartNew();
                if (await TryAsync(db, terms, id, erase, stop))
                {
                    done++;
                }
                else
                {
                    passedOver.Add(id);
                }

                await Task.Delay(settings.RestAfter(work.Elapsed), time, stop);
            }
        }

        return done;
    }

    private async Task<bool> TryAsync(NpgsqlConnection db, OperatorTerms terms, Guid id, Erase erase, CancellationToken stop)
    {
        await using var transaction = await db.BeginTransactionAsync(stop);
        try
        {
            var isDone = await erase(db, terms.Id, id);
            await transaction.CommitAsync(CancellationToken.None);
            return isDone;
        }
        catch (PostgresException exception) when (db.FullState.HasFlag(System.Data.ConnectionState.Open))
        {
            LogFailed(exception, terms.Code, id);
            await transaction.RollbackAsync(CancellationToken.None);
            return false;
        }
    }

    [LoggerMessage(
        5682, LogLevel.Information,
        "{Operator}: personal data of {Travellers} removed travellers were erased, and {Names} names on old accounts")]
    private partial void LogErased(string @operator, int travellers, int names);

    [LoggerMessage(
        5683, LogLevel.Error,
        "{Operator}: traveller {Traveller} could not be erased and is passed over; the next run tries again")]
    private partial void LogFailed(Exception exception, string @operator, Guid traveller);
}
