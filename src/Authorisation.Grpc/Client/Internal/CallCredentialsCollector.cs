using Grpc.Core;

namespace Grpc.Net.Client.Internal;

/// <summary>Gathers the functions that call credentials are made of, in order.</summary>
internal sealed class CallCredentialsCollector : CallCredentialsConfiguratorBase
{
    private readonly List<AsyncAuthInterceptor> _interceptors = [];

    public static async Task ApplyAsync(
        CallCredentials? credentials, Uri address, IMethod method, Metadata headers, CancellationToken cancellationToken)
    {
        if (credentials is null)
        {
            return;
        }

        var collector = new CallCredentialsCollector();
        credentials.InternalPopulateConfiguration(collector, null);
        var context = new AuthInterceptorContext(
            new Uri(address, "/" + method.ServiceName).ToString(), method.Name, cancellationToken);
        foreach (var interceptor in collector._interceptors)
        {
            await interceptor(context, headers);
        }
    }

    public override void SetCompositeCredentials(object? state, IReadOnlyList<CallCredentials> credentials)
    {
        foreach (var credential in credentials)
        {
            credential.InternalPopulateConfiguration(this, state);
        }
    }

    public override void SetAsyncAuthInterceptorCredentials(object? state, AsyncAuthInterceptor interceptor) =>
        _interceptors.Add(interceptor);
}
