using Authorisation.Core;
using Authorisation.Ledger.Activation;
using Authorisation.Server.Access;
using Authorisation.Server.Contract;
using Authorisation.Server.Ledgers;
using Authorisation.V1;
using Grpc.Core;

namespace Authorisation.Server.Services;

/// <summary>Connecting an app to the credit that an administrator gave, and ending that.</summary>
/// <remarks>
/// Safe for any number of calls: its only state is the moment of the last warning about guesses, one number that is
/// changed atomically.
/// </remarks>
public sealed partial class ActivationService(
    CallerResolver callers, LedgerDirectory ledgers, TimeProvider time, ILogger<ActivationService> logger)
    : V1.ActivationService.ActivationServiceBase
{
    /// <summary>The least time between two warnings that a client may be guessing codes.</summary>
    private static readonly TimeSpan TellInterval = TimeSpan.FromMinutes(1);

    /// <summary>When a caller may ask again whose login or client had too many activations refused.</summary>
    private static readonly TimeSpan RefusedRetryDelay = TimeSpan.FromMinutes(1);

    private long _toldAt;

    /// <inheritdoc />
    public override async Task<ActivateResponse> Activate(ActivateRequest request, ServerCallContext context)
    {
        var began = time.GetTimestamp();
        var caller = await callers.ResolveAsync(context);
        if (caller.Grant is not { ClientKind: ClientKind.AppBackEnd, ClientId: { } clientId })
        {
            throw Errors.PermissionDenied("CALL_NOT_ALLOWED", "Only the back end of an operator's app connects apps.");
        }

        var activate = Read(request, caller.Operator, clientId);
        var result = await GuardAsync(Ready(caller).ActivateAsync(activate, context.CancellationToken));
        if (result.Outcome != ActivationOutcome.Activated)
        {
            throw await RefusalAsync(result, caller, began, context.CancellationToken);
        }

        var (_, accountId, token) = result;

        var reading = await GuardAsync(
            Ready(caller).FindCreditAsync(accountId, caller.Sharer, caller.Operator, context.CancellationToken));
        return new ActivateResponse
        {
            AppAccountId = accountId.ToString(),
            AppToken = token,
            Credit = reading is null
                ? null
                : reading.ToContract(caller.Operator),
        };
    }

    /// <inheritdoc />
    public override async Task<DeactivateResponse> Deactivate(DeactivateRequest request, ServerCallContext context)
    {
        var caller = await callers.ResolveAsync(context);
        if (caller.Grant.AppAccountId is not { } accountId)
        {
            throw Errors.PermissionDenied("CALL_NOT_ALLOWED", "An app ends its own access, by its own token.");
        }

        return await GuardAsync(Ready(caller).DeactivateAsync(accountId, caller.Sharer, context.CancellationToken))
            ? new DeactivateResponse()
            : throw TooMany("Too many wait already");
    }

    private static Task<T> GuardAsync<T>(Task<T> task) =>
        Errors.UnlessUnreachableAsync(task, "retry with the same activation_id");

    private AppActivator Ready(Caller caller) => ledgers.Of(caller).Activator ?? throw Errors.FailedPrecondition(
        "ACTIVATION_NOT_SET_UP", "This server has no Activation:CodeKey, so it connects no apps.");

    private static ActivationRequest Read(ActivateRequest request, Operator terms, long clientId)
    {
        var checks = new FieldChecks();
        var login = checks.Text("login", request.Login, Limits.ActivationLoginCharactersMax);
        var code = checks.Text("code", request.Code, Limits.CodeCharactersMax);
        if (string.IsNullOrWhiteSpace(request.Login))
        {
            checks.Add("login", "is required");
        }

        if (string.IsNullOrWhiteSpace(request.Code))
        {
            checks.Add("code", "is required");
        }

        var read = new ActivationRequest(
            terms.Id,
            clientId,
            LoginText.Normalise(terms, login ?? ""),
            (code ?? "").Replace(" ", "", StringComparison.Ordinal),
            checks.Uuid("activation_id", request.ActivationId),
            checks.Text("device_name", request.DeviceName, Limits.CodeCharactersMax),
            checks.Text("accepted_terms_version", request.AcceptedTermsVersion, Limits.CodeCharactersMax),
            ReadTerms(checks, request));
        checks.ThrowIfAny();
        return read;
    }

    private static Dictionary<string, string> ReadTerms(FieldChecks checks, ActivateRequest request)
    {
        var read = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (kind, version) in request.AcceptedTerms)
        {
            if (kind is not ("privacy" or "travel" or "general"))
            {
                checks.Add("accepted_terms", "has other keys than privacy, travel and general");
            }
            else if (checks.Text($"accepted_terms[{kind}]", version, Limits.CodeCharactersMax) is { } text)
            {
                read[kind] = text;
            }
        }

        return read;
    }

    /// <summary>
    /// The error of an activation that was not made. An answer that depends on the code takes the same time whatever
    /// was wrong with it; one that does not is sent at once.
    /// </summary>
    private async Task<RpcException> RefusalAsync(
        ActivationResult result, Caller caller, long began, CancellationToken cancellationToken)
    {
        switch (result.Outcome)
        {
            case ActivationOutcome.TermsNotAccepted:
                return Errors.FailedPrecondition(
                    "TERMS_NOT_ACCEPTED",
                    "The traveller has not accepted the terms in force; metadata has their versions. Show them and send what was "
                    + "accepted; the code was not looked at.",
                    [.. result.Terms]);
            case ActivationOutcome.TooManyOfLogin:
                return TooMany("Too many activations of this login were refused lately, or are being tried", RefusedRetryDelay);
            case ActivationOutcome.TooManyWaiting:
                return TooMany("Too many activations wait already");
            case ActivationOutcome.TooManyRefused:
                TellOfGuesses(caller);
                await WaitAsync(began, cancellationToken);
                return TooMany("Too many activations were refused lately", RefusedRetryDelay);
            default:
                await WaitAsync(began, cancellationToken);
                return Errors.PermissionDenied(
                    "ACTIVATION_REFUSED", "The login or the code is wrong, or the code is used or has lapsed.");
        }
    }

    private static RpcException TooMany(string why, TimeSpan? retryAfter = null) =>
        Errors.ResourceExhausted("TOO_MANY_ACTIVATIONS", $"{why}; wait a while.", retryAfter);

    private void TellOfGuesses(Caller caller)
    {
        var told = Interlocked.Read(ref _toldAt);
        if ((told == 0 || time.GetElapsedTime(told) >= TellInterval)
            && Interlocked.CompareExchange(ref _toldAt, time.GetTimestamp(), told) == told)
        {
            LogGuesses(caller.Grant.ClientId, caller.Operator.Code);
        }
    }

    [LoggerMessage(
        4680, LogLevel.Warning,
        "Client {Client} of {Operator} has many refused activations: somebody may be guessing codes")]
    private partial void LogGuesses(long? client, string @operator);

    // Whatever was wrong with the code, the refusal takes as long: up to the next whole of a time that it never takes
    // itself.
    private async Task WaitAsync(long began, CancellationToken cancellationToken)
    {
        var wholes = (time.GetElapsedTime(began).Ticks / Limits.ActivationRefusalTime.Ticks) + 1;
        var until = Limits.ActivationRefusalTime * wholes;
        for (var left = until - time.GetElapsedTime(began); left > TimeSpan.Zero; left = until - time.GetElapsedTime(began))
        {
            // A timer may fire a little early, by the clock that it was measured with.
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)), time, cancellationToken);
        }
    }
}
