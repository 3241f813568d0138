using Authorisation.Testing;
using Authorisation.V1;
using Xunit;

namespace Authorisation.Server.Tests.Support;

/// <summary>
/// Reads of credit that expect what was written before. On a busy machine a server may have gone on without Redis for a
/// while: the copy that stayed there is then believed until it is too old, as the contract says.
/// </summary>
internal static class CreditReads
{
    private const int WithoutRedis = 3001;
    private const int RedisServesAgain = 3002;

    /// <summary>Waits until this much is spent.</summary>
    public static async Task<Credit> GetCreditOnceAsync(this TestCaller caller, Core.Instrument instrument, long spentMinor)
    {
        Credit? credit = null;
        await Eventually.TrueAsync(
            async () =>
            {
                credit = await caller.GetCreditAsync(instrument);
                return credit.SpentMinor == spentMinor ? true : throw new InvalidOperationException($"{credit.SpentMinor} is spent");
            },
            Eventually.Bound,
            $"{spentMinor} is spent");
        return credit!;
    }

    /// <summary>
    /// Checks that one read finds this much spent; or a later one, if the server went on without Redis at any time since it
    /// had logged so many entries.
    /// </summary>
    public static async Task ReadsWhatItWroteAsync(
        this TestCaller caller, Core.Instrument instrument, long spentMinor, TestLog log, int entriesBefore = 0)
    {
        var read = (await caller.GetCreditAsync(instrument)).SpentMinor;
        if (read != spentMinor)
        {
            Assert.True(WasWithoutRedis(log, entriesBefore), $"{read} is read after {spentMinor} was written.");
            await caller.GetCreditOnceAsync(instrument, spentMinor);
        }
    }

    private static bool WasWithoutRedis(TestLog log, int entriesBefore) =>
        log.Entries.Skip(entriesBefore).Any(entry => entry.EventId.Id == WithoutRedis)
        || log.Entries.Take(entriesBefore).LastOrDefault(entry => entry.EventId.Id is WithoutRedis or RedisServesAgain)?.EventId.Id == WithoutRedis;
}
