using Authorisation.V1;
using Google.Protobuf;

namespace Authorisation.LoadTests.Scenarios;

/// <summary>
/// The fields of an <see cref="AuthoriseStreamResponse"/>, read from its bytes without making the message.
/// </summary>
internal readonly ref struct StreamAnswerFields
{
    private StreamAnswerFields(ReadOnlySpan<byte> message)
    {
        while (!message.IsEmpty)
        {
            var tag = AnswerFields.Varint(ref message);
            var field = (int)(tag >> 3);
            switch ((WireFormat.WireType)(tag & 7))
            {
                case WireFormat.WireType.Varint:
                    var value = AnswerFields.Varint(ref message);
                    Index = field == AuthoriseStreamResponse.IndexFieldNumber ? value : Index;
                    break;
                case WireFormat.WireType.LengthDelimited:
                    var length = (int)AnswerFields.Varint(ref message);
                    if (field == AuthoriseStreamResponse.ResponseFieldNumber)
                    {
                        Response = message[..length];
                    }
                    else if (field == AuthoriseStreamResponse.ErrorFieldNumber)
                    {
                        Code = CallError.Parser.ParseFrom(message[..length]).Code;
                    }

                    message = message[length..];
                    break;
                default:
                    throw new LoadFailedException("An answer has a field of a kind that the contract does not know.");
            }
        }
    }

    /// <summary>Which request it answers.</summary>
    public ulong Index { get; }

    /// <summary>The response; empty with an error.</summary>
    public ReadOnlySpan<byte> Response { get; }

    /// <summary>The gRPC status of the error; 0 without one.</summary>
    public int Code { get; }

    /// <summary>Reads a message.</summary>
    public static StreamAnswerFields Read(ReadOnlySpan<byte> message) => new(message);
}
