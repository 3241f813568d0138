namespace Authorisation.Core;

/// <summary>
/// What a client without a valid token may make a server keep or do, and how many may connect.
/// </summary>
public static partial class Limits
{
    /// <summary>Default of how many connections a server has open at the same time.</summary>
    public const int ConnectionsMax = 10_000;

    /// <summary>
    /// Default of how many connections one address may have open. Many devices share the address of a mobile network,
    /// and all that come through a balancer share the balancer's.
    /// </summary>
    public const int ConnectionsPerAddressMax = 1_000;

    /// <summary>The most connections that a server can be set to allow: each costs a file descriptor.</summary>
    public const int ConnectionsSettingMax = 1_000_000;

    /// <summary>How often refused connections are logged.</summary>
    public static readonly TimeSpan RefusedConnectionsTold = TimeSpan.FromMinutes(1);

    /// <summary>How many bytes are taken in from a socket before the server has read them.</summary>
    public const int TransportReadBytesMax = 64 * 1024;

    /// <summary>The longest headers of a call, in bytes: several times what tracing and a long token come to.</summary>
    public const int CallHeaderBytesMax = 16 * 1024;

    /// <summary>How many headers a call has at most.</summary>
    public const int CallHeadersMax = 64;

    /// <summary>How long the headers of a call may take to arrive, from their first byte on.</summary>
    public static readonly TimeSpan CallHeadersTime = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a message may take to arrive: the only one of a call from the call's beginning on, one of a stream from
    /// its first byte on.
    /// </summary>
    public static readonly TimeSpan MessageTime = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How many bytes a connection that has not shown a good token may send at once: what a client sends first, its
    /// certificates and a few calls, fits in it several times.
    /// </summary>
    public const int StrangerBytesMax = 8 * 1024;

    /// <summary>
    /// How many of them are read at once, so that its calls are answered before more of them come: eight of the
    /// shortest calls.
    /// </summary>
    public const int StrangerReadBytesMax = 128;

    /// <summary>
    /// After how many refused calls such a connection is read no further. It keeps its place among those of its address
    /// until <see cref="StrangerTime"/> is over.
    /// </summary>
    public const int StrangerRefusalsMax = 16;

    /// <summary>
    /// How many bytes more such a connection may send with every <see cref="StrangerCheckInterval"/>.
    /// </summary>
    public const int StrangerBytesPerCheck = 4 * 1024;

    /// <summary>How often connections that have not shown a good token are looked at.</summary>
    public static readonly TimeSpan StrangerCheckInterval = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long such a connection stays open that has no call which needs no token: longer than most balancers wait
    /// between two questions after health.
    /// </summary>
    public static readonly TimeSpan StrangerTime = TimeSpan.FromSeconds(15);

    /// <summary>How many calls that need no token such a connection may have open at once.</summary>
    public const int StrangerCallsMax = 4;

    /// <summary>The longest message of a call that needs no token, in bytes.</summary>
    public const int StrangerMessageBytesMax = 1024;

    /// <summary>How many calls of one connection may wait at once for their unknown token to be looked for.</summary>
    public const int TokenLookUpsPerConnectionMax = 32;

    /// <summary>
    /// How many refusals of one connection may wait for its client to read them; a client that reads none, and calls
    /// on, is cut off.
    /// </summary>
    public const int RefusalsUnreadMax = 32;

    /// <summary>How many calls in all may wait at once for their unknown token to be looked for.</summary>
    public const int TokenLookUpsMax = 1024;

    /// <summary>How many calls one connection to the control plane may have in flight over HTTP/2.</summary>
    public const int AdministrationCallsPerConnectionMax = 32;

    /// <summary>
    /// How many bytes a client of the control plane may send ahead on one call over HTTP/2, and four times that on all.
    /// </summary>
    public const int AdministrationWindowBytes = 64 * 1024;

    /// <summary>How long the JSON body of a request may take to arrive.</summary>
    public static readonly TimeSpan JsonBodyTime = TimeSpan.FromSeconds(15);

    /// <summary>How long a file in the body of a request may take to arrive: the largest over 0.5 Mbit/s.</summary>
    public static readonly TimeSpan FileBodyTime = TimeSpan.FromMinutes(5);

    // Certificates.

    /// <summary>How often the files of the certificate are looked at.</summary>
    public static readonly TimeSpan CertificateCheckInterval = TimeSpan.FromSeconds(5);

    /// <summary>How long before a certificate expires that is logged.</summary>
    public static readonly TimeSpan CertificateExpiryTold = TimeSpan.FromDays(14);

    /// <summary>How often it is logged again.</summary>
    public static readonly TimeSpan CertificateExpiryToldInterval = TimeSpan.FromDays(1);
}
