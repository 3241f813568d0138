using System.Threading.Channels;
using Authorisation.Core;
using Authorisation.Ledger.GroupCommit;
using Authorisation.Server.Access;
using Authorisation.Server.Authorise;
using Authorisation.Server.Health;
using Authorisation.V1;
using Grpc.Core;
using Advice = Authorisation.Core.Advice;
using Status = Grpc.Core.Status;

namespace Authorisation.Server.Services;

/// <summary>
/// SubmitAdvices: what devices sold and voided out of reach, one stream of items, each answered for itself and in order.
/// </summary>
/// <remarks>
/// Safe for any number of streams: it keeps no state between them. Of one stream, one task reads and one writes; at most
/// <see cref="Limits.AdvicesInFlightMax"/> items are between them, so a client that does not read its answers is not read
/// from either. Items of the same id, and of the same card, wait for each other, so that what came first counts first.
/// </remarks>
public sealed class AdviceStream(
    CallerResolver callers, OperationFlow operations, LedgerClock clock, IHostApplicationLifetime lifetime)
{
    /// <summary>Answers one stream to its end.</summary>
    /// <exception cref="RpcException">
    /// UNAUTHENTICATED and PERMISSION_DENIED for the caller, at the start or when its token ends; UNAVAILABLE when the
    /// server stops. What was read before has been answered then.
    /// </exception>
    public async Task RunAsync(
        IAsyncStreamReader<V1.Advice> advices, IServerStreamWriter<AdviceResult> results, ServerCallContext context)
    {
        await RequireRightAsync(context);
        var inFlight = Channel.CreateBounded<Task<AdviceResult>>(Limits.AdvicesInFlightMax);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(
            context.CancellationToken, lifetime.ApplicationStopping);
        var writing = WriteAsync(inFlight.Reader, results, stop, context.CancellationToken);
        try
        {
            await ReadAsync(advices, inFlight.Writer, context, stop.Token);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested
            && !context.CancellationToken.IsCancellationRequested)
        {
            inFlight.Writer.Complete();
            await writing;
            throw Errors.Unavailable("STOPPING", "The server is stopping; send what was not answered to another.");
        }
        finally
        {
            inFlight.Writer.TryComplete();
            await writing;
        }
    }

    private async Task<Caller> RequireRightAsync(ServerCallContext context)
    {
        var caller = await callers.ResolveAsync(context);
        return Rights.MayWorkOffline(caller.Actor)
            ? caller
            : throw Errors.PermissionDenied("CALL_NOT_ALLOWED", "Only validators and consoles report what was sold out of reach.");
    }

    private async Task ReadAsync(
        IAsyncStreamReader<V1.Advice> advices,
        ChannelWriter<Task<AdviceResult>> inFlight,
        ServerCallContext context,
        CancellationToken stop)
    {
        var order = new Dictionary<string, Task>(StringComparer.OrdinalIgnoreCase);
        for (var index = 0UL; await advices.MoveNext(stop); index++)
        {
            // Each time: a token that ended in the middle of a stream is good for nothing more.
            var caller = await RequireRightAsync(context);
            var advice = advices.Current;
            var keys = KeysOf(advice);
            var before = Task.WhenAll(keys.Select(key => order.GetValueOrDefault(key, Task.CompletedTask)));
            var answering = AnswerAsync(index, advice, caller, before, context.CancellationToken);
            Forget(order);
            foreach (var key in keys)
            {
                order[key] = answering;
            }

            await inFlight.WriteAsync(answering, stop);
        }
    }

    private static string[] KeysOf(V1.Advice advice) => advice.EventCase switch
    {
        V1.Advice.EventOneofCase.Purchase => [$"id {advice.Purchase.AuthorisationId}", $"card {advice.Purchase.CardNumber}"],
        V1.Advice.EventOneofCase.Void => [$"id {advice.Void.AuthorisationId}"],
        _ => [],
    };

    private static void Forget(Dictionary<string, Task> order)
    {
        if (order.Count > 4 * Limits.AdvicesInFlightMax)
        {
            foreach (var (key, _) in order.Where(one => one.Value.IsCompleted).ToList())
            {
                order.Remove(key);
            }
        }
    }

    private static async Task WriteAsync(
        ChannelReader<Task<AdviceResult>> inFlight,
        IServerStreamWriter<AdviceResult> results,
        CancellationTokenSource stop,
        CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var answering in inFlight.ReadAllAsync(cancellationToken))
            {
                await results.WriteAsync(await answering, cancellationToken);
            }
        }
        catch
        {
            // Nobody reads the answers any more, so no more items are taken.
            await stop.CancelAsync();
            throw;
        }
    }

    private async Task<AdviceResult> AnswerAsync(
        ulong index, V1.Advice advice, Caller caller, Task before, CancellationToken cancellationToken)
    {
        await before;
        var answer = new AdviceResult
        {
            Index = index,
            AuthorisationId = advice.EventCase switch
            {
                V1.Advice.EventOneofCase.Purchase => advice.Purchase.AuthorisationId,
                V1.Advice.EventOneofCase.Void => advice.Void.AuthorisationId,
                _ => "",
            },
        };
        try
        {
            answer.Recorded = await RecordAsync(advice, caller, cancellationToken);
        }
        catch (RpcException e)
        {
            answer.Error = CallErrors.Of(e);
        }

        return answer;
    }

    private async Task<Recorded> RecordAsync(V1.Advice advice, Caller caller, CancellationToken cancellationToken)
    {
        switch (advice.EventCase)
        {
            case V1.Advice.EventOneofCase.Purchase:
                var purchase = PurchaseFields.ReadAdvice(advice.Purchase, caller, clock.Now);
                if (!Rights.MayAuthorise(caller.Actor, purchase.Instrument))
                {
                    throw Errors.PermissionDenied("INSTRUMENT_NOT_ALLOWED", "Only card purchases are reported afterwards.");
                }

                return RecordedOf(
                    await operations.AdviseAsync(
                        new Advice(Guid.CreateVersion7(), purchase, caller.Actor), caller.Operator, cancellationToken),
                    "authorisation_id");
            case V1.Advice.EventOneofCase.Void:
                return RecordedOf(
                    await operations.OperateAsync(
                        OperationFields.ReadAdvice(advice.Void, caller), caller.Operator, cancellationToken),
                    "operation_id");
            default:
                throw Errors.InvalidFields([new Violation("event", "is required: purchase or void")]);
        }
    }

    private static Recorded RecordedOf(CommitResult result, string idField)
    {
        if (result is not { Status: CommitStatus.Decided or CommitStatus.Replayed, History: { } history, Operation: { } operation })
        {
            throw CommitErrors.Of(result, idField);
        }

        return new Recorded
        {
            OverLimit = operation.OverLimit,
            Replayed = result.Status == CommitStatus.Replayed,
            Unmatched = history is { AccountId: null, RecordedState: Core.AuthorisationState.Captured },
            Month = history.CreditMonth.ToString(),
            InvoiceMonth = history.InvoiceMonth.ToString(),
        };
    }
}
