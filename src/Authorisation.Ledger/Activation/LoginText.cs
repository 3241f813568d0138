using Authorisation.Core;

namespace Authorisation.Ledger.Activation;

/// <summary>What travellers type beside the code.</summary>
public static class LoginText
{
    /// <summary>The login of an activation as it is stored, however the traveller wrote it.</summary>
    public static string Normalise(Operator terms, string text) => terms.ActivationLogin switch
    {
        ActivationLogin.Email when EmailAddress.TryNormalise(text, out var email) => email,
        ActivationLogin.Mobile when MobileNumber.TryNormalise(text, terms.Country, out var mobile) => mobile,
        // What is no login at all is looked for, and counted, like any that is not there.
        _ => text.Trim().ToLowerInvariant(),
    };
}
