using System.ComponentModel.DataAnnotations;
using Authorisation.Admin.Web;
using Authorisation.Administration.Organisations;
using Authorisation.Core;

namespace Authorisation.Admin.Api.Departments;

/// <summary>What is to be changed of a department; a field that is not sent stays.</summary>
internal record DepartmentChange
{
    /// <summary>The name, as printed on invoices from now on.</summary>
    [MaxLength(Limits.NameCharactersMax)]
    public virtual string? Name { get; init; }

    /// <summary>
    /// The department above it, which is never the department itself or one below it; the first unless given.
    /// </summary>
    public Guid? ParentId { get; init; }

    /// <summary>
    /// Whether its billing details are those of the department above it, or of the organisation; true for a new
    /// department unless it gets its own reference.
    /// </summary>
    public bool? InheritsBilling { get; init; }

    /// <summary>
    /// The reference that its invoices are marked with; required of a department that does not inherit one.
    /// </summary>
    [MaxLength(Limits.BillingReferenceCharactersMax)]
    public string? BillingReference { get; init; }

    /// <summary>Its own cost centre, printed on invoice lines; null for none.</summary>
    [Clearable]
    [MaxLength(Limits.CostCentreCharactersMax)]
    public string? CostCentre { get; init; }

    /// <summary>Its own billing address; null for the organisation's.</summary>
    [Clearable]
    public PostalAddress? BillingAddress { get; init; }

    /// <summary>Its own e-invoice address, as <c>scheme:value</c>; null for the organisation's.</summary>
    [Clearable]
    [MaxLength(Limits.ElectronicAddressCharactersMax)]
    public string? EInvoiceAddress { get; init; }
}

/// <summary>A department to be added.</summary>
internal sealed record NewDepartment : DepartmentChange
{
    /// <summary>The name, as printed on invoices.</summary>
    [Required]
    [MaxLength(Limits.NameCharactersMax)]
    public override string? Name { get; init; }
}
