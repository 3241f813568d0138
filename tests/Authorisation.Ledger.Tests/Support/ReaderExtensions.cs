using Authorisation.Core;
using Authorisation.Ledger.Reads;

namespace Authorisation.Ledger.Tests.Support;

internal static class ReaderExtensions
{
    /// <summary>The entry that an id has; <see langword="null"/> when it was never decided.</summary>
    public static async Task<AuthorisationEntry?> FindEntryAsync(
        this LedgerReader reader, Guid id, CancellationToken cancellationToken) =>
        (await reader.FindAuthorisationAsync(id, cancellationToken)).History?.Entry;
}
