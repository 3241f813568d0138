using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Authorisation.Core;

namespace Authorisation.Administration.Events;

/// <summary>
/// Signs what is sent as <see href="https://www.standardwebhooks.com">Standard Webhooks</see> says: HMAC with SHA-256 of
/// id, time and body under each secret in force, so that a receiver may have the old or the new one while it changes.
/// </summary>
internal static class WebhookSignature
{
    /// <summary>What a secret begins with, as its holder is shown it.</summary>
    public const string SecretPrefix = "whsec_";

    private const string Version = "v1,";

    /// <summary>A new secret, as its holder is shown it.</summary>
    public static string NewSecret() =>
        SecretPrefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(Limits.WebhookSecretBytes));

    /// <summary>The header <c>webhook-signature</c>.</summary>
    /// <param name="id">The header <c>webhook-id</c>.</param>
    /// <param name="at">The header <c>webhook-timestamp</c>, in seconds since 1970.</param>
    /// <param name="body">The body, as it is sent.</param>
    /// <param name="secrets">The secrets in force.</param>
    public static string Of(string id, long at, string body, IEnumerable<string> secrets)
    {
        var signed = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{at}.{body}"));
        return string.Join(' ', secrets.Select(secret => Version + Convert.ToBase64String(
            HMACSHA256.HashData(Convert.FromBase64String(secret[SecretPrefix.Length..]), signed))));
    }
}
