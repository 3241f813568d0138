using System.Security.Cryptography;
using Authorisation.Core;
using Authorisation.Ledger.Access;
using Authorisation.Server.Contract;
using Authorisation.Server.Strangers;
using Grpc.Core;
using Microsoft.Extensions.Primitives;

namespace Authorisation.Server.Access;

/// <summary>Identifies the caller by the bearer token in its <c>authorization</c> header.</summary>
/// <remarks>
/// Safe for any number of calls: it keeps nothing but a count, which is changed by atomic operations.
/// </remarks>
public sealed class CallerResolver(AllTokens tokens)
{
    private const string Scheme = "Bearer ";

    private int _lookUps;

    /// <summary>The caller of a call that <see cref="TokenGate"/> has let in, as known now.</summary>
    /// <exception cref="RpcException">UNAUTHENTICATED: the token has been ended meanwhile.</exception>
    public ValueTask<Caller> ResolveAsync(ServerCallContext context)
    {
        var http = context.GetHttpContext();
        return tokens.Find(TokenOf(context)) is { } caller && HasCertificate(caller, http)
            ? ValueTask.FromResult(caller)
            : throw Unknown();
    }

    /// <summary>
    /// The caller of a call that goes on: the same as <paramref name="first"/>, by the operator's terms of now, or
    /// <see langword="null"/> when the token has been ended or stands for another caller.
    /// </summary>
    public Caller? Again(TokenHash token, Caller first) =>
        tokens.Find(token) is { } caller && caller.Grant == first.Grant && caller.Ledger == first.Ledger ? caller : null;

    /// <summary>The token that a call carries, which <see cref="TokenGate"/> has let in.</summary>
    public static TokenHash TokenOf(ServerCallContext context) =>
        context.GetHttpContext().Features.Get<ShownToken>()?.Hash
            ?? throw new InvalidOperationException("The call did not come through the gate that looks at tokens.");

    /// <summary>Looks at the token of a call, and keeps it with the call if it is good.</summary>
    /// <param name="http">The call; nothing but its headers is looked at.</param>
    /// <param name="connection">The connection that it came on.</param>
    /// <returns>Why the call is refused; null when its token is good.</returns>
    internal ValueTask<RpcException?> IdentifyAsync(HttpContext http, ClientConnection? connection)
    {
        var header = http.Request.Headers.Authorization;
        if (header.Count == 0)
        {
            return ValueTask.FromResult<RpcException?>(
                Errors.Unauthenticated("TOKEN_MISSING", "Send the header `authorization: Bearer <token>`."));
        }

        if (!TryRead(header, out var token))
        {
            return ValueTask.FromResult<RpcException?>(
                Errors.Unauthenticated("TOKEN_INVALID", "The authorization header must be `Bearer <token>`."));
        }

        return tokens.Find(token) is { } caller
            ? ValueTask.FromResult(Admit(token, caller, http))
            : RereadAsync(token, http, connection);
    }

    /// <summary>Whether a call is one by which this server rehearses, which is not counted.</summary>
    internal bool IsRehearsal(HttpContext http) =>
        tokens.Rehearsing is { } rehearsing
        && TryRead(http.Request.Headers.Authorization, out var token) && rehearsing.ContainsKey(token);

    private static bool TryRead(StringValues header, out TokenHash token)
    {
        // If the header is sent twice, a proxy before this server may have checked the other value.
        var text = header.Count == 1 ? header[0].AsSpan() : default;
        token = default;
        return text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && TokenHash.TryOf(text[Scheme.Length..].Trim(), out token);
    }

    private async ValueTask<RpcException?> RereadAsync(TokenHash token, HttpContext http, ClientConnection? connection)
    {
        if (connection?.TryBeginLookUp() == false)
        {
            return TooManyLookUps();
        }

        try
        {
            if (Interlocked.Increment(ref _lookUps) > Limits.TokenLookUpsMax)
            {
                return TooManyLookUps();
            }

            if (await tokens.FindAfterFreshLookAsync(token, http.RequestAborted) is { } caller)
            {
                return Admit(token, caller, http);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _lookUps);
            connection?.EndLookUp();
        }

        return tokens.AreLoaded ? Unknown() : Errors.Unavailable("STARTING", "The server has not read its tokens yet; retry.");
    }

    private static RpcException? Admit(TokenHash token, Caller caller, HttpContext http)
    {
        if (!HasCertificate(caller, http))
        {
            return Errors.Unauthenticated(
                "CERTIFICATE_REQUIRED", "This token holds only with the client certificate that it is bound to.");
        }

        http.Features.Set(new ShownToken(token));
        return null;
    }

    private static bool HasCertificate(Caller caller, HttpContext http) =>
        caller.Grant.CertificateSha256 is not { } expected
        || http.Connection.ClientCertificate?.GetCertHashString(HashAlgorithmName.SHA256) == expected;

    private static RpcException Unknown() => Errors.Unauthenticated("TOKEN_INVALID", "The token is unknown or has been ended.");

    private static RpcException TooManyLookUps() => Errors.ResourceExhausted(
        "TOO_MANY_UNKNOWN_TOKENS", "The token is not known yet, and too many calls wait to look for theirs; retry.");

    private sealed record ShownToken(TokenHash Hash);
}
