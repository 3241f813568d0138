using System.ComponentModel.DataAnnotations;

namespace Authorisation.Billing.MonthEnd;

/// <summary>A row that is not as it was when its month was closed.</summary>
/// <param name="What"><c>changed</c>, <c>removed</c> or <c>added</c>.</param>
/// <param name="Table"><c>authorisation</c>, <c>operation</c> or <c>charge</c>; null for a row that is gone.</param>
/// <param name="Id">Its id.</param>
/// <param name="AccountId">The operator's account that it is on, or was on when it was sealed; null for none.</param>
public sealed record RowDifference(
    [AllowedValues("changed", "removed", "added")] string What,
    [AllowedValues("authorisation", "operation", "charge")] string? Table,
    Guid Id,
    Guid? AccountId);
