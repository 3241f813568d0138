using Authorisation.Ledger.GroupCommit;
using Authorisation.Ledger.Tests.Support;
using Dapper;
using Xunit.Abstractions;

namespace Authorisation.Ledger.Tests.Faults;

public sealed class TerminatedBackendTests(SharedLedger shared, ITestOutputHelper output) : LedgerTest(shared, output)
{
    [Fact]
    public async Task A_lane_whose_session_was_ended_opens_another()
    {
        var lane = NewLane(name: Operator.Terms.Code);
        var card = await Operator.AddCardAsync();
        var answers = await lane.CommitAsync(Operator.Terms, Operator.Buy(card));
        Assert.Equal(CommitStatus.Decided, answers[0].Status);

        await EndSessionsAsync();

        answers = await lane.CommitAsync(Operator.Terms, Operator.Buy(card));
        Assert.Equal(CommitStatus.Decided, answers[0].Status);
    }

    private async Task<int> EndSessionsAsync()
    {
        await using var superuser = await Ledger.OpenSessionAsync(Ledger.SuperuserConnectionString);
        return await superuser.ExecuteScalarAsync<int>(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = @Code",
            new { Operator.Terms.Code });
    }
}
