using Authorisation.Provisioning;
using Authorisation.Testing.Ledger;
using Xunit;

namespace Authorisation.Server.Tests.Support;

/// <summary>
/// Base of the tests that talk to the shared server: an error that it logs while a test runs fails the test.
/// </summary>
public abstract class WireTest(SharedWire wire) : IClassFixture<SharedWire>, IDisposable
{
    private readonly int _entriesBefore = wire.Server.Log.Entries.Count;

    /// <summary>The ledger behind the server.</summary>
    protected TestLedger Ledger => wire.Ledger;

    /// <summary>What else there is.</summary>
    protected SharedWire Wire => wire;

    /// <summary>The server.</summary>
    private protected InProcessServer Server => wire.Server;

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Makes an operator of the test's own.</summary>
    private protected Task<WireOperator> NewOperatorAsync(Func<NewOperator, NewOperator>? change = null) =>
        WireOperator.CreateAsync(wire.Ledger, wire.Server, change);

    /// <summary>Fails the test if the server logged an error while it ran.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            var errors = string.Join(Environment.NewLine, wire.Server.Log.Entries.Skip(_entriesBefore).Where(entry => entry.IsFault));
            Assert.True(errors.Length == 0, errors);
        }
    }
}
