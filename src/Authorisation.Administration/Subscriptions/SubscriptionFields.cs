using Authorisation.Administration.Work;
using Authorisation.Core;

namespace Authorisation.Administration.Subscriptions;

/// <summary>Whose subscription it is to be, as an order says it.</summary>
/// <param name="FirstName">The first name, as on the person's papers.</param>
/// <param name="LastName">The last name.</param>
/// <param name="Email">The e-mail address.</param>
/// <param name="EmployeeNumber">The number at the employer.</param>
internal sealed record SubscriberRequest(string? FirstName, string? LastName, string? Email, string? EmployeeNumber);

/// <summary>Checks what an order says of a person.</summary>
internal static class SubscriptionFields
{
    /// <summary>The fields as they are kept; what is wrong is added to the fields.</summary>
    /// <param name="fields">Where everything that is wrong is added.</param>
    /// <param name="asked">What the order says.</param>
    /// <param name="email">Whether the e-mail address is asked for.</param>
    /// <param name="employeeNumber">Whether the number at the employer is.</param>
    public static (string FirstName, string LastName, string? Email, string? EmployeeNumber) Check(
        Fields fields, SubscriberRequest asked, Asked email, Asked employeeNumber)
    {
        var first = fields.Required("first_name", asked.FirstName, Limits.PersonNameCharactersMax);
        var last = fields.Required("last_name", asked.LastName, Limits.PersonNameCharactersMax);
        return (first, last, EmailOf(fields, asked.Email, email), NumberOf(fields, asked.EmployeeNumber, employeeNumber));
    }

    private static string? EmailOf(Fields fields, string? value, Asked asked)
    {
        const string Field = "email";
        if (asked == Asked.No)
        {
            AddIfGiven(fields, Field, value);
            return null;
        }

        return asked == Asked.Optional && string.IsNullOrWhiteSpace(value) ? null : fields.Email(Field, value);
    }

    private static string? NumberOf(Fields fields, string? value, Asked asked)
    {
        const string Field = "employee_number";
        switch (asked)
        {
            case Asked.No:
                AddIfGiven(fields, Field, value);
                return null;
            case Asked.Required:
                return fields.Required(Field, value, Limits.EmployeeNumberCharactersMax);
            default:
                return fields.Optional(Field, value, Limits.EmployeeNumberCharactersMax);
        }
    }

    private static void AddIfGiven(Fields fields, string field, string? value)
    {
        if (!string.IsNullOrWhiteSpace(value))
        {
            fields.Add(field, FieldCode.NotPossible, "must be absent: the order form does not ask for it");
        }
    }
}
