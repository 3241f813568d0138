using System.Globalization;

namespace Authorisation.LoadTests.Http2;

/// <summary>
/// Reads the header blocks (HPACK, RFC 7541) of answers for the one field that matters: <c>grpc-status</c>.
/// </summary>
/// <remarks>
/// The connection's settings forbid the server a table of fields seen before, so every block is independent.
/// Huffman-coded text is refused: the servers measured here send none, and a decoder for it would cost every answer.
/// </remarks>
internal static class HeaderDecoder
{
    /// <summary>What <see cref="ReadStatus"/> answers for a block without <c>grpc-status</c>.</summary>
    public const int NoStatus = -1;

    private const int StaticFields = 61;
    private const int ContinueBit = 0x80;

    /// <summary>Reads one whole block and returns its <c>grpc-status</c>, or <see cref="NoStatus"/>.</summary>
    public static int ReadStatus(ReadOnlySpan<byte> block)
    {
        var status = NoStatus;
        while (!block.IsEmpty)
        {
            var first = block[0];
            if ((first & 0x80) != 0)
            {
                RequireStatic(Integer(ref block, prefixBits: 7));
            }
            else if ((first & 0xE0) == 0x20)
            {
                // The size of the table, which is 0.
                Integer(ref block, prefixBits: 5);
            }
            else
            {
                var nameIndex = Integer(ref block, (first & 0x40) != 0 ? 6 : 4);
                RequireStatic(nameIndex);
                var isStatus = nameIndex == 0 && Text(ref block).SequenceEqual("grpc-status"u8);
                var value = Text(ref block);
                status = isStatus ? int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture) : status;
            }
        }

        return status;
    }

    private static void RequireStatic(int index)
    {
        if (index > StaticFields)
        {
            throw new LoadFailedException("The server refers to header fields that it was asked not to remember.");
        }
    }

    private static ReadOnlySpan<byte> Text(ref ReadOnlySpan<byte> block)
    {
        if ((block[0] & ContinueBit) != 0)
        {
            throw new LoadFailedException("The server sends Huffman-coded headers, which this client cannot read.");
        }

        var length = Integer(ref block, prefixBits: 7);
        var text = block[..length];
        block = block[length..];
        return text;
    }

    private static int Integer(ref ReadOnlySpan<byte> block, int prefixBits)
    {
        var most = (1 << prefixBits) - 1;
        var value = block[0] & most;
        block = block[1..];
        if (value < most)
        {
            return value;
        }

        for (var shift = 0; ; shift += 7)
        {
            var next = block[0];
            block = block[1..];
            value += (next & (ContinueBit - 1)) << shift;
            if ((next & ContinueBit) == 0)
            {
                return value;
            }
        }
    }
}
