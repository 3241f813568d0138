namespace Authorisation.LoadTests.Http2;

/// <summary>One place for a call in flight. Used again and again, so that a call allocates nothing.</summary>
internal sealed class Call
{
    private const int MessageBytesMax = 512;
    private const int FramePrefixBytes = 5;

    private readonly byte[] _answer = new byte[MessageBytesMax];
    private int _answerLength;

    /// <summary>The request, as protobuf; its first <see cref="RequestLength"/> bytes.</summary>
    public byte[] Request { get; } = new byte[MessageBytesMax];

    /// <summary>How long the request is.</summary>
    public int RequestLength { get; set; }

    /// <summary>The method called.</summary>
    public string Path { get; set; } = "";

    /// <summary>When it was to be sent, by the stopwatch.</summary>
    public long PlannedAt { get; set; }

    /// <summary>What the scenario wants to remember of it.</summary>
    public int Kind { get; set; }

    /// <summary>The id sent, where it is a purchase.</summary>
    public Guid Id { get; set; }

    /// <summary>The gRPC status of the answer, or <see cref="HeaderDecoder.NoStatus"/>.</summary>
    public int Status { get; set; }

    /// <summary>The message of the answer; empty without one.</summary>
    public ReadOnlySpan<byte> Answer =>
        _answerLength < FramePrefixBytes ? [] : _answer.AsSpan(FramePrefixBytes, _answerLength - FramePrefixBytes);

    /// <summary>Forgets the answer of the call before.</summary>
    public void Begin()
    {
        _answerLength = 0;
        Status = HeaderDecoder.NoStatus;
    }

    /// <summary>Takes the answer's message whole.</summary>
    public void Take(ReadOnlySpan<byte> message)
    {
        if (FramePrefixBytes + message.Length > _answer.Length)
        {
            throw new LoadFailedException($"An answer is longer than {_answer.Length} bytes.");
        }

        message.CopyTo(_answer.AsSpan(FramePrefixBytes));
        _answerLength = FramePrefixBytes + message.Length;
    }

    /// <summary>Takes a piece of the answer's body.</summary>
    public void Receive(ReadOnlySpan<byte> data)
    {
        if (_answerLength + data.Length > _answer.Length)
        {
            throw new LoadFailedException($"An answer is longer than {_answer.Length} bytes.");
        }

        data.CopyTo(_answer.AsSpan(_answerLength));
        _answerLength += data.Length;
    }
}
