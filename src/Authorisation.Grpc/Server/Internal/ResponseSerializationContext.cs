using System.Buffers;
using System.IO.Pipelines;
using Grpc.Core;
using Grpc.Net.Compression;
using Grpc.Shared;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>
/// Takes one message from a marshaller and frames it in the response's own buffer: a short message of known length
/// in a single piece of it, a long one piece by piece, and only one that is compressed or of unknown length by way
/// of a buffer of its own.
/// <para>
/// Serializing is synchronous, so that one instance per thread is enough: <see cref="Rent"/> takes the thread's own
/// and leaves none behind, which keeps a marshaller that serializes another message inside the first one safe.
/// </para>
/// </summary>
internal sealed class ResponseSerializationContext : SerializationContext, IBufferWriter<byte>
{
    // Within a block of the server's buffer, so that asking for it whole does not waste one.
    private const int SinglePieceBytesMax = 2048;

    [ThreadStatic]
    private static ResponseSerializationContext? _spare;

    private PipeWriter _output = null!;
    private MethodOptions _options = null!;
    private ICompressionProvider? _compressor;
    private PooledBufferWriter? _buffer;
    private Memory<byte> _piece;
    private int _position;
    private int? _length;
    private bool _isDirect;
    private bool _isComplete;

    public static ResponseSerializationContext Rent(HttpServerCallContext call, ICompressionProvider? compressor)
    {
        var context = _spare ?? new ResponseSerializationContext();
        _spare = null;
        context._output = call.Output;
        context._options = call.Options;
        context._compressor = compressor;
        return context;
    }

    public void Return()
    {
        _buffer?.Dispose();
        _buffer = null;
        _output = null!;
        _options = null!;
        _compressor = null;
        _piece = default;
        _position = 0;
        _length = null;
        _isDirect = false;
        _isComplete = false;
        _spare = this;
    }

    public void ThrowIfIncomplete()
    {
        if (!_isComplete)
        {
            throw new InvalidOperationException("The serializer did not complete the message.");
        }
    }

    public override void SetPayloadLength(int payloadLength)
    {
        ThrowIfTooLarge(payloadLength);
        _length = payloadLength;
    }

    public override IBufferWriter<byte> GetBufferWriter()
    {
        if (_compressor is not null || _length is not { } length)
        {
            return _buffer ??= new PooledBufferWriter(_length ?? 0);
        }

        if (length <= SinglePieceBytesMax)
        {
            if (_piece.IsEmpty)
            {
                _piece = _output.GetMemory(MessageFrame.HeaderBytes + length)[..(MessageFrame.HeaderBytes + length)];
                MessageFrame.WriteHeader(_piece.Span, compressed: false, length);
                _position = MessageFrame.HeaderBytes;
            }

            return this;
        }

        if (!_isDirect)
        {
            _isDirect = true;
            WriteHeader(compressed: false, length);
        }

        return _output;
    }

    public override void Complete()
    {
        CompleteOnce();
        if (_buffer is not null)
        {
            WriteWhole(_buffer.WrittenSpan);
        }
        else if (!_piece.IsEmpty)
        {
            if (_position != _piece.Length)
            {
                throw new InvalidOperationException("The serializer wrote another length than it announced.");
            }

            _output.Advance(_position);
        }
        else if (!_isDirect)
        {
            WriteWhole([]);
        }
    }

    public override void Complete(byte[] payload)
    {
        ArgumentNullException.ThrowIfNull(payload);
        CompleteOnce();
        WriteWhole(payload);
    }

    void IBufferWriter<byte>.Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _piece.Length - _position);
        _position += count;
    }

    Memory<byte> IBufferWriter<byte>.GetMemory(int sizeHint) => Remaining(sizeHint);

    Span<byte> IBufferWriter<byte>.GetSpan(int sizeHint) => Remaining(sizeHint).Span;

    private Memory<byte> Remaining(int sizeHint)
    {
        var remaining = _piece[_position..];
        return remaining.Length >= sizeHint
            ? remaining
            : throw new InvalidOperationException("The serializer wrote another length than it announced.");
    }

    private void CompleteOnce()
    {
        if (_isComplete)
        {
            throw new InvalidOperationException("The message has been completed already.");
        }

        _isComplete = true;
    }

    private void WriteWhole(ReadOnlySpan<byte> message)
    {
        ThrowIfTooLarge(message.Length);
        if (_compressor is null)
        {
            WriteHeader(compressed: false, message.Length);
            _output.Write(message);
            return;
        }

        using var compressed = MessageCompression.Compress(_compressor, message, _options.ResponseCompressionLevel);
        WriteHeader(compressed: true, compressed.Length);
        _output.Write(compressed.WrittenSpan);
    }

    private void WriteHeader(bool compressed, int length)
    {
        MessageFrame.WriteHeader(_output.GetSpan(MessageFrame.HeaderBytes), compressed, length);
        _output.Advance(MessageFrame.HeaderBytes);
    }

    private void ThrowIfTooLarge(int length)
    {
        if (length > _options.MaxSendMessageSize)
        {
            throw new RpcException(new Status(
                StatusCode.ResourceExhausted, "Sending message exceeds the maximum configured message size."));
        }
    }
}
