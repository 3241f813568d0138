using System.Globalization;

namespace Grpc.Shared;

/// <summary>The value of <c>grpc-timeout</c>: up to eight digits and a unit.</summary>
internal static class TimeoutFormat
{
    private const int DigitsMax = 8;

    public static bool TryParse(string? text, out TimeSpan timeout)
    {
        timeout = default;
        if (text is null || text.Length is < 2 or > DigitsMax + 1)
        {
            return false;
        }

        long amount = 0;
        for (var i = 0; i < text.Length - 1; i++)
        {
            if (!char.IsAsciiDigit(text[i]))
            {
                return false;
            }

            amount = (amount * 10) + (text[i] - '0');
        }

        long ticksPerUnit;
        switch (text[^1])
        {
            case 'H': ticksPerUnit = TimeSpan.TicksPerHour; break;
            case 'M': ticksPerUnit = TimeSpan.TicksPerMinute; break;
            case 'S': ticksPerUnit = TimeSpan.TicksPerSecond; break;
            case 'm': ticksPerUnit = TimeSpan.TicksPerMillisecond; break;
            case 'u': ticksPerUnit = TimeSpan.TicksPerMicrosecond; break;
            case 'n':
                // A tick is 100 ns; rounded up, so that a positive timeout is never none.
                timeout = TimeSpan.FromTicks((amount + 99) / 100);
                return true;
            default: return false;
        }

        timeout = TimeSpan.FromTicks(amount * ticksPerUnit);
        return true;
    }

    /// <summary>Rounded up to what the digits can say, so that the server never stops before the client.</summary>
    public static string Format(TimeSpan timeout)
    {
        if (timeout <= TimeSpan.Zero)
        {
            return "1n";
        }

        ReadOnlySpan<(long TicksPerUnit, char Unit)> units =
        [
            (TimeSpan.TicksPerMicrosecond, 'u'),
            (TimeSpan.TicksPerMillisecond, 'm'),
            (TimeSpan.TicksPerSecond, 'S'),
            (TimeSpan.TicksPerMinute, 'M'),
        ];
        foreach (var (ticksPerUnit, unit) in units)
        {
            var amount = RoundUp(timeout.Ticks, ticksPerUnit);
            if (amount < 100_000_000)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{amount}{unit}");
            }
        }

        return string.Create(CultureInfo.InvariantCulture, $"{Math.Min(RoundUp(timeout.Ticks, TimeSpan.TicksPerHour), 99_999_999)}H");
    }

    private static long RoundUp(long ticks, long ticksPerUnit) => (ticks / ticksPerUnit) + (ticks % ticksPerUnit > 0 ? 1 : 0);
}
