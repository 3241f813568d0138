using Xunit.Abstractions;

namespace Authorisation.Testing;

/// <summary>Base of tests that run code which logs: an unexpected error in the log fails the test.</summary>
public abstract class LoggedTest : IDisposable
{
    /// <summary>Begins the log.</summary>
    protected LoggedTest(ITestOutputHelper output) => Log = new TestLog(output);

    /// <summary>What is logged; give it to the host or logger factory under test.</summary>
    protected TestLog Log { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Fails the test if an error was logged that it did not expect.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            Log.AssertNoUnexpectedErrors();
        }
    }
}
