namespace Grpc.Core;

/// <summary>How a message is to be written.</summary>
[Flags]
public enum WriteFlags
{
    /// <summary>Sent at once, compressed if the call is.</summary>
    None = 0,

    /// <summary>May be kept until more is written.</summary>
    BufferHint = 1,

    /// <summary>Not compressed, although the call is.</summary>
    NoCompress = 2,
}
