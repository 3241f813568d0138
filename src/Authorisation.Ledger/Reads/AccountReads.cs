using Authorisation.Core;
using Authorisation.Ledger.Rows;
using Npgsql;

namespace Authorisation.Ledger.Reads;

/// <summary>
/// Reads accounts, without locks: those that are asked for while a statement is on its way are read together by the next.
/// So a question costs Postgres a statement when there are few, and a row of one when there are many.
/// </summary>
/// <remarks>
/// Safe for any number of callers: what waits and how many readers there are is behind one lock, which is never held while
/// anything is awaited. A caller that finds fewer readers than there may be becomes one and reads until nothing waits, so
/// whatever waits has a reader. What waits is taken before its statement begins: no answer is older than its question. A
/// statement that fails fails those whose questions it carried, which only Postgres can cause: a question is an operator, a
/// kind, and an id or a number that was checked. A caller that gives up leaves an answer that nobody takes.
/// </remarks>
/// <param name="connections">The pool that it reads on.</param>
/// <param name="keep">Is given what each statement read; null when nobody keeps it.</param>
internal sealed class AccountReads(NpgsqlDataSource connections, Action<IReadOnlyCollection<AccountSnapshot>>? keep = null)
{
    // One statement reads while another is on its way: a third would only carry fewer questions.
    private const int ReadersMax = 2;

    private readonly Lock _gate = new();
    private List<Question> _waiting = [];
    private int _readers;

    /// <summary>
    /// The account on an instrument as it is now; <see langword="null"/> when there is none. Fails as Npgsql does.
    /// </summary>
    public Task<AccountSnapshot?> ReadAsync(Instrument instrument, CancellationToken cancellationToken)
    {
        var question = new Question(new AccountKey(instrument));
        bool reads;
        lock (_gate)
        {
            _waiting.Add(question);
            reads = _readers < ReadersMax;
            _readers += reads ? 1 : 0;
        }

        if (reads)
        {
            _ = ReadWaitingAsync();
        }

        return question.Answer.Task.WaitAsync(cancellationToken);
    }

    private async Task ReadWaitingAsync()
    {
        while (TryTake(out var questions))
        {
            try
            {
                await AnswerAsync(questions);
            }
            catch (Exception e)
            {
                questions.ForEach(question => question.Fail(e));
            }
        }
    }

    private bool TryTake(out List<Question> questions)
    {
        lock (_gate)
        {
            questions = _waiting;
            if (questions.Count == 0)
            {
                _readers--;
                return false;
            }

            _waiting = [];
            if (questions.Count > Limits.CreditReadsPerStatementMax)
            {
                _waiting = questions[Limits.CreditReadsPerStatementMax..];
                questions = questions[..Limits.CreditReadsPerStatementMax];
            }

            return true;
        }
    }

    private async Task AnswerAsync(List<Question> questions)
    {
        await using var connection = await connections.OpenConnectionAsync(CancellationToken.None);
        await using var command = new NpgsqlCommand(AccountsSql.ForReading, connection);
        var parameters = new AccountParameters();
        parameters.Set(questions.Select(question => question.Key));
        parameters.AddTo(command.Parameters);
        await using var reader = await command.ExecuteReaderAsync(CancellationToken.None);
        var found = new List<AccountSnapshot>(questions.Count);
        var rules = new KnownRules();
        while (await reader.ReadAsync(CancellationToken.None))
        {
            var question = questions[AccountColumns.Index(reader)];
            AccountSnapshot? snapshot = null;
            if (AccountColumns.Read(reader, question.Key, rules) is { } account)
            {
                found.Add(snapshot = new AccountSnapshot(account, AccountColumns.Now(reader)));
            }

            question.Answer.TrySetResult(snapshot);
        }

        keep?.Invoke(found);
    }

    private sealed record Question(AccountKey Key)
    {
        public TaskCompletionSource<AccountSnapshot?> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Fail(Exception exception)
        {
            Answer.TrySetException(exception);
            // Looked at, as the caller may be gone.
            _ = Answer.Task.Exception;
        }
    }
}
