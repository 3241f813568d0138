using System.Text;

namespace Authorisation.LoadTests.Http2;

/// <summary>
/// The header blocks (HPACK) of the requests that one connection sends. The first request of each method spells its
/// fields and has the server remember them, as gRPC clients do; every further one names them by a byte each.
/// </summary>
internal sealed class HeaderBlocks(string authority, string token)
{
    private const byte Post = 0x83;
    private const byte SchemeHttp = 0x86;
    private const byte Indexed = 0x80;
    private const byte Remembered = 0x40;
    private const int AuthorityName = 1;
    private const int PathName = 4;
    private const int AuthorizationName = 23;
    private const int ContentTypeName = 31;
    private const int NewestIndex = 62;

    private readonly Dictionary<string, int> _ages = new(StringComparer.Ordinal);
    private readonly Dictionary<string, byte[]> _blocks = new(StringComparer.Ordinal);
    private int _remembered;

    /// <summary>The block of a call of <paramref name="path"/>, such as <c>/package.Service/Method</c>.</summary>
    public ReadOnlySpan<byte> For(string path)
    {
        if (_blocks.TryGetValue(path, out var known))
        {
            return known;
        }

        var block = new MemoryStream();
        block.Write([Post, SchemeHttp]);
        var isNew = Field(block, PathName, null, path);
        isNew |= Field(block, AuthorityName, null, authority);
        isNew |= Field(block, ContentTypeName, null, "application/grpc");
        isNew |= Field(block, 0, "te", "trailers");
        isNew |= Field(block, AuthorizationName, null, $"Bearer {token}");
        if (!isNew)
        {
            _blocks[path] = block.ToArray();
        }

        return block.ToArray();
    }

    // Whether the field had to be spelt. Its index grows with each field that is remembered after it.
    private bool Field(MemoryStream block, int nameIndex, string? name, string value)
    {
        var key = $"{nameIndex}{name}:{value}";
        if (_ages.TryGetValue(key, out var age))
        {
            block.WriteByte((byte)(Indexed | (NewestIndex + _remembered - age - 1)));
            return false;
        }

        // A block kept earlier names its fields by indexes that this one moves.
        _blocks.Clear();
        _ages[key] = _remembered++;
        block.WriteByte((byte)(Remembered | nameIndex));
        if (name is not null)
        {
            Text(block, name);
        }

        Text(block, value);
        return true;
    }

    private static void Text(MemoryStream block, string text)
    {
        var bytes = Encoding.ASCII.GetBytes(text);
        if (bytes.Length >= 127)
        {
            throw new ArgumentException("Longer than one byte can count.", nameof(text));
        }

        block.WriteByte((byte)bytes.Length);
        block.Write(bytes);
    }
}
