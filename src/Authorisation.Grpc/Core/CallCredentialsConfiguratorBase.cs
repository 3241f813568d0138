namespace Grpc.Core;

/// <summary>Takes apart what <see cref="CallCredentials"/> are made of.</summary>
public abstract class CallCredentialsConfiguratorBase
{
    /// <summary>Takes credentials that are made of several.</summary>
    /// <param name="state">Passed through.</param>
    /// <param name="credentials">The several.</param>
    public abstract void SetCompositeCredentials(object? state, IReadOnlyList<CallCredentials> credentials);

    /// <summary>Takes credentials that are a function.</summary>
    /// <param name="state">Passed through.</param>
    /// <param name="interceptor">The function.</param>
    public abstract void SetAsyncAuthInterceptorCredentials(object? state, AsyncAuthInterceptor interceptor);
}
