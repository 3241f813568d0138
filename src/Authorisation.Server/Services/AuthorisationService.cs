using Authorisation.Core;
using Authorisation.Ledger.Commit.Queue;
using Authorisation.Server.Access;
using Authorisation.Server.Contract;
using Authorisation.Server.Ledgers;
using Authorisation.Server.Streams;
using Authorisation.V1;
using Grpc.Core;
using Credit = Authorisation.V1.Credit;

namespace Authorisation.Server.Services;

/// <summary>
/// The contract's calls at the edge: identifies the caller, validates every field, checks the caller's rights, runs the
/// flow, and maps its result to the contract.
/// </summary>
public sealed class AuthorisationService(
    CallerResolver callers,
    LedgerDirectory ledgers,
    AuthoriseStreams streams,
    ReadTurns reads,
    RefusalPace pace)
    : V1.AuthorisationService.AuthorisationServiceBase
{
    /// <inheritdoc />
    public override async Task<AuthoriseResponse> Authorise(AuthoriseRequest request, ServerCallContext context)
    {
        var caller = await callers.ResolveAsync(context);
        var purchase = PurchaseRequests.Read(request, caller);
        var result = await ledgers.Of(caller).Purchases.AuthoriseAsync(
            purchase, caller.Operator, hasDeadline: context.Deadline != DateTime.MaxValue, context.CancellationToken);
        return result.Status switch
        {
            CommitStatus.Decided => result.Entry!.ToResponse(result.Credit, replayed: false, caller.Operator),
            CommitStatus.Replayed => result.Entry!.ToResponse(result.Credit, replayed: true, caller.Operator),
            _ => throw await pace.WhenDueAsync(
                CommitErrors.Of(result, "authorisation_id"), caller.Sharer, context.CancellationToken),
        };
    }

    /// <inheritdoc />
    public override Task AuthoriseStream(
        IAsyncStreamReader<AuthoriseRequest> requestStream,
        IServerStreamWriter<AuthoriseStreamResponse> responseStream,
        ServerCallContext context) => streams.RunAsync(requestStream, responseStream, context);

    /// <inheritdoc />
    public override async Task<OperationResponse> Capture(CaptureRequest request, ServerCallContext context)
    {
        var caller = await callers.ResolveAsync(context);
        return await OperateAsync(OperationFields.Read(request, caller), caller, context);
    }

    /// <inheritdoc />
    public override async Task<OperationResponse> Void(VoidRequest request, ServerCallContext context)
    {
        var caller = await callers.ResolveAsync(context);
        return await OperateAsync(OperationFields.Read(request, caller), caller, context);
    }

    /// <inheritdoc />
    public override async Task<OperationResponse> Refund(RefundRequest request, ServerCallContext context)
    {
        var caller = await callers.ResolveAsync(context);
        return await OperateAsync(OperationFields.Read(request, caller), caller, context);
    }

    /// <inheritdoc />
    public override async Task<AuthorisationRecord> GetAuthorisation(
        GetAuthorisationRequest request, ServerCallContext context)
    {
        var caller = await callers.ResolveAsync(context);
        var id = PurchaseFields.Read(request);
        var (history, now) = await ReadAsync(
            caller, cancel => ledgers.Of(caller).Reader.FindAuthorisationAsync(id, cancel), context);
        return history is not null && Rights.MaySee(caller.Actor, caller.Operator.Id, history.Entry)
            ? history.ToRecord(history.StateAt(now), caller.Operator).WithOperations(history, caller)
            : throw CommitErrors.NoAuthorisation();
    }

    /// <inheritdoc />
    public override async Task<ListAuthorisationsResponse> ListAuthorisations(
        ListAuthorisationsRequest request, ServerCallContext context)
    {
        var caller = await callers.ResolveAsync(context);
        var ledger = ledgers.Of(caller);
        var now = ledger.Clock.Now;
        var list = ListFields.Read(request, caller, now);
        if (!Rights.MaySee(caller.Actor, list.Instrument))
        {
            throw NoCredit();
        }

        // One row more than the page shows whether there is another page.
        var found = await ReadAsync(
            caller, cancel => ledger.Reader.ListAsync(list.Instrument, list.Month, list.After, list.PageSize + 1, cancel), context);
        var page = found.Take(list.PageSize).ToList();
        return new ListAuthorisationsResponse
        {
            Authorisations = { page.Select(history => history.ToRecord(history.StateAt(now), caller.Operator)) },
            NextPageToken = found.Count > page.Count ? list.TokenAfter(page[^1].Entry) : "",
        };
    }

    /// <inheritdoc />
    public override async Task<Credit> GetCredit(GetCreditRequest request, ServerCallContext context)
    {
        var caller = await callers.ResolveAsync(context);
        var instrument = PurchaseFields.Read(request, caller);
        if (!Rights.MaySee(caller.Actor, instrument))
        {
            throw NoCredit();
        }

        var credit = await reads.ReadCreditAsync(
            caller,
            () => ledgers.Of(caller).Credits.FindAsync(instrument, caller.Operator, context.CancellationToken),
            context.CancellationToken);
        return credit?.ToContract(caller.Operator) ?? throw NoCredit();
    }

    private Task<T> ReadAsync<T>(Caller caller, Func<CancellationToken, Task<T>> read, ServerCallContext context) =>
        reads.ReadAsync(caller, () => read(context.CancellationToken), context.CancellationToken);

    private static RpcException NoCredit() =>
        Errors.NotFound("CREDIT_NOT_FOUND", "There is no credit on this card or app account.");

    private async Task<OperationResponse> OperateAsync(Operation operation, Caller caller, ServerCallContext context)
    {
        var result = await ledgers.Of(caller).Operations.OperateAsync(operation, caller.Operator, context.CancellationToken);
        return result.Status is CommitStatus.Decided or CommitStatus.Replayed
            ? result.ToResponse(operation, caller)
            : throw await pace.WhenDueAsync(
                CommitErrors.Of(result, "operation_id", operation), caller.Sharer, context.CancellationToken);
    }
}
