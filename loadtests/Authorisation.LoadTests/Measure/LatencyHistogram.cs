using System.Numerics;

namespace Authorisation.LoadTests.Measure;

/// <summary>
/// Counts of durations in buckets whose width grows with the duration, so that a value is known to one part in
/// <see cref="BucketsPerOctave"/> wherever it lies, from a nanosecond to <see cref="ValueMax"/>, in fixed memory.
/// </summary>
/// <remarks>Not for several threads: each thread records into its own, which are added up afterwards.</remarks>
public sealed class LatencyHistogram
{
    /// <summary>The buckets of each doubling; a value is off by at most one part in as many.</summary>
    public const int BucketsPerOctave = 1 << OctaveBits;

    /// <summary>
    /// The longest duration it distinguishes, in nanoseconds: about 137 s. Longer ones count as this.
    /// </summary>
    public const long ValueMax = (1L << ValueBits) - 1;

    private const int OctaveBits = 7;
    private const int ValueBits = 37;
    private const int Buckets = (ValueBits - OctaveBits + 1) * BucketsPerOctave;

    private readonly long[] _counts = new long[Buckets];

    /// <summary>How many were recorded.</summary>
    public long Count { get; private set; }

    /// <summary>The longest that was recorded, exactly; 0 when nothing was.</summary>
    public long Max { get; private set; }

    /// <summary>Counts one duration, in nanoseconds; below 0 counts as 0.</summary>
    public void Record(long nanoseconds)
    {
        var value = Math.Clamp(nanoseconds, 0, ValueMax);
        _counts[IndexOf(value)]++;
        Count++;
        Max = Math.Max(Max, value);
    }

    /// <summary>Adds what another one counted.</summary>
    public void Add(LatencyHistogram other)
    {
        for (var i = 0; i < Buckets; i++)
        {
            _counts[i] += other._counts[i];
        }

        Count += other.Count;
        Max = Math.Max(Max, other.Max);
    }

    /// <summary>
    /// The duration that <paramref name="percent"/> of those recorded did not exceed, in nanoseconds: the upper end of
    /// its bucket, so that it is never reported too small. 0 when nothing was recorded.
    /// </summary>
    public long Percentile(double percent)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(percent, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(percent, 100);
        var rank = Math.Max(1, (long)Math.Ceiling(percent / 100 * Count));
        long seen = 0;
        for (var i = 0; i < Buckets; i++)
        {
            seen += _counts[i];
            if (seen >= rank)
            {
                return Math.Min(UpperEndOf(i), Max);
            }
        }

        return Max;
    }

    /// <summary>
    /// The share of those recorded that took longer than so many nanoseconds, known to a bucket's width; 0 when nothing
    /// was recorded.
    /// </summary>
    public double ShareAbove(long nanoseconds)
    {
        long above = 0;
        for (var i = IndexOf(Math.Clamp(nanoseconds, 0, ValueMax)) + 1; i < Buckets; i++)
        {
            above += _counts[i];
        }

        return (double)above / Math.Max(1, Count);
    }

    // Values below two octaves' worth of buckets have one each; above, an octave's leading bits choose the bucket.
    private static int IndexOf(long value)
    {
        var shift = Math.Max(0, BitOperations.Log2((ulong)value) - OctaveBits);
        return (shift << OctaveBits) + (int)(value >> shift);
    }

    private static long UpperEndOf(int index)
    {
        var shift = Math.Max(0, (index >> OctaveBits) - 1);
        long leading = index - (shift << OctaveBits);
        return ((leading + 1) << shift) - 1;
    }
}
