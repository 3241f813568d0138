using Authorisation.Administration.Operators;
using Authorisation.Core;

namespace Authorisation.Billing.Reports;

/// <summary>A report of an organisation's month.</summary>
/// <param name="Terms">The operator.</param>
/// <param name="Month">The month.</param>
/// <param name="HiddenUntil">The operator's day from which the principal sees it; null when it is shown.</param>
/// <param name="Rows">The rows; none while it is hidden.</param>
internal sealed record Report<TRow>(OperatorTerms Terms, CreditMonth Month, DateOnly? HiddenUntil, IReadOnlyList<TRow> Rows);
