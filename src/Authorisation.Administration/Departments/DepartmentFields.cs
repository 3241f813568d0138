using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Authorisation.Core;

namespace Authorisation.Administration.Departments;

/// <summary>What a department is to be like; a field that is not sent stays, or has its default in a new one.</summary>
/// <param name="Name">The name, required of a new one.</param>
/// <param name="ParentId">The department above it; the first department for a new one.</param>
/// <param name="InheritsBilling">
/// Whether its billing details are those of the department above, or of the organisation; not when it has its own
/// reference.
/// </param>
/// <param name="BillingReference">What its invoices are marked with, required when it does not inherit that.</param>
/// <param name="CostCentre">Its own cost centre; null for none.</param>
/// <param name="BillingAddress">Its own address; null for the organisation's.</param>
/// <param name="EInvoiceAddress">Its own e-invoice address; null for the organisation's.</param>
internal sealed record DepartmentRequest(
    Sent<string> Name,
    Sent<Guid?> ParentId,
    bool? InheritsBilling,
    Sent<string> BillingReference,
    Sent<string> CostCentre,
    Sent<PostalAddress> BillingAddress,
    Sent<string> EInvoiceAddress)
{
    /// <summary>Whether it has its own reference.</summary>
    public bool HasReference => !string.IsNullOrWhiteSpace(BillingReference.Value);

    /// <summary>Whether it has any billing details of its own.</summary>
    public bool HasOwnBilling => HasReference || !string.IsNullOrWhiteSpace(CostCentre.Value)
        || BillingAddress.Value is not null || EInvoiceAddress.Value is not null;
}

/// <summary>Checks what a department is to be like, by what the departments of its organisation are.</summary>
internal static class DepartmentFields
{
    /// <summary>The department as it is asked for.</summary>
    /// <param name="asked">What is asked for.</param>
    /// <param name="row">The department as it is, or as a new one is unless something is asked for.</param>
    /// <param name="isNew">Whether it is to be added.</param>
    /// <param name="all">All departments of the organisation.</param>
    /// <param name="organisation">The organisation.</param>
    /// <exception cref="RefusedException">A field is wrong.</exception>
    public static DepartmentRow Check(
        DepartmentRequest asked, DepartmentRow row, bool isNew, IReadOnlyDictionary<Guid, DepartmentRow> all,
        OrganisationRow organisation)
    {
        var fields = new Fields();
        var changed = row with
        {
            Name = isNew || asked.Name.IsSent
                ? fields.Required("name", asked.Name.Value, Limits.NameCharactersMax)
                : row.Name,
            ParentId = asked.ParentId.IsSent ? Parent(fields, asked.ParentId.Value, all, row) : row.ParentId,
            InheritsBilling = asked.InheritsBilling ?? (row.InheritsBilling && !asked.HasReference),
        };
        var own = changed.InheritsBilling
            ? null
            : asked.BillingReference.IsSent || row.InheritsBilling || isNew
                ? fields.Required(
                    "billing_reference", asked.BillingReference.Value, Limits.BillingReferenceCharactersMax)
                : row.BillingReference;
        var costCentre = asked.CostCentre.IsSent
            ? fields.Optional("cost_centre", asked.CostCentre.Value, Limits.CostCentreCharactersMax)
            : row.InheritsBilling ? null : row.CostCentre;
        if (changed.InheritsBilling && asked.HasOwnBilling)
        {
            fields.Add(
                "inherits_billing", FieldCode.NotPossible, "must be false for billing details of the department's own");
        }

        var address = asked.BillingAddress.IsSent
            ? PostalAddress.Write(PostalAddress.Check(fields, "billing_address", asked.BillingAddress.Value))
            : row.BillingAddress;
        var eInvoice = asked.EInvoiceAddress.IsSent
            ? fields.ElectronicAddress("e_invoice_address", asked.EInvoiceAddress.Value)?.ToString()
            : row.EInvoiceAddress;
        fields.ThrowIfAny();
        var (reference, inheritedCostCentre) = Inherited(changed, all, organisation);
        return changed with
        {
            BillingReference = own ?? reference,
            CostCentre = changed.InheritsBilling ? inheritedCostCentre : costCentre,
            BillingAddress = changed.InheritsBilling ? null : address,
            EInvoiceAddress = changed.InheritsBilling ? null : eInvoice,
        };
    }

    private static (string Reference, string? CostCentre) Inherited(
        DepartmentRow row, IReadOnlyDictionary<Guid, DepartmentRow> all, OrganisationRow organisation) =>
        BillingDetails.InForce(
            row.ParentId is { } parent ? BillingDetails.SourceOf(all[parent], all) : null, organisation);

    private static Guid? Parent(
        Fields fields, Guid? asked, IReadOnlyDictionary<Guid, DepartmentRow> all, DepartmentRow row)
    {
        if (asked is not { } parent)
        {
            if (row.ParentId is not null)
            {
                fields.Add(
                    "parent_id", FieldCode.NotPossible, "cannot be null: the first department is above all others");
            }

            return row.ParentId;
        }

        if (!all.TryGetValue(parent, out var above) || above.ClosedAt is not null)
        {
            fields.Add("parent_id", FieldCode.NotFound, "must be an open department of the organisation");
            return row.ParentId;
        }

        for (var at = above; at is not null; at = at.ParentId is { } next ? all[next] : null)
        {
            if (at.Id == row.Id)
            {
                fields.Add("parent_id", FieldCode.NotPossible, "cannot be the department itself or one below it");
                return row.ParentId;
            }
        }

        return parent;
    }
}
