using Authorisation.Ledger.GroupCommit;
using Authorisation.Server.Services;
using Authorisation.V1;

namespace Authorisation.Server.Streams;

/// <summary>Writes what became of an item as the contract says it on a stream.</summary>
internal static class StreamAnswers
{
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
            answer.Error = item.Error ?? CallErrors.Of(CommitErrors.Of(item.Result!, "authorisation_id"));
        }

        return answer;
    }
}
