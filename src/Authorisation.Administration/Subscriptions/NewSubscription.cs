using Authorisation.Administration.Access;
using Authorisation.Administration.Credits;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Products;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;

namespace Authorisation.Administration.Subscriptions;

/// <summary>A subscription that is to be made; its fields were checked.</summary>
/// <param name="OrganisationId">The employer.</param>
/// <param name="DepartmentId">The department that pays.</param>
/// <param name="Mobile">The telephone that it comes to.</param>
/// <param name="FirstName">The first name, as on the person's papers.</param>
/// <param name="LastName">The last name.</param>
/// <param name="Email">The e-mail address, if it was asked for.</param>
/// <param name="EmployeeNumber">The number at the employer, if it was asked for.</param>
/// <param name="Product">The product.</param>
internal sealed record NewSubscription(
    Guid OrganisationId, Guid DepartmentId, string Mobile, string FirstName, string LastName, string? Email,
    string? EmployeeNumber, ProductRow Product)
{
    /// <summary>
    /// The product of an order, which is sold as a subscription and has a price on a day; null, with the field's error,
    /// when there is none such.
    /// </summary>
    public static async Task<ProductRow?> ProductAsync(
        UnitOfWork work, Fields fields, OperatorTerms terms, string? code, DateOnly day)
    {
        const string Field = "product";
        var before = fields.Errors.Count;
        var text = fields.Required(Field, code, Limits.CodeCharactersMax);
        if (fields.Errors.Count > before)
        {
            return null;
        }

        var product = await ProductRow.FindAsync(work.Db, terms.Id, text, day);
        if (product is { Kind: ProductKind.Subscription, PriceMinor: not null } && product.SoldBy.HasFlag(SoldBy.Subscription))
        {
            return product;
        }

        fields.Add(Field, FieldCode.NotFound, "must be a product that is sold as a subscription and has a price by then");
        return null;
    }

    /// <summary>
    /// Adds an error if somebody with this telephone has the product at the organisation already, or too many. The number
    /// is claimed until the transaction ends, so that two orders at once do not both pass.
    /// </summary>
    /// <param name="work">The caller's.</param>
    /// <param name="fields">Where the error is added.</param>
    /// <param name="organisationId">The employer.</param>
    /// <param name="mobile">The telephone's number.</param>
    /// <param name="product">The product's code.</param>
    /// <param name="changed">The subscription that is to be of this product; null for a new one.</param>
    public static async Task ClaimAsync(
        UnitOfWork work, Fields fields, Guid organisationId, string mobile, string product, Guid? changed = null)
    {
        await Claim.SubscriptionAsync(work.Db, organisationId, mobile);
        var live = (await work.Db.QueryAsync<SubscriptionRow>(
            $"select {SubscriptionRow.Columns} where s.organisation_id = @organisationId and s.mobile = @mobile",
            new { organisationId, mobile })).Where(one => one.IsLive && one.Id != changed).ToList();
        if (live.Exists(one => one.Product == product || one.NextProduct == product))
        {
            fields.Add("product", FieldCode.Taken, "is one that this telephone number has already");
        }
        else if (live.Count >= Limits.SubscriptionsOfMobileMax)
        {
            fields.Add(
                "mobile", FieldCode.Taken, $"has {Limits.SubscriptionsOfMobileMax} subscriptions already, which is the most");
        }
    }

    /// <summary>Makes it: pending, or approved at once.</summary>
    /// <returns>Its id.</returns>
    /// <exception cref="RefusedException">
    /// The employee's number would be set on a traveller that the caller may not change.
    /// </exception>
    public async Task<Guid> AddAsync(UnitOfWork work, OperatorTerms terms, CreditMonth first, bool isApproved)
    {
        var id = Guid.CreateVersion7();
        var traveller = await TravellerAsync(work, terms);
        await work.Db.ExecuteAsync(
            """
            insert into control.subscription (
              id, operator_id, organisation_id, department_id, traveller_id, mobile, first_name, last_name, is_by_link, state,
              decided_at, first_month)
            values (
              @id, @operatorId, @OrganisationId, @DepartmentId, @traveller, @Mobile, @FirstName, @LastName, @isByLink, @state,
              case when @isApproved then ledger_now() end, @first);
            insert into control.subscription_product (subscription_id, from_month, product) values (@id, @first, @product)
            """,
            new
            {
                id,
                operatorId = terms.Id,
                OrganisationId,
                DepartmentId,
                traveller,
                Mobile,
                FirstName,
                LastName,
                isByLink = work.PhoneIfAny is not null,
                isApproved,
                state = (short)(isApproved ? SubscriptionState.Approved : SubscriptionState.Pending),
                first = first.Number,
                product = Product.Code,
            });
        var row = await SubscriptionRow.GetAsync(work.Db, id);
        await work.AuditAsync(
            work.PhoneIfAny is null ? "subscription.added" : "subscription.ordered", row.Subject, terms.Id, OrganisationId,
            DepartmentId, after: row.Audited());
        return id;
    }

    // The traveller of the organisation who has this number; else a row of one's own, which is in no list. An administrator
    // has to see the traveller: a number typed in shows and changes nothing of people of other departments.
    private async Task<Guid> TravellerAsync(UnitOfWork work, OperatorTerms terms)
    {
        AccessScope? scope = work.PhoneIfAny is null ? work.Principal.At(terms.Id, OrganisationId) : null;
        // Locked: one who is being removed is none by the time that this goes on, and one who is found stays until it is done.
        var found = await work.Db.QueryFirstOrDefaultAsync<TravellerKey>(
            """
            select id, employee_number from traveller
            where organisation_id = @OrganisationId and mobile = @Mobile and removed_at is null and not is_shared
              and (@departments::uuid[] is null or department_id = any(@departments))
            order by id limit 1
            for no key update
            """,
            new { OrganisationId, Mobile, departments = scope?.ListedDepartments });
        if (found is null)
        {
            return await AddTravellerAsync(work);
        }

        if (EmployeeNumber is not null && found.EmployeeNumber is null)
        {
            await NumberAsync(work, scope, found.Id);
        }

        return found.Id;
    }

    private async Task<Guid> AddTravellerAsync(UnitOfWork work)
    {
        var id = Guid.CreateVersion7();
        await work.Db.ExecuteAsync(
            """
            insert into traveller (
              id, organisation_id, department_id, name, email, mobile, employee_number, is_temporary, removed_at)
            values (@id, @OrganisationId, @DepartmentId, @name, @email, @Mobile, @EmployeeNumber, true, ledger_now())
            """,
            new
            {
                id,
                OrganisationId,
                DepartmentId,
                Mobile,
                EmployeeNumber,
                email = Email ?? "",
                name = FirstName + " " + LastName,
            });
        return id;
    }

    // Gives a traveller the number that is missing: the holder of the telephone, or who may change travellers.
    private async Task NumberAsync(UnitOfWork work, AccessScope? scope, Guid travellerId)
    {
        if (scope is { } administrator && !administrator.Has(AdministratorRights.Travellers))
        {
            throw Problems.Field(
                "employee_number", FieldCode.NotAllowed,
                "would be the traveller's who has this telephone, which takes the right 'travellers': leave it out");
        }

        var before = (await TravellerRow.FindAsync(work.Db, travellerId))!;
        await work.Db.ExecuteAsync(
            "update traveller set employee_number = @EmployeeNumber, revision = revision + 1 where id = @travellerId",
            new { travellerId, EmployeeNumber });
        await work.AuditAsync(
            "traveller.changed", "traveller:" + travellerId, before.OperatorId, OrganisationId, before.DepartmentId,
            before.Audited(), (before with { EmployeeNumber = EmployeeNumber }).Audited());
    }

    private sealed record TravellerKey
    {
        public required Guid Id { get; init; }

        public string? EmployeeNumber { get; init; }
    }
}
