using System.ComponentModel.DataAnnotations;
using Authorisation.Administration.Subscriptions;
using Authorisation.Core;

namespace Authorisation.Admin.Api.Subscriptions;

/// <summary>How subscriptions are to be ordered, approved and paid for.</summary>
/// <param name="DepartmentId">The department that pays for what is ordered by the link.</param>
/// <param name="Approval">by_administrator, or automatic: orders need no administrator.</param>
/// <param name="AsksEmail">Whether the order form asks for an e-mail address; no unless given.</param>
/// <param name="AsksEmployeeNumber">The same of the number at the employer; no unless given.</param>
/// <param name="EmployerPercent">What the employer bears of each month, in per cent; nothing unless given.</param>
/// <param name="EmployerMinor">The same as an amount, in minor units; not beside per cent.</param>
internal sealed record SubscriptionSettingsBody(
    [Required] Guid? DepartmentId,
    [Required, AllowedValues("by_administrator", "automatic")] string? Approval,
    [AllowedValues("no", "optional", "required")] string? AsksEmail,
    [AllowedValues("no", "optional", "required")] string? AsksEmployeeNumber,
    [Range(0, 100)] int? EmployerPercent,
    [Range(1L, Limits.AmountMinorMax)] long? EmployerMinor)
{
    public SubscriptionSettingsRequest ToRequest() =>
        new(DepartmentId, Approval, AsksEmail, AsksEmployeeNumber, EmployerPercent, EmployerMinor);
}

/// <summary>A subscription that an administrator adds.</summary>
/// <param name="DepartmentId">The department that pays.</param>
/// <param name="Mobile">The telephone that the ticket comes to.</param>
/// <param name="Product">The product's code.</param>
/// <param name="FirstName">The first name, as on the person's papers: the ticket is personal.</param>
/// <param name="LastName">The last name.</param>
/// <param name="Email">The e-mail address.</param>
/// <param name="EmployeeNumber">The number at the employer.</param>
internal sealed record AddSubscriptionBody(
    [Required] Guid? DepartmentId,
    [Required, MaxLength(Limits.WrittenNumberCharactersMax)] string? Mobile,
    [Required, MaxLength(Limits.CodeCharactersMax)] string? Product,
    [Required, MaxLength(Limits.PersonNameCharactersMax)] string? FirstName,
    [Required, MaxLength(Limits.PersonNameCharactersMax)] string? LastName,
    [MaxLength(Limits.EmailCharactersMax)] string? Email,
    [MaxLength(Limits.EmployeeNumberCharactersMax)] string? EmployeeNumber)
{
    public AddSubscriptionRequest ToRequest() =>
        new(DepartmentId, Mobile, Product, new SubscriberRequest(FirstName, LastName, Email, EmployeeNumber));
}

/// <summary>A subscription that an employee orders.</summary>
/// <param name="Product">The product's code.</param>
/// <param name="FirstName">The first name, as on the person's papers: the ticket is personal.</param>
/// <param name="LastName">The last name.</param>
/// <param name="Email">The e-mail address, if the form asks for it.</param>
/// <param name="EmployeeNumber">The number at the employer, if the form asks for it.</param>
internal sealed record SubscriptionOrderBody(
    [Required, MaxLength(Limits.CodeCharactersMax)] string? Product,
    [Required, MaxLength(Limits.PersonNameCharactersMax)] string? FirstName,
    [Required, MaxLength(Limits.PersonNameCharactersMax)] string? LastName,
    [MaxLength(Limits.EmailCharactersMax)] string? Email,
    [MaxLength(Limits.EmployeeNumberCharactersMax)] string? EmployeeNumber)
{
    public SubscriptionOrder ToRequest() => new(Product, new SubscriberRequest(FirstName, LastName, Email, EmployeeNumber));
}

/// <summary>Another product for a subscription.</summary>
/// <param name="Product">The product's code.</param>
internal sealed record SubscriptionProductBody([Required, MaxLength(Limits.CodeCharactersMax)] string? Product);

/// <summary>Why a subscription is refused.</summary>
/// <param name="Reason">What the employee gets by SMS.</param>
internal sealed record SubscriptionRefusalBody([Required, MaxLength(Limits.ReasonCharactersMax)] string? Reason);

/// <summary>The telephone that a code is sent to.</summary>
/// <param name="Mobile">Its number.</param>
internal sealed record PhoneCodeBody([Required, MaxLength(Limits.WrittenNumberCharactersMax)] string? Mobile);

/// <summary>A telephone and the code that was sent to it.</summary>
/// <param name="Mobile">Its number.</param>
/// <param name="Code">The code.</param>
internal sealed record PhoneSessionBody(
    [Required, MaxLength(Limits.WrittenNumberCharactersMax)] string? Mobile,
    [Required, MaxLength(Limits.ActivationCodeDigits)] string? Code);
