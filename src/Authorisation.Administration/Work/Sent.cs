namespace Authorisation.Administration.Work;

/// <summary>
/// A field of a change: one that was not sent stays as it is, and one that was sent as null is cleared.
/// </summary>
/// <param name="IsSent">Whether it was sent, be it as null.</param>
/// <param name="Value">What was sent.</param>
internal readonly record struct Sent<T>(bool IsSent, T? Value)
{
    /// <summary>A field that was sent.</summary>
    public static implicit operator Sent<T>(T? value) => new(IsSent: true, value);

    /// <summary>What was sent, or what is stored.</summary>
    public T? Or(T? current) => IsSent ? Value : current;
}
