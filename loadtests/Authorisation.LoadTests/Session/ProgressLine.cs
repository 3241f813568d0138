using System.Diagnostics;
using System.Globalization;

namespace Authorisation.LoadTests.Session;

/// <summary>Says what is being done: over the line before on a terminal, a line each elsewhere.</summary>
internal sealed class ProgressLine(TextWriter output, bool isTerminal)
{
    private const string ClearToEnd = "\u001b[K";

    private readonly long _began = Stopwatch.GetTimestamp();

    /// <summary>Says it.</summary>
    public void Show(string what)
    {
        var seconds = (int)Stopwatch.GetElapsedTime(_began).TotalSeconds;
        output.Write(isTerminal
            ? string.Create(CultureInfo.InvariantCulture, $"\r{seconds,4} s  {what}{ClearToEnd}")
            : string.Create(CultureInfo.InvariantCulture, $"{seconds,4} s  {what}\n"));
    }

    /// <summary>Ends the line.</summary>
    public void End()
    {
        if (isTerminal)
        {
            output.Write($"\r{ClearToEnd}");
        }
    }
}
