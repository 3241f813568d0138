using Authorisation.Ledger.Commit.Queue;
using Authorisation.Server.Contract;
using Authorisation.V1;

namespace Authorisation.Server.Streams;

/// <summary>Writes what became of an item as the contract says it on a stream.</summary>
internal static class StreamAnswers
{
    private const int IdCharacters = 36;

    /// <summary>An id as it is sent back: as it was sent, or empty if that was longer than an id is.</summary>
    public static string IdOf(string sent) => sent.Length <= IdCharacters ? sent : "";

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
