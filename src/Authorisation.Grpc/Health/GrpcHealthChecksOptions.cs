namespace Grpc.AspNetCore.HealthChecks;

/// <summary>How health is told over gRPC.</summary>
public sealed class GrpcHealthChecksOptions
{
    /// <summary>The services whose health is told; the server as a whole is one of them from the start.</summary>
    public ServiceMappingCollection Services { get; } = [];

    /// <summary>Whether Check answers with what was published last instead of running the checks.</summary>
    public bool UseHealthChecksCache { get; set; }

    /// <summary>Whether Watch goes on when the application stops; otherwise it ends with NOT_SERVING.</summary>
    public bool SuppressCompletionOnShutdown { get; set; }
}
