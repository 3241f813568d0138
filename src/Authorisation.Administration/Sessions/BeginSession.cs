using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Authorisation.Core;

namespace Authorisation.Administration.Sessions;

/// <summary>E-mail address and password, as they were typed.</summary>
internal sealed record SignInRequest(string? Email, string? Password);

/// <summary>
/// Signs a person in. Of all operations it is the one that anybody can ask for as often as the bounds allow and that
/// costs processor time, so it is no transaction: nothing is locked and no connection held while a password is hashed,
/// and sign-ins with one address wait for each other no more than those with an unknown one do.
/// </summary>
internal sealed class BeginSession(ControlDatabase database, SignIns signIns)
{
    /// <param name="address">From where the person calls; null when it is not known.</param>
    /// <param name="request">What was typed.</param>
    /// <exception cref="RefusedException">
    /// A field is missing or too long, they are wrong, or the address is locked.
    /// </exception>
    public async Task<SessionView> RunAsync(string? address, Request<SignInRequest> request)
    {
        var (email, password) = Check(request.Read());
        // Opened by each statement, and returned after it.
        await using var db = database.Source.CreateConnection();
        return await signIns.BeginAsync(db, email, password, address) ?? throw new RefusedException(
            ProblemCode.WrongCredentials,
            "The e-mail address or the password is wrong, or there were too many wrong ones lately.");
    }

    // Every password that could once be chosen is compared: it is only bounded, as hashing takes time by its length.
    private static (string Email, string Password) Check(SignInRequest asked)
    {
        var fields = new Fields();
        if (string.IsNullOrWhiteSpace(asked.Email))
        {
            fields.Add("email", FieldCode.Required, "is required");
        }
        else if (asked.Email.Length > Limits.EmailCharactersMax)
        {
            fields.AddTooLong("email", Limits.EmailCharactersMax);
        }

        var password = fields.PresentPassword("password", asked.Password);
        fields.ThrowIfAny();
        return (asked.Email!, password);
    }
}
