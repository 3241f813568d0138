using Authorisation.Testing;

namespace Authorisation.Standalone.Tests;

/// <summary>Base of tests that start servers: each start leaves 40 MB, deleted when the test is over.</summary>
public abstract class DirectoryTest : IDisposable
{
    private readonly List<string> _paths = [];

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected string NewPath(string name)
    {
        _paths.Add(TestDirectory.NewPath(name));
        return _paths[^1];
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            TestDirectory.Delete(_paths);
        }
    }
}
