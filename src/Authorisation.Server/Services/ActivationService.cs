using Authorisation.Core;
using Authorisation.Ledger;
using Authorisation.Ledger.Activation;
using Authorisation.Ledger.Reads;
using Authorisation.Server.Access;
using Authorisation.V1;
using Grpc.Core;
using Instrument = Authorisation.Core.Instrument;

namespace Authorisation.Server.Services;

/// <summary>Connecting an app to the credit that an administrator gave, and ending that.</summary>
public sealed class ActivationService(
    CallerResolver callers, AppActivator? activator, LedgerReader ledger, TimeProvider time)
    : V1.ActivationService.ActivationServiceBase
{
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
        var (outcome, accountId, token) = await GuardAsync(Ready.ActivateAsync(activate, context.CancellationToken));
        if (outcome != ActivationOutcome.Activated)
        {
            await WaitAsync(began, context.CancellationToken);
            throw outcome == ActivationOutcome.TooMany
                ? Errors.ResourceExhausted(
                    "TOO_MANY_ACTIVATIONS", "Too many activations were refused lately; wait a while.", TimeSpan.FromMinutes(1))
                : Errors.PermissionDenied("ACTIVATION_REFUSED", "The login or the code is wrong, or the code is used or has lapsed.");
        }

        var reading = await GuardAsync(ledger.FindCreditAsync(
            Instrument.App(caller.Operator.Id, accountId), caller.Operator.TimeZone, context.CancellationToken));
        return new ActivateResponse
        {
            AppAccountId = accountId.ToString(),
            AppToken = token,
            Credit = reading is null
                ? null
                : Core.Credit.Of(reading.Account, CreditMonth.Of(reading.Now, caller.Operator.TimeZone)).ToContract(caller.Operator),
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

        await GuardAsync(Ready.DeactivateAsync(accountId, context.CancellationToken));
        return new DeactivateResponse();
    }

    private static Task<T> GuardAsync<T>(Task<T> task) =>
        Errors.UnlessUnreachableAsync(task, "retry with the same activation_id");

    private AppActivator Ready => activator ?? throw Errors.FailedPrecondition(
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
            terms.NormaliseLogin(login ?? ""),
            (code ?? "").Replace(" ", "", StringComparison.Ordinal),
            checks.Uuid("activation_id", request.ActivationId),
            checks.Text("device_name", request.DeviceName, Limits.CodeCharactersMax),
            checks.Text("accepted_terms_version", request.AcceptedTermsVersion, Limits.CodeCharactersMax));
        checks.ThrowIfAny();
        return read;
    }

    // Whatever was wrong with the code, the refusal takes as long: up to the next whole of a time that it never takes itself.
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
