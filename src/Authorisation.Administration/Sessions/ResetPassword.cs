using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Dapper;
using Microsoft.Extensions.Logging;

namespace Authorisation.Administration.Sessions;

/// <summary>
/// Gives a person the new password that was chosen by a mailed link. The link is used up, and every session ends.
/// </summary>
internal sealed partial class ResetPassword(Passwords passwords, ILogger<ResetPassword> logger)
{
    /// <exception cref="RefusedException">The link is not in force, or the password cannot be one.</exception>
    public async Task RunAsync(UnitOfWork work, string token, Request<string?> request)
    {
        var link = await PasswordLink.LockForChangeAsync(work, token);
        var fields = new Fields();
        fields.AddPasswordFault("password", await TryAsync(work, link, request.Read()));
        fields.ThrowIfAny();
    }

    /// <summary>
    /// Gives the person of a link that is locked the password that was chosen, unless something is wrong with that.
    /// </summary>
    /// <returns>What is wrong with the password; then nothing is changed.</returns>
    public async Task<PasswordFault> TryAsync(UnitOfWork work, PasswordLink link, string? password)
    {
        var fault = await Passwords.FaultOfAsync(work.Db, link.PersonId, password);
        if (fault != PasswordFault.None)
        {
            return fault;
        }

        await work.Db.ExecuteAsync(
            "update control.password_link set used_at = ledger_now() where sha256 = @Sha256", link);
        var ended = await passwords.SetAsync(
            work.Db, link.PersonId, password!, "password.reset", link.PersonId, work.Address);
        LogReset(link.PersonId, work.Address, ended);
        return PasswordFault.None;
    }

    [LoggerMessage(
        5652, LogLevel.Information,
        "Person {Person} chose a new password by a mailed link from {Address}; {Ended} sessions ended")]
    private partial void LogReset(Guid person, string? address, int ended);
}
