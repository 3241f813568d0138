namespace Authorisation.Admin.Web;

/// <summary>Marks a field that holds a month as YYYY-MM.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
internal sealed class MonthAttribute : Attribute
{
    /// <summary>What such a text is, as a regular expression.</summary>
    public const string Pattern = "^[0-9]{4}-(0[1-9]|1[0-2])$";

    /// <summary>How many characters it has.</summary>
    public const int Characters = 7;
}

/// <summary>Bounds the texts in a dictionary or a list.</summary>
/// <param name="charactersMax">How many characters each has at most.</param>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
internal sealed class MaxTextLengthAttribute(int charactersMax) : Attribute
{
    /// <summary>How many characters each has at most.</summary>
    public int CharactersMax => charactersMax;
}
