using Authorisation.Administration.Work;

namespace Authorisation.Admin.Web;

/// <summary>
/// Marks a field that holds the name of a value, as <see cref="Words"/> writes it; 0 is none, where there is such a
/// value.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
internal sealed class WordsOfAttribute<T> : WordsOfAttribute
    where T : struct, Enum
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> All => [.. Enum.GetValues<T>().Where(value => !value.Equals(default(T))).Select(Words.Of)];
}

/// <summary>Marks a field that holds one of some words, or a list of them.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
internal abstract class WordsOfAttribute : Attribute
{
    /// <summary>The words, in the order of the values.</summary>
    public abstract IReadOnlyList<string> All { get; }
}
