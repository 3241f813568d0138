using System.Text;

namespace Authorisation.Administration.Imports;

/// <summary>The text of a file, in whichever encoding a spreadsheet has saved it.</summary>
internal static class CsvEncoding
{
    // Enough to see in which places the zeros of UTF-16 stand.
    private const int BytesLookedAt = 512;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads UTF-8, UTF-16 of either order, with its mark or without, and else Windows-1252.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith(Encoding.Unicode.Preamble))
        {
            return Encoding.Unicode.GetString(bytes[Encoding.Unicode.Preamble.Length..]);
        }

        if (bytes.StartsWith(Encoding.BigEndianUnicode.Preamble))
        {
            return Encoding.BigEndianUnicode.GetString(bytes[Encoding.BigEndianUnicode.Preamble.Length..]);
        }

        var mark = Encoding.UTF8.Preamble;
        if (bytes.StartsWith(mark))
        {
            bytes = bytes[mark.Length..];
        }
        else if (Utf16WithoutMark(bytes) is { } utf16)
        {
            return utf16.GetString(bytes);
        }

        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(1252)!.GetString(bytes);
        }
    }

    // Of Swedish and Norwegian text nearly every second byte is zero then, and of no other text any.
    private static UnicodeEncoding? Utf16WithoutMark(ReadOnlySpan<byte> bytes)
    {
        var pairs = Math.Min(bytes.Length, BytesLookedAt) / 2;
        var (first, second) = (0, 0);
        for (var i = 0; i < pairs; i++)
        {
            first += bytes[2 * i] == 0 ? 1 : 0;
            second += bytes[(2 * i) + 1] == 0 ? 1 : 0;
        }

        return pairs == 0 || bytes.Length % 2 != 0 || Math.Max(first, second) * 2 < pairs || Math.Min(first, second) > 0
            ? null
            : new UnicodeEncoding(bigEndian: first > second, byteOrderMark: false);
    }
}
