using Authorisation.Testing.Ledger;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Authorisation.Admin.Tests.Support;

/// <summary>Base of the tests that talk to the shared host: an error that it logs while a test runs fails the test.</summary>
public abstract class AdminTest(SharedAdmin shared) : IClassFixture<SharedAdmin>, IDisposable
{
    private readonly int _entriesBefore = shared.Host.Log.Entries.Count;

    /// <summary>What there is.</summary>
    protected SharedAdmin Shared => shared;

    /// <summary>The ledger.</summary>
    protected TestLedger Ledger => shared.Ledger;

    private protected InProcessAdmin Host => shared.Host;

    private protected Mailbox Mailbox => shared.Mailbox;

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    private protected Task<AdminOperator> NewOperatorAsync(string profile = "jamtland") =>
        AdminOperator.CreateAsync(Ledger, Host, Mailbox, profile);

    private protected async Task<AdminOrganisation> NewCustomerAsync(string profile = "jamtland") =>
        await (await NewOperatorAsync(profile)).CustomerAsync();

    /// <summary>Fails the test if the host logged an error while it ran.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            Assert.DoesNotContain(shared.Host.Log.Entries.Skip(_entriesBefore), entry => entry.Level >= LogLevel.Error);
        }
    }
}
