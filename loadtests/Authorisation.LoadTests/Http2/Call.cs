namespace Authorisation.LoadTests.Http2;

/// <summary>
/// One place for a call in flight. Used again and again, so that a call allocates nothing once its place has had the
/// longest answer.
/// </summary>
internal sealed class Call
{
    private const int MessageBytes = 512;
    private const int AnswerBytesMax = 256 * 1024;
    private const int FramePrefixBytes = 5;

    private byte[] _answer = new byte[MessageBytes];
    private int _answerLength;

    /// <summary>The request, as protobuf; its first <see cref="RequestLength"/> bytes.</summary>
    public byte[] Request { get; } = new byte[MessageBytes];

    /// <summary>How long the request is.</summary>
    public int RequestLength { get; set; }

    /// <summary>The method called.</summary>
    public string Path { get; set; } = "";

    /// <summary>When it was to be sent, by the stopwatch.</summary>
    public long PlannedAt { get; set; }

    /// <summary>What the scenario wants to remember of it.</summary>
    public int Kind { get; set; }

    /// <summary>The card that the scenario wants to remember.</summary>
    public long Card { get; set; }

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
        MakeRoom(FramePrefixBytes + message.Length);
        message.CopyTo(_answer.AsSpan(FramePrefixBytes));
        _answerLength = FramePrefixBytes + message.Length;
    }

    /// <summary>Takes a piece of the answer's body.</summary>
    public void Receive(ReadOnlySpan<byte> data)
    {
        MakeRoom(_answerLength + data.Length);
        data.CopyTo(_answer.AsSpan(_answerLength));
        _answerLength += data.Length;
    }

    private void MakeRoom(int bytes)
    {
        if (bytes > AnswerBytesMax)
        {
            throw new LoadFailedException($"An answer is longer than {AnswerBytesMax} bytes.");
        }

        if (bytes > _answer.Length)
        {
            Array.Resize(ref _answer, Math.Max(bytes, 2 * _answer.Length));
        }
    }
}
