using Authorisation.LoadTests.Load;

namespace Authorisation.LoadTests.Session;

/// <summary>What is kept of purchases that were retried, to be looked for in the ledger.</summary>
internal static class RetriedAnswers
{
    private const int ProblemsKept = 3;

    /// <summary>Writes each decision that was answered to the file that the ledger is compared with.</summary>
    public static void Write(IEnumerable<RetriedPurchase> purchases, Stream answers)
    {
        var log = new AnswerLog();
        foreach (var purchase in purchases)
        {
            if (purchase.Decision is { } decision)
            {
                log.Add(purchase.Id, (int)decision);
            }
        }

        log.MoveTo(answers);
    }

    /// <summary>The first few answers that were not what they had to be.</summary>
    public static IEnumerable<string> Wrong(IEnumerable<RetriedPurchase> purchases) =>
        purchases.Where(purchase => purchase is { Decision: not null, Failure: not null })
            .Take(ProblemsKept).Select(purchase => purchase.Failure!);
}
