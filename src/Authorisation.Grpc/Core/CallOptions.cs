namespace Grpc.Core;

/// <summary>What a client asks of one call.</summary>
public struct CallOptions
{
    private CallFlags _flags;

    /// <summary>Creates options.</summary>
    /// <param name="headers">The headers to send.</param>
    /// <param name="deadline">When to stop waiting, in UTC; null for never.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <param name="writeOptions">How the requests are to be written.</param>
    /// <param name="propagationToken">Carries the deadline and cancellation of a call that is being handled.</param>
    /// <param name="credentials">Adds headers that authenticate the call.</param>
    public CallOptions(
        Metadata? headers = null,
        DateTime? deadline = null,
        CancellationToken cancellationToken = default,
        WriteOptions? writeOptions = null,
        ContextPropagationToken? propagationToken = null,
        CallCredentials? credentials = null)
    {
        Headers = headers;
        Deadline = deadline;
        CancellationToken = cancellationToken;
        WriteOptions = writeOptions;
        PropagationToken = propagationToken;
        Credentials = credentials;
        _flags = default;
    }

    /// <summary>The headers to send.</summary>
    public Metadata? Headers { get; private set; }

    /// <summary>When to stop waiting, in UTC; null for never.</summary>
    public DateTime? Deadline { get; private set; }

    /// <summary>Gives the call up.</summary>
    public CancellationToken CancellationToken { get; private set; }

    /// <summary>How the requests are to be written.</summary>
    public WriteOptions? WriteOptions { get; private set; }

    /// <summary>Carries the deadline and cancellation of a call that is being handled.</summary>
    public ContextPropagationToken? PropagationToken { get; private set; }

    /// <summary>Adds headers that authenticate the call.</summary>
    public CallCredentials? Credentials { get; private set; }

    /// <summary>Whether the call waits for a connection instead of failing at once.</summary>
    public readonly bool IsWaitForReady => (_flags & CallFlags.WaitForReady) == CallFlags.WaitForReady;

    /// <summary>The same options with other headers.</summary>
    /// <param name="headers">The headers.</param>
    public readonly CallOptions WithHeaders(Metadata headers) => this with { Headers = headers };

    /// <summary>The same options with another deadline.</summary>
    /// <param name="deadline">The deadline, in UTC.</param>
    public readonly CallOptions WithDeadline(DateTime deadline) => this with { Deadline = deadline };

    /// <summary>The same options with another token.</summary>
    /// <param name="cancellationToken">The token.</param>
    public readonly CallOptions WithCancellationToken(CancellationToken cancellationToken) =>
        this with { CancellationToken = cancellationToken };

    /// <summary>The same options with other write options.</summary>
    /// <param name="writeOptions">The write options.</param>
    public readonly CallOptions WithWriteOptions(WriteOptions writeOptions) => this with { WriteOptions = writeOptions };

    /// <summary>The same options with another propagation token.</summary>
    /// <param name="propagationToken">The token.</param>
    public readonly CallOptions WithPropagationToken(ContextPropagationToken propagationToken) =>
        this with { PropagationToken = propagationToken };

    /// <summary>The same options with other credentials.</summary>
    /// <param name="credentials">The credentials.</param>
    public readonly CallOptions WithCredentials(CallCredentials credentials) => this with { Credentials = credentials };

    /// <summary>The same options, waiting for a connection or not.</summary>
    /// <param name="waitForReady">Whether to wait.</param>
    public readonly CallOptions WithWaitForReady(bool waitForReady = true) => this with
    {
        _flags = waitForReady ? _flags | CallFlags.WaitForReady : _flags & ~CallFlags.WaitForReady,
    };
}
