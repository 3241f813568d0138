using System.Globalization;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Authorisation.Ledger.Activation;

namespace Authorisation.Administration.Imports;

/// <summary>
/// Turns the rows of a file into what is to be applied, or into all that is wrong with them: one error for each cause.
/// </summary>
internal sealed class RowChecks(ImportContext context, FileErrors errors)
{
    private readonly HashSet<string> _emails = new(StringComparer.Ordinal);
    private readonly HashSet<string> _mobiles = new(StringComparer.Ordinal);
    private readonly DepartmentNames _departments = new(context.Departments);

    /// <summary>Checks a row; null, with its errors, when something is wrong with it.</summary>
    public ImportRow? Check(FileRow row)
    {
        var before = errors.All.Count;
        if (row.Surplus is { } place)
        {
            errors.AddOfFile(row.Line, place, FieldCode.Unknown, "has more cells in this row than columns");
        }

        var email = Email(row);
        var known = context.Travellers.GetValueOrDefault(email);
        if (known is not null && !context.Scope.Sees(known.DepartmentId))
        {
            errors.Add(row.Line, ImportColumn.Email, FieldCode.NotAllowed, "is a traveller's of another department");
        }

        var name = Name(row);
        var department = Department(row, known);
        var beforeApp = errors.All.Count;
        var mobile = Mobile(row);
        var limit = Limit(row, known);
        // A number that changes is the app's, too, of a traveller who has app credit already.
        var isAboutApp = limit is not null
            || (known is { AppDepartmentId: not null } && mobile is not null && mobile != known.Mobile);
        // A number or limit that cannot be read has been reported, and is no second cause.
        if (isAboutApp && errors.All.Count == beforeApp)
        {
            CheckApp(row, mobile, limit, known);
        }

        if (known is { TakesCreditAlong: true, DepartmentId: { } from } && department is { } to && to != from
            && (context.Scope.LacksForCredit(from) ?? context.Scope.LacksForCredit(to)) is { } lacks)
        {
            errors.Add(row.Line, ImportColumn.Department, FieldCode.NotAllowed, lacks);
        }

        return errors.All.Count > before
            ? null
            : new ImportRow
            {
                Line = row.Line,
                Email = email,
                Name = name,
                Mobile = mobile,
                DepartmentId = department,
                LimitMinor = limit,
            };
    }

    private string Email(FileRow row)
    {
        var text = row[ImportColumn.Email];
        if (text.Length == 0)
        {
            errors.Add(row.Line, ImportColumn.Email, FieldCode.Required, "is required");
            return "";
        }

        if (!EmailAddress.TryNormalise(text, out var email))
        {
            errors.Add(
                row.Line, ImportColumn.Email, FieldCode.Malformed,
                "must be an e-mail address such as anna@example.com");
        }
        else if (!_emails.Add(email))
        {
            errors.Add(row.Line, ImportColumn.Email, FieldCode.Repeated, "is in the file more than once");
        }

        return email;
    }

    private string Name(FileRow row)
    {
        var text = row[ImportColumn.Name];
        // A spreadsheet that opens a list of travellers would run it.
        if (text.Length > 0 && text[0] is '=' or '+' or '-' or '@')
        {
            errors.Add(
                row.Line, ImportColumn.Name, FieldCode.Characters,
                "must not begin with a character that begins a formula");
            return "";
        }

        var fields = new Fields();
        var name = fields.Optional("name", text, Limits.NameCharactersMax) ?? "";
        foreach (var error in fields.Errors)
        {
            errors.Add(row.Line, error);
        }

        return name;
    }

    private string? Mobile(FileRow row)
    {
        var text = row[ImportColumn.Mobile];
        if (text.Length == 0)
        {
            return null;
        }

        if (MobileNumber.TryNormalise(text, context.Terms.Country, out var mobile))
        {
            return mobile;
        }

        if (IsRounded(text))
        {
            AddRounded(row, ImportColumn.Mobile, text);
        }
        else
        {
            errors.Add(
                row.Line, ImportColumn.Mobile, FieldCode.Malformed, Fields.NoMobile(text, context.Terms.Country));
        }

        return null;
    }

    private Guid? Department(FileRow row, KnownTraveller? known)
    {
        var text = row[ImportColumn.Department];
        if (text.Length == 0)
        {
            if (known is null && context.Departments.Count == 0)
            {
                errors.Add(row.Line, ImportColumn.Department, FieldCode.Required, "is required");
            }

            return known is null ? DepartmentRow.DefaultOf(context.Departments)?.Id : null;
        }

        var (id, advice) = _departments.Find(text);
        if (id is null)
        {
            errors.Add(row.Line, ImportColumn.Department, FieldCode.NotFound, advice);
        }

        return id;
    }

    private long? Limit(FileRow row, KnownTraveller? known)
    {
        var text = row[ImportColumn.Limit];
        if (text.Length == 0)
        {
            return null;
        }

        if (!MoneyText.TryRead(text, out var limit))
        {
            if (IsRounded(text))
            {
                AddRounded(row, ImportColumn.Limit, text);
            }
            else
            {
                errors.Add(
                    row.Line, ImportColumn.Limit, FieldCode.Malformed, "must be an amount in kr such as 500 or 500,50");
            }

            return null;
        }

        var cap = CreditCap.Of(context.Terms.CapMinor, context.Organisation.CapMinor);
        if (CreditCap.IsLowered(limit, known?.AppLimitMinor ?? 0) || CreditCap.Allows(
            limit, cap, known?.OtherLimitsMinor ?? 0))
        {
            return limit;
        }

        var highest = CreditCap.HighestLimit(cap, known?.OtherLimitsMinor ?? 0);
        errors.Add(row.Line, ImportColumn.Limit, FieldCode.OutOfRange, highest < Limits.CreditLimitMinorMin
            ? "cannot be given: the traveller's other limits reach the cap already"
            : $"must be 1 to {Kronor(highest)} kr");
        return null;
    }

    private void CheckApp(FileRow row, string? rowMobile, long? limit, KnownTraveller? known)
    {
        // The field that the cause is reported for: the mobile number if the row has one.
        var column = row[ImportColumn.Mobile].Length > 0 ? ImportColumn.Mobile : ImportColumn.Limit;
        var mobile = rowMobile ?? known?.Mobile;
        var isGranted = known?.AppDepartmentId is null;
        // A limit that changes sends none, whatever the operator offers by now: it is changed as ChangeCredit changes
        // it.
        var sendsCode = isGranted || mobile != known?.Mobile;
        if (isGranted && (!context.Terms.OffersAppCredit || known is { IsShared: true }))
        {
            errors.Add(
                row.Line, ImportColumn.Limit, FieldCode.NotPossible, "cannot be given: there is no app credit here");
        }
        else if (sendsCode && mobile is null)
        {
            errors.Add(
                row.Line, ImportColumn.Limit, FieldCode.Required, "needs a mobile number, which the code is sent to");
        }
        else if (sendsCode && !context.Terms.SendsSmsTo(mobile!))
        {
            errors.Add(
                row.Line, column, FieldCode.NotPossible,
                $"gets no SMS, which the code comes by: the operator sends them to {context.Terms.SmsNumbers} only");
        }
        else if (mobile is not null && !_mobiles.Add(mobile))
        {
            errors.Add(row.Line, column, FieldCode.Repeated, "has app credit in another row of the file");
        }
        else if (sendsCode && context.MobilesInUse.TryGetValue(mobile!, out var user) && user != known?.Id)
        {
            errors.Add(row.Line, column, FieldCode.Taken, "has app credit already, as another traveller's");
        }
        else if (known?.AppDepartmentId is { } payer && context.Scope.LacksForCredit(payer) is { } lacks)
        {
            errors.Add(
                row.Line, limit is null ? ImportColumn.Mobile : ImportColumn.Limit, FieldCode.NotAllowed, lacks);
        }
    }

    private void AddRounded(FileRow row, ImportColumn column, string text) => errors.Add(
        row.Line, column, FieldCode.Damaged,
        $"was changed to {text} by the spreadsheet, which has lost digits: format column {errors.Header.NameOf(column)} "
        + "as text there and write the numbers again");

    // The digits that a narrow column of numbers did not have room for are gone from the file: 4,67012E+10.
    private static bool IsRounded(string text) =>
        text.Split('E', 'e') is [{ Length: > 0 } digits, { Length: > 0 } power]
        && digits.All(static character => char.IsAsciiDigit(character) || character is '.' or ',')
        && power.TrimStart('+') is { Length: 1 or 2 } exponent && exponent.All(char.IsAsciiDigit);

    private static string Kronor(long minor) => minor % 100 == 0
        ? (minor / 100).ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{minor / 100},{minor % 100:00}");
}
