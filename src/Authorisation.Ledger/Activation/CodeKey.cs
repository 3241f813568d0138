using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Authorisation.Core;

namespace Authorisation.Ledger.Activation;

/// <summary>
/// The key that activation codes are kept under. A code has eight digits, which a plain hash would reveal at once; with
/// a key that the database does not have, what is stored reveals nothing.
/// </summary>
public sealed class CodeKey
{
    private const int KeyBytes = 32;

    private readonly byte[] _codes;

    private CodeKey(byte[] key)
    {
        _codes = HKDF.DeriveKey(HashAlgorithmName.SHA256, key, KeyBytes, info: "activation codes"u8.ToArray());
        MessageTexts = HKDF.DeriveKey(HashAlgorithmName.SHA256, key, KeyBytes, info: "message texts"u8.ToArray());
        Requests = HKDF.DeriveKey(HashAlgorithmName.SHA256, key, KeyBytes, info: "repeated requests"u8.ToArray());
    }

    /// <summary>The key that the texts of messages are kept under while they wait.</summary>
    public byte[] MessageTexts { get; }

    /// <summary>The key that requests are hashed under, to know one that is repeated.</summary>
    public byte[] Requests { get; }

    /// <summary>Reads a key of 32 bytes in Base64.</summary>
    public static bool TryParse(string? text, out CodeKey? key)
    {
        var bytes = new byte[KeyBytes];
        key = Convert.TryFromBase64String(text ?? "", bytes, out var length) && length == KeyBytes ? new CodeKey(bytes) : null;
        return key is not null;
    }

    /// <summary>A key for a demo or a test.</summary>
    public static string NewText() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes));

    /// <summary>A new one-time code: digits that nobody can foresee.</summary>
    public static string NewCode() => RandomNumberGenerator.GetString("0123456789", Limits.ActivationCodeDigits);

    /// <summary>What is stored of a code, which holds for one login of one operator.</summary>
    public byte[] OfCode(int operatorId, string login, string code) => Mac(operatorId, $"code\n{login}\n{code}");

    /// <summary>
    /// What failures of a login are counted under: it may be anybody's address, so it is not kept itself.
    /// </summary>
    public byte[] OfLogin(int operatorId, string login) => Mac(operatorId, $"login\n{login}");

    private byte[] Mac(int operatorId, string text)
    {
        var data = new byte[sizeof(int) + Encoding.UTF8.GetByteCount(text)];
        BinaryPrimitives.WriteInt32BigEndian(data, operatorId);
        Encoding.UTF8.GetBytes(text, data.AsSpan(sizeof(int)));
        return HMACSHA256.HashData(_codes, data);
    }
}
