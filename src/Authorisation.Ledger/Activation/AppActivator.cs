using Authorisation.Core;
using Authorisation.Ledger.Access;
using Dapper;

namespace Authorisation.Ledger.Activation;

/// <summary>
/// Connects apps to credit and ends their access, through the two functions of the database that the servers' role may
/// call for it. Safe for any number of callers: it keeps no state.
/// </summary>
public sealed class AppActivator(LedgerDatabase database, CodeKeys keys)
{
    /// <summary>How many refused activations one login may have in an hour.</summary>
    public const int LoginFailuresMax = 10;

    /// <summary>How many refused activations one client may have in a minute.</summary>
    public const int ClientFailuresMax = 120;

    /// <summary>How many refused activations one operator may have in an hour, over all logins.</summary>
    public const int OperatorFailuresMax = 2000;

    /// <summary>Spends a code; the token is shown here and never again.</summary>
    /// <exception cref="LedgerUnreachableException">Postgres cannot be used right now.</exception>
    public async Task<(ActivationOutcome Outcome, Guid AccountId, string Token)> ActivateAsync(
        ActivationRequest request, CancellationToken cancellationToken)
    {
        var (token, sha256) = TokenHash.NewToken();
        var (outcome, account) = await LedgerUnreachableException.Guard(async () =>
        {
            await using var connection = await database.Reads.OpenConnectionAsync(cancellationToken);
            return await connection.QuerySingleAsync<(short, Guid?)>(new CommandDefinition(
                """
                select outcome, account from activate_app(
                  @OperatorId, @ClientId, @Login, @loginKey, activation_code_hmac(@OperatorId, @Login, @hmacs), @ActivationId,
                  @DeviceName, @TermsVersion, @sha256, @loginFailures, @clientFailures, @operatorFailures, @tries, @retry)
                """,
                new
                {
                    request.OperatorId,
                    request.ClientId,
                    request.Login,
                    loginKey = keys.Current.OfLogin(request.OperatorId, request.Login),
                    hmacs = keys.All.Select(key => key.OfCode(request.OperatorId, request.Login, request.Code)).ToArray(),
                    request.ActivationId,
                    request.DeviceName,
                    request.TermsVersion,
                    sha256,
                    loginFailures = LoginFailuresMax,
                    clientFailures = ClientFailuresMax,
                    operatorFailures = OperatorFailuresMax,
                    tries = Limits.ActivationTriesMax,
                    retry = Limits.ActivationRetryTime,
                },
                cancellationToken: cancellationToken));
        });
        return ((ActivationOutcome)outcome, account ?? Guid.Empty, token);
    }

    /// <summary>Ends the access of an account's app.</summary>
    /// <exception cref="LedgerUnreachableException">Postgres cannot be used right now.</exception>
    public Task<int> DeactivateAsync(Guid accountId, CancellationToken cancellationToken) =>
        LedgerUnreachableException.Guard(async () =>
        {
            await using var connection = await database.Reads.OpenConnectionAsync(cancellationToken);
            return await connection.ExecuteAsync(new CommandDefinition(
                "select deactivate_app(@accountId)", new { accountId }, cancellationToken: cancellationToken));
        });
}
