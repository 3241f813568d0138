using System.Buffers;
using Grpc.Core;
using Grpc.Net.Compression;
using Grpc.Shared;

namespace Grpc.Net.Client.Internal;

/// <summary>
/// Makes one array of a message and its frame. The array is not pooled: HTTP may still be reading it when a call
/// that was given up has ended for its caller. Used by one thread, once.
/// </summary>
internal sealed class RequestSerializationContext(int? lengthMax, ICompressionProvider? compressor)
    : SerializationContext, IBufferWriter<byte>
{
    private byte[]? _frame;
    private PooledBufferWriter? _buffer;
    private int _position;
    private int? _length;
    private bool _isComplete;

    public static byte[] Serialize<T>(
        T message, Action<T, SerializationContext> serializer, int? lengthMax, ICompressionProvider? compressor)
    {
        var context = new RequestSerializationContext(lengthMax, compressor);
        try
        {
            serializer(message, context);
            return context._isComplete && context._frame is not null
                ? context._frame
                : throw new InvalidOperationException("The serializer did not complete the message.");
        }
        finally
        {
            context._buffer?.Dispose();
        }
    }

    public override void SetPayloadLength(int payloadLength)
    {
        ThrowIfTooLarge(payloadLength);
        _length = payloadLength;
    }

    public override IBufferWriter<byte> GetBufferWriter()
    {
        if (compressor is not null || _length is not { } length)
        {
            return _buffer ??= new PooledBufferWriter(_length ?? 0);
        }

        if (_frame is null)
        {
            _frame = new byte[MessageFrame.HeaderBytes + length];
            MessageFrame.WriteHeader(_frame, compressed: false, length);
            _position = MessageFrame.HeaderBytes;
        }

        return this;
    }

    public override void Complete()
    {
        _isComplete = true;
        if (_buffer is not null)
        {
            Frame(_buffer.WrittenSpan);
        }
        else if (_frame is null)
        {
            Frame([]);
        }
        else if (_position != _frame.Length)
        {
            throw new InvalidOperationException("The serializer wrote another length than it announced.");
        }
    }

    public override void Complete(byte[] payload)
    {
        ArgumentNullException.ThrowIfNull(payload);
        _isComplete = true;
        Frame(payload);
    }

    void IBufferWriter<byte>.Advance(int count) => _position += count;

    Memory<byte> IBufferWriter<byte>.GetMemory(int sizeHint) => _frame.AsMemory(_position);

    Span<byte> IBufferWriter<byte>.GetSpan(int sizeHint) => _frame.AsSpan(_position);

    private void Frame(ReadOnlySpan<byte> message)
    {
        ThrowIfTooLarge(message.Length);
        if (compressor is null)
        {
            _frame = new byte[MessageFrame.HeaderBytes + message.Length];
            MessageFrame.WriteHeader(_frame, compressed: false, message.Length);
            message.CopyTo(_frame.AsSpan(MessageFrame.HeaderBytes));
            return;
        }

        using var compressed = MessageCompression.Compress(compressor, message, level: null);
        _frame = new byte[MessageFrame.HeaderBytes + compressed.Length];
        MessageFrame.WriteHeader(_frame, compressed: true, compressed.Length);
        compressed.WrittenSpan.CopyTo(_frame.AsSpan(MessageFrame.HeaderBytes));
    }

    private void ThrowIfTooLarge(int length)
    {
        if (length > lengthMax)
        {
            throw new RpcException(new Status(
                StatusCode.ResourceExhausted, "Sending message exceeds the maximum configured message size."));
        }
    }
}
