using Authorisation.Testing;
using Grpc.Core;
using Grpc.Health.V1;
using Status = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Authorisation.Server.Tests.Support;

/// <summary>Asks a server over <c>grpc.health.v1</c> how it is.</summary>
internal static class Readiness
{
    private static readonly TimeSpan CallBound = TimeSpan.FromSeconds(5);

    /// <summary>Waits until the server says that it is ready.</summary>
    public static Task IsServingAsync(ChannelBase channel) => BecomesAsync(channel, Status.Serving);

    /// <summary>Waits until the server says that it is not ready.</summary>
    public static Task IsNotServingAsync(ChannelBase channel) => BecomesAsync(channel, Status.NotServing);

    /// <summary>What the server says now.</summary>
    public static async Task<Status> OfAsync(ChannelBase channel)
    {
        var answer = await new global::Grpc.Health.V1.Health.HealthClient(channel).CheckAsync(
            new HealthCheckRequest(), deadline: DateTime.UtcNow + CallBound);
        return answer.Status;
    }

    private static Task BecomesAsync(ChannelBase channel, Status status) => Eventually.TrueAsync(
        async () => await OfAsync(channel) == status, Eventually.ProcessBound, $"the server's health is {status}");
}
