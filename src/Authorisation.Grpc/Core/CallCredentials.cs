namespace Grpc.Core;

/// <summary>Authenticates single calls by adding headers to them.</summary>
public abstract class CallCredentials
{
    /// <summary>Credentials that add the headers of several.</summary>
    /// <param name="credentials">Two or more.</param>
    public static CallCredentials Compose(params CallCredentials[] credentials)
    {
        ArgumentNullException.ThrowIfNull(credentials);
        if (credentials.Length < 2)
        {
            throw new ArgumentException(
                "Composite credentials object can only be created from 2 or more credentials.", nameof(credentials));
        }

        return new CompositeCallCredentials([.. credentials]);
    }

    /// <summary>Credentials that add the headers that a function gives.</summary>
    /// <param name="interceptor">The function.</param>
    public static CallCredentials FromInterceptor(AsyncAuthInterceptor interceptor)
    {
        ArgumentNullException.ThrowIfNull(interceptor);
        return new InterceptorCallCredentials(interceptor);
    }

    /// <summary>Shows a configurator what these credentials are made of.</summary>
    /// <param name="configurator">The configurator.</param>
    /// <param name="state">Passed through.</param>
    public abstract void InternalPopulateConfiguration(CallCredentialsConfiguratorBase configurator, object? state);

    private sealed class CompositeCallCredentials(IReadOnlyList<CallCredentials> credentials) : CallCredentials
    {
        public override void InternalPopulateConfiguration(CallCredentialsConfiguratorBase configurator, object? state) =>
            configurator.SetCompositeCredentials(state, credentials);
    }

    private sealed class InterceptorCallCredentials(AsyncAuthInterceptor interceptor) : CallCredentials
    {
        public override void InternalPopulateConfiguration(CallCredentialsConfiguratorBase configurator, object? state) =>
            configurator.SetAsyncAuthInterceptorCredentials(state, interceptor);
    }
}
