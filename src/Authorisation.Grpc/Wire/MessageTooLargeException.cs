namespace Grpc.Shared;

/// <summary>A message passed its bound while it was being written or decompressed.</summary>
internal sealed class MessageTooLargeException : Exception
{
    public MessageTooLargeException()
        : base("A message exceeds its maximum size.")
    {
    }
}
