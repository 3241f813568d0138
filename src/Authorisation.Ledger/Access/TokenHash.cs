using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Authorisation.Ledger.Access;

/// <summary>
/// The SHA-256 of a bearer token, which is all that is kept of it. Tokens are 256 random bits, so the plain hash cannot
/// be reversed, and comparing hashes reveals nothing about a token.
/// </summary>
public readonly record struct TokenHash
{
    /// <summary>The longest token that is looked at, in characters; ours have 43.</summary>
    public const int TokenCharactersMax = 256;

    private const int TokenBytes = 32;

    private readonly UInt128 _high;
    private readonly UInt128 _low;

    private TokenHash(ReadOnlySpan<byte> sha256)
    {
        _high = BinaryPrimitives.ReadUInt128BigEndian(sha256);
        _low = BinaryPrimitives.ReadUInt128BigEndian(sha256[16..]);
    }

    /// <summary>
    /// The hash of a token as it is written in a header; <see langword="false"/> when it is no token of ours.
    /// </summary>
    public static bool TryOf(ReadOnlySpan<char> token, out TokenHash hash)
    {
        hash = default;
        if (token.Length is 0 or > TokenCharactersMax || !Ascii.IsValid(token))
        {
            return false;
        }

        Span<byte> ascii = stackalloc byte[TokenCharactersMax];
        var length = Encoding.ASCII.GetBytes(token, ascii);
        Span<byte> sha256 = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(ascii[..length], sha256);
        hash = new TokenHash(sha256);
        return true;
    }

    /// <summary>The hash as stored.</summary>
    public static TokenHash FromBytes(ReadOnlySpan<byte> sha256) => new(sha256);

    /// <summary>A new random token, in base64url, and what to store of it.</summary>
    public static (string Token, byte[] Sha256) NewToken()
    {
        var token = System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes));
        return (token, Sha256Of(token));
    }

    /// <summary>
    /// What is stored of a token, whatever it is made of; of at most <see cref="TokenCharactersMax"/> characters.
    /// </summary>
    public static byte[] Sha256Of(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
