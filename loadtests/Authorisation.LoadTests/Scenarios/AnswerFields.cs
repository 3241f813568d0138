using System.Buffers.Text;
using Authorisation.V1;
using Google.Protobuf;

namespace Authorisation.LoadTests.Scenarios;

/// <summary>
/// The fields of an <see cref="AuthoriseResponse"/> that a run checks, read from its bytes without making the message:
/// the numbers are the contract's.
/// </summary>
internal readonly ref struct AnswerFields
{
    private const int VarintLengthMax = 10;

    private AnswerFields(ReadOnlySpan<byte> message)
    {
        while (!message.IsEmpty)
        {
            var tag = Varint(ref message);
            var field = (int)(tag >> 3);
            switch ((WireFormat.WireType)(tag & 7))
            {
                case WireFormat.WireType.Varint:
                    var value = Varint(ref message);
                    Decision = field == AuthoriseResponse.DecisionFieldNumber ? (Decision)value : Decision;
                    Reason = field == AuthoriseResponse.DeclineReasonFieldNumber ? (DeclineReason)value : Reason;
                    Replayed |= field == AuthoriseResponse.ReplayedFieldNumber && value != 0;
                    break;
                case WireFormat.WireType.LengthDelimited:
                    var length = (int)Varint(ref message);
                    if (field == AuthoriseResponse.AuthorisationIdFieldNumber
                        && Utf8Parser.TryParse(message[..length], out Guid id, out var used) && used == length)
                    {
                        Id = id;
                    }

                    HasCredit |= field == AuthoriseResponse.CreditFieldNumber;
                    message = message[length..];
                    break;
                default:
                    throw new LoadFailedException("An answer has a field of a kind that the contract does not know.");
            }
        }
    }

    /// <summary>The authorisation's id.</summary>
    public Guid Id { get; }

    /// <summary>Approved or declined.</summary>
    public Decision Decision { get; }

    /// <summary>Why it was declined.</summary>
    public DeclineReason Reason { get; }

    /// <summary>Whether it had been decided before.</summary>
    public bool Replayed { get; }

    /// <summary>Whether it includes the account's credit.</summary>
    public bool HasCredit { get; }

    /// <summary>Reads a message.</summary>
    public static AnswerFields Read(ReadOnlySpan<byte> message) => new(message);

    /// <summary>Takes a number off the front of a message.</summary>
    public static ulong Varint(ref ReadOnlySpan<byte> message)
    {
        ulong value = 0;
        for (var i = 0; i < VarintLengthMax; i++)
        {
            var next = message[i];
            value |= (ulong)(next & 0x7F) << (7 * i);
            if ((next & 0x80) == 0)
            {
                message = message[(i + 1)..];
                return value;
            }
        }

        throw new LoadFailedException("An answer is not protobuf.");
    }
}
