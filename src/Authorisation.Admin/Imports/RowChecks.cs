using Authorisation.Admin.Http;
using Authorisation.Core;

namespace Authorisation.Admin.Imports;

/// <summary>Turns the rows of a file into what is to be applied, or into all that is wrong with them.</summary>
internal sealed class RowChecks(ImportContext context)
{
    private readonly HashSet<string> _emails = new(StringComparer.Ordinal);
    private readonly HashSet<string> _mobiles = new(StringComparer.Ordinal);

    /// <summary>Checks a row; null, with its errors, when something is wrong with it.</summary>
    public ImportRow? Check(IReadOnlyDictionary<ImportColumn, Cell> cells, ICollection<FieldError> errors)
    {
        var before = errors.Count;
        var line = cells.Values.First().Line;
        var email = Email(cells, errors, line);
        var known = context.Travellers.GetValueOrDefault(email);
        if (known is not null && !context.Reach.Sees(known.DepartmentId))
        {
            Add(errors, cells, ImportColumn.Email, "is a traveller's of another department");
        }

        var row = new ImportRow
        {
            Line = line,
            Email = email,
            Name = Name(cells, errors),
            Mobile = Mobile(cells, errors),
            DepartmentId = Department(cells, errors, known),
            LimitMinor = Limit(cells, errors, known),
        };
        // A number that changes is the app's, too, of who has app credit already.
        if (row.LimitMinor is not null
            || (known is { AppDepartmentId: not null } && row.Mobile is { } mobile && mobile != known.Mobile))
        {
            CheckApp(cells, errors, row, known);
        }

        return errors.Count == before ? row : null;
    }

    private string Email(IReadOnlyDictionary<ImportColumn, Cell> cells, ICollection<FieldError> errors, int line)
    {
        if (!cells.TryGetValue(ImportColumn.Email, out var cell) || cell.Text.Length == 0)
        {
            errors.Add(new FieldError("email", "is required", line, 1));
            return "";
        }

        if (cell.Text == Cell.TooMany)
        {
            errors.Add(new FieldError("file", "has more cells in this row than columns", line, cell.Column));
            return "";
        }

        if (!EmailAddress.TryNormalise(cell.Text, out var email))
        {
            Add(errors, cells, ImportColumn.Email, "must be an e-mail address such as anna@example.com");
        }
        else if (!_emails.Add(email))
        {
            Add(errors, cells, ImportColumn.Email, "stands in the file more than once");
        }

        return email;
    }

    private static string Name(IReadOnlyDictionary<ImportColumn, Cell> cells, ICollection<FieldError> errors)
    {
        var text = TextOf(cells, ImportColumn.Name);
        // A spreadsheet that opens a list of travellers would run it.
        if (text.Length > 0 && text[0] is '=' or '+' or '-' or '@')
        {
            Add(errors, cells, ImportColumn.Name, "must not begin with a character that begins a formula");
            return "";
        }

        var fields = new Fields();
        var name = fields.Optional("name", text, Limits.NameCharactersMax) ?? "";
        if (!fields.AllRight)
        {
            Add(errors, cells, ImportColumn.Name, fields.Errors[0].Message);
        }

        return name;
    }

    private string? Mobile(IReadOnlyDictionary<ImportColumn, Cell> cells, ICollection<FieldError> errors)
    {
        var text = TextOf(cells, ImportColumn.Mobile);
        if (text.Length == 0)
        {
            return null;
        }

        if (!MobileNumber.TryNormalise(text, context.Terms.Country, out var mobile))
        {
            Add(errors, cells, ImportColumn.Mobile, "must be a mobile number");
            return null;
        }

        return mobile;
    }

    private Guid? Department(
        IReadOnlyDictionary<ImportColumn, Cell> cells, ICollection<FieldError> errors, KnownTraveller? known)
    {
        var text = TextOf(cells, ImportColumn.Department);
        if (text.Length == 0)
        {
            if (known is null && context.Departments.Count == 0)
            {
                errors.Add(new FieldError("department", "is required", cells.Values.First().Line, 1));
            }

            // A new traveller goes to the first department that the importer has.
            return known is null ? (context.Departments.Count > 0 ? context.Departments[0].Id : null) : null;
        }

        var named = context.Departments
            .Where(one => one.Name.Equals(text, StringComparison.OrdinalIgnoreCase) || one.Id.ToString() == text).ToList();
        if (named.Count == 1)
        {
            return named[0].Id;
        }

        Add(errors, cells, ImportColumn.Department, named.Count == 0
            ? "must be the name of an open department of the organisation"
            : "is the name of several departments: write the department's id instead");
        return null;
    }

    private long? Limit(IReadOnlyDictionary<ImportColumn, Cell> cells, ICollection<FieldError> errors, KnownTraveller? known)
    {
        var text = TextOf(cells, ImportColumn.Limit);
        if (text.Length == 0)
        {
            return null;
        }

        if (!MoneyText.TryRead(text, out var limit))
        {
            Add(errors, cells, ImportColumn.Limit, "must be an amount in kr such as 500 or 500,50");
            return null;
        }

        var cap = CreditCap.Of(context.Terms.CapMinor, context.Organisation.CapMinor);
        if (!CreditCap.Allows(limit, cap, known?.OtherLimitsMinor ?? 0))
        {
            var highest = CreditCap.HighestLimit(cap, known?.OtherLimitsMinor ?? 0);
            Add(errors, cells, ImportColumn.Limit, $"must be 1 to {highest / 100} kr");
            return null;
        }

        return limit;
    }

    private void CheckApp(
        IReadOnlyDictionary<ImportColumn, Cell> cells, ICollection<FieldError> errors, ImportRow row, KnownTraveller? known)
    {
        var mobile = row.Mobile ?? known?.Mobile;
        if (row.LimitMinor is not null && (!context.Terms.OffersAppCredit || known is { IsShared: true }))
        {
            Add(errors, cells, ImportColumn.Limit, "cannot be given: there is no app credit here");
        }
        else if (mobile is null)
        {
            Add(errors, cells, ImportColumn.Limit, "needs a mobile number, which the code is sent to");
        }
        else if (!context.Terms.SendsSmsTo(mobile))
        {
            Add(errors, cells, cells.ContainsKey(ImportColumn.Mobile) ? ImportColumn.Mobile : ImportColumn.Limit,
                $"gets no SMS, which the code comes by: the operator sends them to {context.Terms.SmsNumbers} only");
        }
        else if (!_mobiles.Add(mobile)
            || (context.MobilesInUse.TryGetValue(mobile, out var user) && user != known?.Id))
        {
            Add(errors, cells, cells.ContainsKey(ImportColumn.Mobile) ? ImportColumn.Mobile : ImportColumn.Limit,
                "has app credit already, or in another row");
        }
        else if (known?.AppDepartmentId is { } payer && context.Reach.LacksForCredit(payer) is { } lacks)
        {
            Add(errors, cells, row.LimitMinor is null ? ImportColumn.Mobile : ImportColumn.Limit, lacks);
        }
    }

    private static string TextOf(IReadOnlyDictionary<ImportColumn, Cell> cells, ImportColumn column) =>
        cells.TryGetValue(column, out var cell) ? cell.Text : "";

    private static void Add(
        ICollection<FieldError> errors, IReadOnlyDictionary<ImportColumn, Cell> cells, ImportColumn column, string message)
    {
        var cell = cells[column];
        errors.Add(new FieldError(ImportColumns.FieldOf(column), message, cell.Line, cell.Column));
    }
}
