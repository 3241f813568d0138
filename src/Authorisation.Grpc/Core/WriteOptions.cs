namespace Grpc.Core;

/// <summary>How messages are to be written.</summary>
public class WriteOptions
{
    /// <summary>The default: sent at once, compressed if the call is.</summary>
    public static readonly WriteOptions Default = new();

    /// <summary>Creates options with flags.</summary>
    /// <param name="flags">The flags.</param>
    public WriteOptions(WriteFlags flags = default) => Flags = flags;

    /// <summary>The flags.</summary>
    public WriteFlags Flags { get; }
}
