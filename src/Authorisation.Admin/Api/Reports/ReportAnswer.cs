using Authorisation.Admin.Web;
using Authorisation.Billing.Reports;

namespace Authorisation.Admin.Api.Reports;

/// <summary>How a report of an organisation's month is answered.</summary>
internal static class ReportAnswer
{
    /// <summary>A page of it, or from when on it is shown.</summary>
    /// <param name="report">The report, with one row more than the page when there are more.</param>
    /// <param name="page">The page that was asked for.</param>
    /// <param name="view">A row as it is shown.</param>
    /// <param name="position">Where a row is, for the token of the next page.</param>
    public static Reply Page<TRow, TView>(
        Report<TRow> report, PageQuery page, Func<TRow, TView> view, Func<TRow, string> position)
    {
        if (report.HiddenUntil is { } day)
        {
            return Reply.Ok(HideablePage<TView>.Until(day));
        }

        var shown = Page<TView>.Of(report.Rows, page.Size, view, position);
        return Reply.Ok(new HideablePage<TView>(shown.Items, shown.NextPageToken));
    }

    /// <summary>All of it as a file that is named by operator, report and month.</summary>
    public static Reply File<TRow>(Report<TRow> report, string name, byte[] csv) =>
        Reply.Download(csv, AnswerFormat.CsvType, $"{report.Terms.Code}-{name}-{report.Month}.csv");
}
