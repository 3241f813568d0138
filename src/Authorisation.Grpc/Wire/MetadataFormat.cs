using System.Buffers.Text;
using Grpc.Core;

namespace Grpc.Shared;

/// <summary>How metadata entries stand in HTTP headers.</summary>
internal static class MetadataFormat
{
    private static readonly System.Buffers.SearchValues<char> PrintableAscii = System.Buffers.SearchValues.Create(
        [.. Enumerable.Range(' ', '~' - ' ' + 1).Select(static c => (char)c)]);

    /// <summary>The header's value, or null if the entry has no key or its text is not printable ASCII.</summary>
    public static string? TryFormat(Metadata.Entry entry)
    {
        if (entry.IsBinary)
        {
            // Base64 without padding, as the protocol prefers.
            return Convert.ToBase64String(entry.BinaryValue).TrimEnd('=');
        }

        return entry.Key.Length == 0 || entry.Value.AsSpan().ContainsAnyExcept(PrintableAscii) ? null : entry.Value;
    }

    /// <summary>Adds a header's value as one entry, or as several if it is binary and joined by commas.</summary>
    /// <exception cref="FormatException">A binary value is not base64.</exception>
    public static void Add(Metadata metadata, string key, string value)
    {
        if (!Metadata.Entry.IsBinaryKey(key))
        {
            metadata.Add(new Metadata.Entry(key, value));
            return;
        }

        foreach (var part in value.AsSpan().Split(','))
        {
            metadata.Add(Metadata.Entry.FromOwnedBytes(key, Decode(value.AsSpan(part).Trim())));
        }
    }

    private static byte[] Decode(ReadOnlySpan<char> base64)
    {
        base64 = base64.TrimEnd('=');
        Span<char> padded = base64.Length <= 256 ? stackalloc char[260] : new char[base64.Length + 4];
        base64.CopyTo(padded);
        var length = base64.Length;
        while (length % 4 != 0)
        {
            padded[length++] = '=';
        }

        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(length)];
        if (!Convert.TryFromBase64Chars(padded[..length], bytes, out var written))
        {
            throw new FormatException("A binary metadata value is not base64.");
        }

        return written == bytes.Length ? bytes : bytes[..written];
    }
}
