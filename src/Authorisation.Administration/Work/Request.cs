namespace Authorisation.Administration.Work;

/// <summary>
/// What an operation is asked for. A front that could not read it says so only when the operation asks: after that has
/// found out whether the principal may do this at all.
/// </summary>
/// <param name="isCurrent">
/// Whether the revision in force is the one that the front read; null when it does not mind.
/// </param>
internal class Request(Func<long, bool>? isCurrent = null)
{
    /// <summary>Refuses to change another revision than the one that the front read.</summary>
    /// <exception cref="RefusedException"><see cref="ProblemCode.ChangedByAnother"/>.</exception>
    public void RequireRevision(long revision)
    {
        if (isCurrent is not null && !isCurrent(revision))
        {
            throw Problems.Changed();
        }
    }
}

/// <inheritdoc cref="Request"/>
/// <param name="read">Gives what is asked for, or throws what is wrong with how that was written.</param>
/// <param name="isCurrent">
/// Whether the revision in force is the one that the front read; null when it does not mind.
/// </param>
internal sealed class Request<T>(Func<T> read, Func<long, bool>? isCurrent = null) : Request(isCurrent)
{
    /// <summary>What is asked for.</summary>
    /// <exception cref="RefusedException">It could not be read.</exception>
    public T Read() => read();

    /// <summary>Of what is known already.</summary>
    public static implicit operator Request<T>(T value) => new(() => value);
}
