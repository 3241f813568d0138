using Authorisation.Administration.Access;
using Authorisation.Administration.Work;

namespace Authorisation.Administration.Sessions;

/// <summary>The password that the principal has, and the one that is wanted.</summary>
internal sealed record PasswordChangeRequest(string? CurrentPassword, string? Password);

/// <summary>What became of a change of password: a new session, or what it was refused for.</summary>
/// <param name="Session">The session that goes on; null when the current password was wrong.</param>
/// <param name="Refusal">Why nothing was changed; null when it was.</param>
internal sealed record PasswordChanged(SessionView? Session, RefusedException? Refusal);

/// <summary>Changes the principal's own password. All sessions end, also the one that asks; a new one begins.</summary>
internal sealed class ChangePassword(SignIns signIns, Passwords passwords)
{
    /// <returns>
    /// The new session; or the refusal of a wrong current password. That is counted, so the work has to be committed: a
    /// stolen session must not allow guessing.
    /// </returns>
    /// <exception cref="RefusedException">A field is missing, or the new password cannot be one.</exception>
    public async Task<PasswordChanged> RunAsync(UnitOfWork work, Request<PasswordChangeRequest> request)
    {
        var person = work.Principal;
        var asked = request.Read();
        var fields = new Fields();
        var current = fields.PresentPassword("current_password", asked.CurrentPassword);
        fields.AddPasswordFault("password", await Passwords.FaultOfAsync(work.Db, person.PersonId, asked.Password));
        if (asked.Password is not null && asked.Password == asked.CurrentPassword)
        {
            fields.Add("password", FieldCode.NotPossible, "must be another than the one that you have");
        }

        fields.ThrowIfAny();
        if (!await signIns.IsRightAsync(work.Db, person.Email, current, work.Address))
        {
            return new PasswordChanged(Session: null, Problems.Field(
                "current_password", FieldCode.NotPossible,
                "must be the one that you have, and there must not have been too many wrong ones lately"));
        }

        await passwords.SetAsync(
            work.Db, person.PersonId, asked.Password!, "password.changed", person.PersonId, work.Address);
        return new PasswordChanged(await SignIns.BeginAsync(work.Db, person.PersonId, work.Address), Refusal: null);
    }
}
