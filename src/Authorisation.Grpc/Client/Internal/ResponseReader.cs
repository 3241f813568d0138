using System.Buffers;
using Grpc.Core;
using Grpc.Net.Compression;
using Grpc.Shared;

namespace Grpc.Net.Client.Internal;

/// <summary>
/// Reads messages from a response's body through one buffer of the shared pool. One read at a time, which the
/// caller sees to; the buffer goes back to the pool when the call ends and no read is under way.
/// </summary>
internal sealed class ResponseReader(
    Stream stream, int? lengthMax, string? encoding, IReadOnlyDictionary<string, ICompressionProvider> providers) : IDisposable
{
    private const int InitialBytes = 4096;

    private static readonly Status Incomplete = new(StatusCode.Internal, "Incomplete message.");

    private static readonly Status TooLarge =
        new(StatusCode.ResourceExhausted, "Received message exceeds the maximum configured message size.");

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(InitialBytes);
    private int _start;
    private int _end;

    /// <summary>The next message, or null at the body's end.</summary>
    public async ValueTask<T?> ReadAsync<T>(Func<DeserializationContext, T> deserializer, CancellationToken cancellationToken)
        where T : class
    {
        while (true)
        {
            var needed = MessageFrame.HeaderBytes;
            if (_end - _start >= MessageFrame.HeaderBytes)
            {
                var length = MessageFrame.ReadHeader(_buffer.AsSpan(_start), out var compressed);
                if (length > (uint)(lengthMax ?? Array.MaxLength - MessageFrame.HeaderBytes))
                {
                    throw new RpcException(TooLarge);
                }

                needed += (int)length;
                if (_end - _start >= needed)
                {
                    return Take(deserializer, compressed, (int)length);
                }
            }

            MakeRoom(needed);
            var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            if (read == 0)
            {
                return _end == _start ? null : throw new RpcException(Incomplete);
            }

            _end += read;
        }
    }

    public void Dispose()
    {
        var buffer = _buffer;
        _buffer = [];
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private T Take<T>(Func<DeserializationContext, T> deserializer, bool compressed, int length)
        where T : class
    {
        var payload = new ReadOnlySequence<byte>(_buffer, _start + MessageFrame.HeaderBytes, length);
        _start += MessageFrame.HeaderBytes + length;
        if (!compressed)
        {
            return MessageParsing.Parse(payload, deserializer);
        }

        if (encoding is null or GrpcHeaders.Identity)
        {
            throw new RpcException(new Status(
                StatusCode.Internal, "Response did not include grpc-encoding value with compressed message."));
        }

        if (!providers.TryGetValue(encoding, out var provider))
        {
            throw new RpcException(new Status(StatusCode.Internal, $"Unsupported grpc-encoding value '{encoding}'."));
        }

        return MessageParsing.ParseCompressed(payload, provider, lengthMax, deserializer);
    }

    private void MakeRoom(int needed)
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }

        if (_buffer.Length - _start >= needed && _end < _buffer.Length)
        {
            return;
        }

        var target = _buffer.Length >= needed ? _buffer : ArrayPool<byte>.Shared.Rent(needed);
        _buffer.AsSpan(_start, _end - _start).CopyTo(target);
        if (target != _buffer)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = target;
        }

        _end -= _start;
        _start = 0;
    }
}
