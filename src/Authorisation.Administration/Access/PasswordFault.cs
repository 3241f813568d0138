namespace Authorisation.Administration.Access;

/// <summary>What is wrong with a password that a person chose.</summary>
internal enum PasswordFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Too short or too long.</summary>
    Length,

    /// <summary>A repetition or a sequence, such as <c>123456789012</c>.</summary>
    Sequence,

    /// <summary>Built on words that are tried first, such as <c>password1234</c>.</summary>
    Common,

    /// <summary>Built on the person's own name, e-mail address, organisation or operator.</summary>
    Personal,
}
