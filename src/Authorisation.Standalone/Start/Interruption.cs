using System.Runtime.InteropServices;

namespace Authorisation.Standalone.Start;

/// <summary>
/// Maps Ctrl-C and similar signals to a cancellation, so that everything is stopped in good order; the second one ends
/// the process at once, and the servers with it.
/// </summary>
/// <remarks>
/// Handlers run on separate threads; they only exchange one number and cancel, both of which are safe.
/// </remarks>
internal sealed class Interruption : IDisposable
{
    private const int ExitCodeOfSignals = 128;

    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _exitCode;

    /// <summary>Begins to listen.</summary>
    public Interruption() => _registrations =
    [
        Listen(PosixSignal.SIGINT, 2),
        Listen(PosixSignal.SIGTERM, 15),
        Listen(PosixSignal.SIGHUP, 1),
        Listen(PosixSignal.SIGQUIT, 3),
    ];

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>The exit code that shows a shell which signal it was; 0 before any.</summary>
    public int ExitCode => Volatile.Read(ref _exitCode);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _source.Dispose();
    }

    private PosixSignalRegistration Listen(PosixSignal signal, int number) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            if (Interlocked.CompareExchange(ref _exitCode, ExitCodeOfSignals + number, 0) == 0)
            {
                _source.Cancel();
            }
            else if (number != 1)
            {
                // A closing terminal sends SIGHUP after SIGINT; that is no impatience.
                Environment.Exit(ExitCodeOfSignals + number);
            }
        });
}
