using System.Buffers;
using Authorisation.V1;
using BenchmarkDotNet.Attributes;
using Google.Protobuf;

namespace Authorisation.Bench.Benchmarks;

/// <summary>A purchase's messages, in and out.</summary>
public class ProtobufBenchmarks
{
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private readonly byte[] _request = Messages.Purchase().ToByteArray();
    private readonly AuthoriseResponse _response = Messages.Approval(Guid.CreateVersion7().ToString());

    /// <summary>Reads a request.</summary>
    [Benchmark]
    public AuthoriseRequest ReadRequest() => AuthoriseRequest.Parser.ParseFrom(_request);

    /// <summary>Writes a response.</summary>
    [Benchmark]
    public int WriteResponse()
    {
        _buffer.ResetWrittenCount();
        _response.WriteTo(_buffer);
        return _buffer.WrittenCount;
    }
}
