using System.IO.Pipelines;
using Authorisation.Core;
using Microsoft.AspNetCore.Connections;

namespace Authorisation.Server.Strangers;

/// <summary>
/// What a stranger's calls are read from, above TLS: a few of them at once, and more only when those are answered. A
/// call can be 15 bytes long and makes the server keep a thousand times as much.
/// </summary>
/// <remarks>
/// HTTP/2's alone, which reads one read at a time; how the client stands is asked of its connection, which is safe.
/// </remarks>
internal sealed class AnsweredReader(ClientConnection client, IDuplexPipe transport) : HeldBackReader(transport)
{
    /// <inheritdoc/>
    public override bool IsKnown => client.IsKnown;

    /// <summary>The part of a connection that reads so, the last before HTTP/2.</summary>
    public static ConnectionDelegate Around(ConnectionDelegate next) => connection =>
    {
        var client = connection.Features.Get<ClientConnection>()!;
        connection.Transport = new AnsweredReader(client, connection.Transport);
        return next(connection);
    };

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result)
    {
        result = default;
        return IsKnown && Below.TryRead(out result);
    }

    /// <inheritdoc/>
    internal override void Change() => client.Change();

    private protected override async ValueTask<ReadResult> ReadAsStrangerAsync(CancellationToken cancellationToken)
    {
        if (!await client.AreAnsweredAsync(() => IsCanceled, cancellationToken))
        {
            return Nothing(client.IsClosed);
        }

        var result = await Below.ReadAsync(cancellationToken);
        return IsKnown || result.Buffer.Length <= Limits.StrangerReadBytesMax
            ? result
            : new ReadResult(result.Buffer.Slice(0, Limits.StrangerReadBytesMax), result.IsCanceled, isCompleted: false);
    }
}
