using System.IO.Compression;
using Grpc.Net.Compression;
using Grpc.Shared;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>The options of a service's methods: the service's own, then those for all, then the defaults.</summary>
internal sealed class MethodOptions
{
    private const int MaxReceiveMessageSizeDefaultBytes = 4 * 1024 * 1024;

    public int? MaxReceiveMessageSize { get; private init; }

    public int? MaxSendMessageSize { get; private init; }

    public bool EnableDetailedErrors { get; private init; }

    public string? ResponseCompressionAlgorithm { get; private init; }

    public CompressionLevel? ResponseCompressionLevel { get; private init; }

    public bool IgnoreUnknownServices { get; private init; }

    public bool IgnoreUnknownMethods { get; private init; }

    public required IReadOnlyDictionary<string, ICompressionProvider> CompressionProviders { get; init; }

    public required string AcceptEncoding { get; init; }

    public required IReadOnlyList<InterceptorRegistration> Interceptors { get; init; }

    public static MethodOptions Create(GrpcServiceOptions all, GrpcServiceOptions service)
    {
        var providers = MessageCompression.DefaultProviders;
        if (service.CompressionProviders.Count > 0 || all.CompressionProviders.Count > 0)
        {
            var added = new Dictionary<string, ICompressionProvider>(providers, StringComparer.Ordinal);
            foreach (var provider in all.CompressionProviders.Concat(service.CompressionProviders))
            {
                added[provider.EncodingName] = provider;
            }

            providers = added;
        }

        var algorithm = service.ResponseCompressionAlgorithm ?? all.ResponseCompressionAlgorithm;
        if (algorithm is not null and not GrpcHeaders.Identity && !providers.ContainsKey(algorithm))
        {
            throw new InvalidOperationException(
                $"The configured response compression algorithm '{algorithm}' does not have a matching compression provider.");
        }

        return new MethodOptions
        {
            MaxReceiveMessageSize = service.IsMaxReceiveMessageSizeSet ? service.MaxReceiveMessageSize
                : all.IsMaxReceiveMessageSizeSet ? all.MaxReceiveMessageSize
                : MaxReceiveMessageSizeDefaultBytes,
            MaxSendMessageSize = service.IsMaxSendMessageSizeSet ? service.MaxSendMessageSize : all.MaxSendMessageSize,
            EnableDetailedErrors = service.EnableDetailedErrors ?? all.EnableDetailedErrors ?? false,
            ResponseCompressionAlgorithm = algorithm == GrpcHeaders.Identity ? null : algorithm,
            ResponseCompressionLevel = service.ResponseCompressionLevel ?? all.ResponseCompressionLevel,
            IgnoreUnknownServices = all.IgnoreUnknownServices ?? false,
            IgnoreUnknownMethods = service.IgnoreUnknownServices ?? all.IgnoreUnknownServices ?? false,
            CompressionProviders = providers,
            AcceptEncoding = string.Join(',', providers.Keys.Prepend(GrpcHeaders.Identity)),
            Interceptors = [.. all.Interceptors, .. service.Interceptors],
        };
    }
}
