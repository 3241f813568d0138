using Authorisation.Ledger.GroupCommit;
using Authorisation.Server.Services;
using Authorisation.V1;
using Google.Rpc;
using Grpc.Core;

namespace Authorisation.Server.Streams;

/// <summary>Writes what became of an item as the contract says it on a stream.</summary>
internal static class StreamAnswers
{
    private const string DetailsTrailer = "grpc-status-details-bin";

    /// <summary>The answer to an item that has its result or its error.</summary>
    public static AuthoriseStreamResponse Of(StreamItem item)
    {
        var answer = new AuthoriseStreamResponse { AuthorisationId = item.Id, Index = item.Index };
        if (item.Result is { Status: CommitStatus.Decided or CommitStatus.Replayed } result)
        {
            answer.Response = result.Entry!.ToResponse(result.Credit, result.Status == CommitStatus.Replayed, item.Terms);
        }
        else
        {
            answer.Error = item.Error ?? ErrorOf(Services.AuthorisationService.ErrorOf(item.Result!));
        }

        return answer;
    }

    /// <summary>
    /// What the same request would have ended with as a call of its own. Read from the details that such a call has, so
    /// that the two cannot differ.
    /// </summary>
    public static CallError ErrorOf(RpcException exception)
    {
        var error = new CallError { Code = (int)exception.StatusCode, Message = exception.Status.Detail };
        if (exception.Trailers.GetValueBytes(DetailsTrailer) is not { } bytes)
        {
            return error;
        }

        foreach (var detail in Google.Rpc.Status.Parser.ParseFrom(bytes).Details)
        {
            if (detail.TryUnpack<ErrorInfo>(out var info))
            {
                error.Reason = info.Reason;
            }
            else if (detail.TryUnpack<BadRequest>(out var badRequest))
            {
                error.Violations.AddRange(badRequest.FieldViolations.Select(violation =>
                    new FieldViolation { Field = violation.Field, Description = violation.Description }));
            }
        }

        return error;
    }
}
