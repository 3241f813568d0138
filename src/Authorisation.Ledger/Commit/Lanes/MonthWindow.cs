using Authorisation.Core;

namespace Authorisation.Ledger.Commit.Lanes;

/// <summary>A credit month of an operator as a span of time.</summary>
/// <param name="Month">The month.</param>
/// <param name="From">Its first moment.</param>
/// <param name="Next">The first moment of the next.</param>
internal readonly record struct MonthWindow(CreditMonth Month, DateTimeOffset From, DateTimeOffset Next)
{
    /// <summary>The last moment at which a statement that decides for this month may begin to write.</summary>
    public DateTimeOffset Until => Next - Limits.MonthEdge;
}
