using System.ComponentModel.DataAnnotations;
using Authorisation.Admin.Web;
using Authorisation.Administration.Organisations;
using Authorisation.Core;

namespace Authorisation.Admin.Api.Departments;

/// <summary>What is to be changed of a department; a field that is not sent stays.</summary>
internal record DepartmentChange
{
    /// <summary>The name, as it stands on invoices from now on.</summary>
    [MaxLength(Limits.NameCharactersMax)]
    public virtual string? Name { get; init; }

    /// <summary>
    /// The department above it, which is never the department itself or one below it; the first unless given.
    /// </summary>
    public Guid? ParentId { get; init; }

    /// <summary>
    /// Whether its billing details are those of the department above it, or of the organisation; true for a new
    /// department unless it is given a reference of its own.
    /// </summary>
    public bool? InheritsBilling { get; init; }

    /// <summary>
    /// The reference that its invoices are marked with; required of a department that does not inherit one.
    /// </summary>
    [MaxLength(Limits.BillingReferenceCharactersMax)]
    public string? BillingReference { get; init; }

    /// <summary>A cost centre of its own, which stands on invoice lines; null for none.</summary>
    [Clearable]
    [MaxLength(Limits.CostCentreCharactersMax)]
    public string? CostCentre { get; init; }

    /// <summary>A billing address of its own; null for the organisation's.</summary>
    [Clearable]
    public PostalAddress? BillingAddress { get; init; }

    /// <summary>An address for e-invoices of its own, as <c>scheme:value</c>; null for the organisation's.</summary>
    [Clearable]
    [MaxLength(Limits.ElectronicAddressCharactersMax)]
    public string? EInvoiceAddress { get; init; }
}

/// <summary>A department to be added.</summary>
internal sealed record NewDepartment : DepartmentChange
{
    /// <summary>The name, as it stands on invoices.</summary>
    [Required]
    [MaxLength(Limits.NameCharactersMax)]
    public override string? Name { get; init; }
}
