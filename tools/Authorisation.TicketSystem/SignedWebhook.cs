using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using StandardWebhooks;

namespace Authorisation.TicketSystem;

/// <summary>
/// Whether a request is signed as <see href="https://www.standardwebhooks.com">Standard Webhooks</see> says: by any
/// signature of its list, as a secret that is being changed signs beside the new one.
/// </summary>
/// <remarks>
/// The library computes the signature. Its own check looks at the first of a list alone, and goes by the machine's clock,
/// which is not the demo's when that is set with <c>--now</c>.
/// </remarks>
internal static class SignedWebhook
{
    /// <summary>The header with the event's id.</summary>
    public const string IdHeader = "webhook-id";

    /// <summary>Whether a request is signed with the secret, and about now.</summary>
    public static bool IsSigned(string secret, IHeaderDictionary headers, string body, DateTimeOffset now)
    {
        var id = headers[IdHeader].ToString();
        if (id.Length == 0
            || !long.TryParse(headers["webhook-timestamp"], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || seconds > DateTimeOffset.MaxValue.ToUnixTimeSeconds())
        {
            return false;
        }

        var at = DateTimeOffset.FromUnixTimeSeconds(seconds);
        if ((now - at).Duration() > Bounds.SignatureAge)
        {
            return false;
        }

        var expected = Encoding.UTF8.GetBytes(new StandardWebhook(secret).Sign(id, at, body));
        return headers["webhook-signature"].ToString().Split(' ').Any(
            one => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(one), expected));
    }

    /// <summary>A time as <c>Retry-After</c> has it: at least a second.</summary>
    public static string WholeSeconds(TimeSpan time) =>
        Math.Max(1, (int)Math.Ceiling(time.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
}
