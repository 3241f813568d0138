using Grpc.Core;
using Xunit;

namespace Authorisation.Grpc.Tests.Support;

public static class Expect
{
    public static async Task<RpcException> StatusAsync(StatusCode code, Func<Task> call)
    {
        var exception = await Assert.ThrowsAsync<RpcException>(() => call().Soon());
        Assert.True(code == exception.StatusCode, $"Expected {code}: {exception.Status}");
        return exception;
    }
}
