using Google.Rpc;
using Grpc.Core;
using Xunit;

namespace Authorisation.Server.Tests.Support;

/// <summary>An error as it came over the wire, with its details taken apart.</summary>
internal sealed class WireError
{
    private WireError(RpcException exception)
    {
        Code = exception.StatusCode;
        Message = exception.Status.Detail;
        var bytes = exception.Trailers.GetValueBytes("grpc-status-details-bin");
        if (bytes is null)
        {
            return;
        }

        var status = Google.Rpc.Status.Parser.ParseFrom(bytes);
        Assert.Equal((int)Code, status.Code);
        Assert.Equal(Message, status.Message);
        foreach (var detail in status.Details)
        {
            if (detail.TryUnpack<ErrorInfo>(out var info))
            {
                Domain = info.Domain;
                Reason = info.Reason;
                Metadata = info.Metadata;
            }
            else if (detail.TryUnpack<RetryInfo>(out var retry))
            {
                RetryAfter = retry.RetryDelay.ToTimeSpan();
            }
            else if (detail.TryUnpack<BadRequest>(out var badRequest))
            {
                Fields = [.. badRequest.FieldViolations.Select(violation => violation.Field)];
                Descriptions = [.. badRequest.FieldViolations.Select(violation => violation.Description)];
            }
        }
    }

    /// <summary>The status code.</summary>
    public StatusCode Code { get; }

    /// <summary>The status message.</summary>
    public string Message { get; }

    /// <summary>The domain of its ErrorInfo.</summary>
    public string? Domain { get; private init; }

    /// <summary>The reason of its ErrorInfo.</summary>
    public string? Reason { get; private init; }

    /// <summary>The metadata of its ErrorInfo.</summary>
    public IDictionary<string, string> Metadata { get; private init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>When to try again, by its RetryInfo.</summary>
    public TimeSpan? RetryAfter { get; private init; }

    /// <summary>The fields of its BadRequest.</summary>
    public IReadOnlyList<string> Fields { get; private init; } = [];

    /// <summary>The fields of its BadRequest in the order of the alphabet, with commas between.</summary>
    public string FieldList => string.Join(',', Fields.Order(StringComparer.Ordinal));

    /// <summary>What its BadRequest says of each field.</summary>
    public IReadOnlyList<string> Descriptions { get; private init; } = [];

    /// <summary>The error that a call ends with, checked to be of this code and, in the contract's domain, this reason.</summary>
    public static async Task<WireError> OfAsync(Task call, StatusCode code, string reason)
    {
        var error = await OfAsync(call);
        Assert.True(
            (error.Code, error.Domain, error.Reason) == (code, "authorisation.v1", reason),
            $"Expected {code} with {reason}; got {error.Code} with {error.Reason ?? "no reason"}: {error.Message}");
        // Whoever is told that there is too much is told when to come back.
        Assert.Equal(code == StatusCode.ResourceExhausted, error.RetryAfter > TimeSpan.Zero);
        return error;
    }

    /// <summary>The error that a call ends with.</summary>
    public static async Task<WireError> OfAsync(Task call) => new(await Assert.ThrowsAsync<RpcException>(() => call));
}
