using System.IO.Pipelines;
using Authorisation.Core;
using Authorisation.Server.Strangers;
using Microsoft.AspNetCore.Connections;

namespace Authorisation.Server.Streams;

/// <summary>
/// Closes a connection the way that lets its client read everything: what the server has said last stays to be read
/// until the client hangs up, which the farewell of HTTP/2 asks it to, or <see cref="Limits.ConnectionLinger"/> has
/// passed, <see cref="Limits.StrangerTime"/> for a stranger that was refused too often.
/// </summary>
/// <remarks>
/// A client that sends purchases goes on sending until it has read that its stream is over. Were the connection closed
/// meanwhile, what it sends next would be answered with a reset, and a client whose sending fails gives up its streams
/// without reading on: how they ended, and why, would be lost. What comes while this waits is read and dropped. Nothing
/// is said in this time, not even that the server sends no more: some clients give up their streams at that, too. One
/// call for each connection; it alone uses the transport once HTTP/2 is done with it.
/// </remarks>
internal static class LingeringClose
{
    /// <summary>The part of a connection that waits, between the socket and everything else.</summary>
    public static ConnectionDelegate Around(ConnectionDelegate next) => async connection =>
    {
        var transport = connection.Transport;
        connection.Transport = new HeldTransport(transport);
        await next(connection);
        await WaitForClientAsync(connection, transport.Input);
        await transport.Input.CompleteAsync();
        await transport.Output.CompleteAsync();
    };

    private static async Task WaitForClientAsync(ConnectionContext connection, PipeReader input)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed);
        bound.CancelAfter(connection.Features.Get<ClientConnection>()?.Linger ?? Limits.ConnectionLinger);
        try
        {
            ReadResult read;
            do
            {
                read = await input.ReadAsync(bound.Token);
                input.AdvanceTo(read.Buffer.End);
            }
            while (!read.IsCompleted);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or InvalidOperationException)
        {
            // It took too long, or the connection is broken, in the midst of what was being read for all one knows:
            // either way there is nothing to wait for.
        }
    }

    /// <summary>A transport whose two ways stay open when their users say that they are done with them.</summary>
    private sealed class HeldTransport(IDuplexPipe transport) : IDuplexPipe
    {
        public PipeReader Input { get; } = new HeldReader(transport.Input);

        public PipeWriter Output { get; } = new HeldWriter(transport.Output);
    }

    private sealed class HeldReader(PipeReader reader) : PipeReader
    {
        public override void AdvanceTo(SequencePosition consumed) => reader.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => reader.AdvanceTo(consumed, examined);

        public override void CancelPendingRead() => reader.CancelPendingRead();

        public override void Complete(Exception? exception = null)
        {
        }

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
            reader.ReadAsync(cancellationToken);

        public override bool TryRead(out ReadResult result) => reader.TryRead(out result);
    }

    private sealed class HeldWriter(PipeWriter writer) : PipeWriter
    {
        public override bool CanGetUnflushedBytes => writer.CanGetUnflushedBytes;

        public override long UnflushedBytes => writer.UnflushedBytes;

        public override void Advance(int bytes) => writer.Advance(bytes);

        public override void CancelPendingFlush() => writer.CancelPendingFlush();

        public override void Complete(Exception? exception = null)
        {
        }

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
            writer.FlushAsync(cancellationToken);

        public override Memory<byte> GetMemory(int sizeHint = 0) => writer.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => writer.GetSpan(sizeHint);

        public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) =>
            writer.WriteAsync(source, cancellationToken);
    }
}
