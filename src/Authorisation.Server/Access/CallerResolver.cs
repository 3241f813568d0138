using System.Security.Cryptography;
using Authorisation.Ledger.Access;
using Authorisation.Server.Services;
using Grpc.Core;

namespace Authorisation.Server.Access;

/// <summary>Finds out who makes a call, from the bearer token in its <c>authorization</c> header.</summary>
public sealed class CallerResolver(TokenDirectory tokens)
{
    private const string Scheme = "Bearer ";

    /// <summary>Who makes the call.</summary>
    /// <exception cref="RpcException">UNAUTHENTICATED, or UNAVAILABLE while the tokens have not been read yet.</exception>
    public ValueTask<Caller> ResolveAsync(ServerCallContext context)
    {
        var token = TokenOf(context);
        return tokens.Find(token) is { } caller
            ? ValueTask.FromResult(RequireCertificate(caller, context))
            : LookAgainAsync(token, context);
    }

    /// <summary>
    /// Who makes a call that goes on: the same as <paramref name="first"/>, by the operator's terms of now, or
    /// <see langword="null"/> when the token has been ended or stands for somebody else.
    /// </summary>
    public Caller? Again(TokenHash token, Caller first) =>
        tokens.Find(token) is { } caller && caller.Grant == first.Grant ? caller : null;

    /// <summary>The token that a call carries, known or not.</summary>
    /// <exception cref="RpcException">UNAUTHENTICATED: there is none.</exception>
    public static TokenHash TokenOf(ServerCallContext context)
    {
        var header = context.RequestHeaders.GetValue("authorization")
            ?? throw Errors.Unauthenticated("TOKEN_MISSING", "Send the header `authorization: Bearer <token>`.");
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            || !TokenHash.TryOf(header.AsSpan(Scheme.Length).Trim(), out var token))
        {
            throw Errors.Unauthenticated("TOKEN_INVALID", "The authorization header must be `Bearer <token>`.");
        }

        return token;
    }

    private async ValueTask<Caller> LookAgainAsync(TokenHash token, ServerCallContext context)
    {
        if (await tokens.FindAfterFreshLookAsync(token, context.CancellationToken) is { } caller)
        {
            return RequireCertificate(caller, context);
        }

        throw tokens.IsLoaded
            ? Errors.Unauthenticated("TOKEN_INVALID", "The token is unknown or has been ended.")
            : Errors.Unavailable("STARTING", "The server has not read its tokens yet; retry.");
    }

    private static Caller RequireCertificate(Caller caller, ServerCallContext context)
    {
        if (caller.Grant.CertificateSha256 is { } expected
            && context.GetHttpContext().Connection.ClientCertificate?.GetCertHashString(HashAlgorithmName.SHA256)
                != expected)
        {
            throw Errors.Unauthenticated(
                "CERTIFICATE_REQUIRED", "This token holds only with the client certificate that it is bound to.");
        }

        return caller;
    }
}
