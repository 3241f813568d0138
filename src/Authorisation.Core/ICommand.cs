namespace Authorisation.Core;

/// <summary>
/// Something that is asked for and that <see cref="Decide"/> decides: a purchase, an operation, an advice.
/// </summary>
public interface ICommand
{
    /// <summary>The authorisation that it is, or is about.</summary>
    Guid AuthorisationId { get; }

    /// <summary>The caller.</summary>
    Originator Originator { get; }
}
