using Authorisation.Ledger;
using Authorisation.Ledger.GroupCommit;
using Authorisation.Ledger.Reads;
using Authorisation.Server.Access;
using Authorisation.Server.Authorise;
using Authorisation.Server.Streams;
using Authorisation.V1;
using Grpc.Core;

namespace Authorisation.Server.Services;

/// <summary>
/// The contract's calls at the edge: who calls, is every field valid, may the caller do this; then the flow, and its
/// result as the contract says it. The calls that are not here yet answer UNIMPLEMENTED.
/// </summary>
public sealed class AuthorisationService(
    CallerResolver callers, AuthoriseFlow authorise, AuthoriseStreams streams, CreditFlow credits, LedgerReader ledger)
    : V1.AuthorisationService.AuthorisationServiceBase
{
    /// <inheritdoc />
    public override async Task<AuthoriseResponse> Authorise(AuthoriseRequest request, ServerCallContext context)
    {
        var caller = await callers.ResolveAsync(context);
        var purchase = PurchaseRequests.Read(request, caller);
        var result = await authorise.AuthoriseAsync(
            purchase, caller.Operator, hasDeadline: context.Deadline != DateTime.MaxValue, context.CancellationToken);
        return result.Status switch
        {
            CommitStatus.Decided => result.Entry!.ToResponse(result.Credit, replayed: false, caller.Operator),
            CommitStatus.Replayed => result.Entry!.ToResponse(result.Credit, replayed: true, caller.Operator),
            _ => throw ErrorOf(result),
        };
    }

    /// <inheritdoc />
    public override Task AuthoriseStream(
        IAsyncStreamReader<AuthoriseRequest> requestStream,
        IServerStreamWriter<AuthoriseStreamResponse> responseStream,
        ServerCallContext context) => streams.RunAsync(requestStream, responseStream, context);

    /// <inheritdoc />
    public override async Task<AuthorisationRecord> GetAuthorisation(
        GetAuthorisationRequest request, ServerCallContext context)
    {
        var caller = await callers.ResolveAsync(context);
        var id = PurchaseFields.Read(request);
        var entry = await ReadAsync(ledger.FindEntryAsync(id, context.CancellationToken));
        return entry is not null && caller.MaySee(entry)
            ? entry.ToRecord(caller.Operator)
            : throw Errors.NotFound("AUTHORISATION_NOT_FOUND", "There is no such authorisation.");
    }

    /// <inheritdoc />
    public override async Task<Credit> GetCredit(GetCreditRequest request, ServerCallContext context)
    {
        var caller = await callers.ResolveAsync(context);
        var instrument = PurchaseFields.Read(request, caller);
        if (!caller.MaySee(instrument))
        {
            throw NoCredit();
        }

        var credit = await ReadAsync(credits.FindAsync(instrument, caller.Operator, context.CancellationToken));
        return credit is { } found ? found.ToContract(caller.Operator) : throw NoCredit();
    }

    private static RpcException NoCredit() =>
        Errors.NotFound("CREDIT_NOT_FOUND", "There is no credit on this card or app account.");

    private static async Task<T> ReadAsync<T>(Task<T> read)
    {
        try
        {
            return await read;
        }
        catch (LedgerUnreachableException)
        {
            throw Errors.Unavailable("LEDGER_UNREACHABLE", "The ledger is out of reach; retry.");
        }
    }

    internal static RpcException ErrorOf(CommitResult result) => result.Status switch
    {
        CommitStatus.DiffersFromFirst => Errors.AlreadyExists(
            "ID_USED_WITH_OTHER_FIELDS",
            $"This authorisation_id was used before with another {string.Join(", ", result.Differences)}.",
            result.Differences),
        CommitStatus.TakenByAnother => Errors.AlreadyExists(
            "ID_TAKEN", "This authorisation_id belongs to another client; make a new one.", []),
        CommitStatus.QueueFull => Errors.ResourceExhausted(
            "QUEUE_FULL", "Too much is queued; nothing was decided. Retry later with the same authorisation_id."),
        CommitStatus.AccountLocked => Errors.Unavailable(
            "ACCOUNT_LOCKED", "The account is locked by somebody else; whether it was decided is unknown. Retry with the same id."),
        CommitStatus.DataRefused => Errors.InvalidArgument(
            "DATA_REFUSED", "The ledger refused the data of this purchase; nothing was decided."),
        CommitStatus.LedgerUnreachable => Errors.Unavailable(
            "LEDGER_UNREACHABLE", "The ledger is out of reach; whether it was decided is unknown. Retry with the same id."),
        CommitStatus.NotReplicated => Errors.Unavailable(
            "NOT_REPLICATED", "The decision is not known to have reached the standby. Retry with the same id."),
        CommitStatus.Failed => Errors.Unavailable(
            "UNEXPECTED", "Something unexpected happened and is in the server's log. Retry with the same id."),
        _ => throw new InvalidOperationException($"{result.Status} is not an error."),
    };
}
