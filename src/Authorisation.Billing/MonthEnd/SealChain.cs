using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Authorisation.Billing.MonthEnd;

/// <summary>
/// The hash over the rows of a closed month, chained to the month before: SHA-256 of the hash so far, an account's id
/// and the SHA-256 of its seals, account by account; then of the hash so far and each seal that is on no account. It
/// does not depend on how many accounts were looked at together.
/// </summary>
internal static class SealChain
{
    /// <summary>How long a seal is: a row's id and the beginning of its digest.</summary>
    public const int SealBytes = 24;

    /// <summary>What the first month of an operator is chained to.</summary>
    public static byte[] Beginning { get; } = new byte[SHA256.HashSizeInBytes];

    /// <summary>Begins a month.</summary>
    public static byte[] Begin(byte[] previous, int operatorId, int month)
    {
        Span<byte> bytes = stackalloc byte[SHA256.HashSizeInBytes + 8];
        previous.CopyTo(bytes);
        BinaryPrimitives.WriteInt32BigEndian(bytes[SHA256.HashSizeInBytes..], operatorId);
        BinaryPrimitives.WriteInt32BigEndian(bytes[(SHA256.HashSizeInBytes + 4)..], month);
        return SHA256.HashData(bytes);
    }

    /// <summary>Adds an account, by the SHA-256 of its seals, or a row on none, by its digest.</summary>
    public static byte[] Add(byte[] hash, Guid id, byte[] sealHash)
    {
        var bytes = new byte[hash.Length + 16 + sealHash.Length];
        hash.CopyTo(bytes, 0);
        id.TryWriteBytes(bytes.AsSpan(hash.Length), bigEndian: true, out _);
        sealHash.CopyTo(bytes, hash.Length + 16);
        return SHA256.HashData(bytes);
    }

    /// <summary>The rows that seals are of, with their digests.</summary>
    public static IEnumerable<(Guid Id, ulong Digest)> Rows(byte[] seals)
    {
        for (var at = 0; at + SealBytes <= seals.Length; at += SealBytes)
        {
            yield return (
                new Guid(seals.AsSpan(at, 16), bigEndian: true),
                BinaryPrimitives.ReadUInt64BigEndian(seals.AsSpan(at + 16, 8)));
        }
    }
}
