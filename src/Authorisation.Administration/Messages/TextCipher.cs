using System.Security.Cryptography;
using System.Text;
using Authorisation.Ledger.Activation;

namespace Authorisation.Administration.Messages;

/// <summary>
/// Encrypts what is kept and grants access: the texts of messages while they wait, which have codes and links, and the
/// secrets of webhooks.
/// </summary>
internal sealed class TextCipher(CodeKeys keys)
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    /// <summary>Encrypts a text for one id; it cannot be moved to another.</summary>
    public byte[] Encrypt(Guid messageId, string text)
    {
        var plain = Encoding.UTF8.GetBytes(text);
        var sealedText = new byte[NonceBytes + plain.Length + TagBytes];
        RandomNumberGenerator.Fill(sealedText.AsSpan(0, NonceBytes));
        using var aes = new AesGcm(keys.Current.MessageTexts, TagBytes);
        aes.Encrypt(
            sealedText.AsSpan(0, NonceBytes),
            plain,
            sealedText.AsSpan(NonceBytes, plain.Length),
            sealedText.AsSpan(NonceBytes + plain.Length),
            messageId.ToByteArray());
        return sealedText;
    }

    /// <summary>Reads a text back.</summary>
    /// <exception cref="CryptographicException">
    /// It was encrypted under a key that is not set, or for another message.
    /// </exception>
    public string Decrypt(Guid messageId, ReadOnlySpan<byte> sealedText)
    {
        var plain = new byte[sealedText.Length - NonceBytes - TagBytes];
        foreach (var key in keys.All)
        {
            if (TryDecrypt(key, messageId, sealedText, plain))
            {
                return Encoding.UTF8.GetString(plain);
            }
        }

        throw new CryptographicException("The text was not encrypted for this message under a key that is set.");
    }

    /// <summary>A text encrypted again under the key that is current; null when it is under that already.</summary>
    /// <exception cref="CryptographicException">As of <see cref="Decrypt"/>.</exception>
    public byte[]? Renew(Guid id, ReadOnlySpan<byte> sealedText) =>
        TryDecrypt(keys.Current, id, sealedText, new byte[sealedText.Length - NonceBytes - TagBytes])
            ? null
            : Encrypt(id, Decrypt(id, sealedText));

    private static bool TryDecrypt(CodeKey key, Guid messageId, ReadOnlySpan<byte> sealedText, byte[] plain)
    {
        using var aes = new AesGcm(key.MessageTexts, TagBytes);
        try
        {
            aes.Decrypt(
                sealedText[..NonceBytes], sealedText[NonceBytes..^TagBytes], sealedText[^TagBytes..], plain, messageId.ToByteArray());
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }
}
