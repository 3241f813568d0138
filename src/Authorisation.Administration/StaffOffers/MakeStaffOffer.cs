using Authorisation.Administration.Access;
using Authorisation.Administration.Charges;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Products;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;

namespace Authorisation.Administration.StaffOffers;

/// <summary>What is to be offered.</summary>
/// <param name="OrganisationId">The employer.</param>
/// <param name="Product">The product's code.</param>
/// <param name="Months">In how many months' payrolls it is taken, 1 to 12; one unless given.</param>
/// <param name="EmployerPercent">What the employer bears, 0 to 100 per cent.</param>
/// <param name="EmployerMinor">The same as an amount in minor units; not beside per cent.</param>
internal sealed record StaffOfferRequest(
    Guid? OrganisationId, string? Product, int? Months, int? EmployerPercent, long? EmployerMinor);

/// <summary>
/// Offers a product to the people of an organisation, by its organisation-wide administrators. Instead of an offer of the
/// same product that is open: applications that wait go by the terms that they were made under.
/// </summary>
internal sealed class MakeStaffOffer
{
    /// <returns>The offer.</returns>
    /// <exception cref="RefusedException">The organisation cannot be seen or changed, or fields are wrong.</exception>
    public async Task<StaffOfferRow> RunAsync(UnitOfWork work, Request<StaffOfferRequest> request)
    {
        _ = work.Principal;
        var asked = request.Read();
        var organisationId = Problems.RequireOrganisationId(asked.OrganisationId);
        var (organisation, scope) = await OrganisationRow.LockCustomerForChangeAsync(work, organisationId);
        scope.RequireWide().Require(AdministratorRights.Purchases);
        var terms = await OperatorTerms.GetAsync(work.Db, organisation.OperatorId);
        var fields = new Fields();
        var product = await ProductAsync(work, fields, terms, asked.Product);
        var months = asked.Months ?? 1;
        if (months is < 1 or > Limits.DeductionMonthsMax)
        {
            fields.AddOutOfRange("months", 1, Limits.DeductionMonthsMax);
        }

        EmployerShare.Check(fields, asked.EmployerPercent, asked.EmployerMinor);
        fields.ThrowIfAny();
        var id = Guid.CreateVersion7();
        await work.Db.ExecuteAsync(
            """
            update control.staff_offer set closed_at = ledger_now()
            where organisation_id = @organisationId and product = @product and closed_at is null;
            insert into control.staff_offer (id, operator_id, organisation_id, product, months, employer_percent, employer_minor)
            values (@id, @operatorId, @organisationId, @product, @months, @percent, @EmployerMinor)
            """,
            new
            {
                id,
                operatorId = terms.Id,
                organisationId,
                product,
                months = (short)months,
                percent = (short?)asked.EmployerPercent,
                asked.EmployerMinor,
            });
        var row = (await StaffOfferRow.FindAsync(work.Db, id))!;
        await work.AuditAsync("staff_offer.made", "staff_offer:" + id, terms.Id, organisationId, after: row.Audited());
        return row;
    }

    private static async Task<string> ProductAsync(UnitOfWork work, Fields fields, OperatorTerms terms, string? code)
    {
        const string Field = "product";
        var before = fields.Errors.Count;
        var text = fields.Required(Field, code, Limits.CodeCharactersMax);
        if (fields.Errors.Count == before)
        {
            var product = await ProductRow.FindAsync(work.Db, terms.Id, text, await Catalogue.TodayAsync(work, terms));
            if (product is not { PriceMinor: not null } || !product.SoldBy.HasFlag(SoldBy.StaffOffer))
            {
                fields.Add(Field, FieldCode.NotFound, "must be a product that is sold as a staff offer and has a price today");
            }
        }

        return text;
    }
}
