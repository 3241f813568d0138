using System.Diagnostics;

namespace Authorisation.Standalone.Start;

/// <summary>
/// Says what is being done and for how long: one line that counts on a terminal, plain lines elsewhere.
/// </summary>
/// <remarks>The counting line and its end are written under one lock, so that no tick follows the end.</remarks>
internal sealed class Progress : IDisposable
{
    private static readonly TimeSpan WorthTelling = TimeSpan.FromSeconds(1);

    private readonly TextWriter _output;
    private readonly string _doing;
    private readonly bool _isTerminal;
    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly Lock _lines = new();
    private readonly Timer _ticks;
    private bool _isOver;

    /// <summary>Begins the line.</summary>
    public Progress(TextWriter output, string doing, bool isTerminal)
    {
        _output = output;
        _doing = doing;
        _isTerminal = isTerminal;
        var period = isTerminal ? Bounds.ProgressTerminal : Bounds.ProgressPlain;
        _output.Write(isTerminal ? doing : doing + Environment.NewLine);
        _ticks = new Timer(_ => Tick(), null, period, period);
    }

    private TimeSpan Elapsed => Stopwatch.GetElapsedTime(_began);

    /// <summary>Ends the line.</summary>
    public void Dispose()
    {
        lock (_lines)
        {
            _isOver = true;
            _ticks.Dispose();
            if (_isTerminal)
            {
                _output.WriteLine(Elapsed < WorthTelling ? "" : $"\r{_doing}: {Elapsed.TotalSeconds:0.0} s");
            }
        }
    }

    private void Tick()
    {
        lock (_lines)
        {
            if (!_isOver)
            {
                _output.Write(_isTerminal
                    ? $"\r{_doing} … {Elapsed.TotalSeconds:0} s"
                    : $"{_doing} … {Elapsed.TotalSeconds:0} s so far{Environment.NewLine}");
            }
        }
    }
}
