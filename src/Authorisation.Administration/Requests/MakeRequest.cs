using Authorisation.Administration.Access;
using Authorisation.Administration.Credits;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;

namespace Authorisation.Administration.Requests;

/// <summary>What a traveller asks for.</summary>
/// <param name="Kind">The name of a <see cref="RequestKind"/>.</param>
/// <param name="AccountId">The credit that it is about; may be left out when there is one only.</param>
/// <param name="LimitMinor">The limit a month that is wished for, higher than the one in force; for more credit only.</param>
/// <param name="Mobile">The mobile number that is wished for; for another number only.</param>
/// <param name="Text">The traveller's own words, at most 200 characters.</param>
internal sealed record MakeRequestRequest(string? Kind, Guid? AccountId, long? LimitMinor, string? Mobile, string? Text);

/// <summary>
/// Asks the administrators of the traveller's department for something; the traveller alone does. An open request of the
/// same kind is replaced.
/// </summary>
internal sealed class MakeRequest(RequestNews news)
{
    /// <returns>The request.</returns>
    /// <exception cref="RefusedException">The traveller cannot be seen or is another than the principal, or a field is wrong.</exception>
    public async Task<TravellerRequest> RunAsync(UnitOfWork work, Guid travellerId, Request<MakeRequestRequest> request)
    {
        var (row, scope) = await TravellerRow.GetVisibleAsync(work, travellerId);
        scope.RequireOwn(travellerId);
        var terms = await OperatorTerms.GetAsync(work.Db, row.OperatorId);
        var asked = request.Read();
        var fields = new Fields();
        if (!Enum.GetValues<RequestKind>().Any(one => Words.Of(one) == asked.Kind))
        {
            fields.AddNotOneOf("kind", [.. Enum.GetValues<RequestKind>().Select(Words.Of)]);
            fields.ThrowIfAny();
        }

        var kind = Words.Read<RequestKind>(asked.Kind!);
        var account = kind == RequestKind.NewMobile
            ? Unused(fields, "credit_account_id", asked.AccountId)
            : await AccountAsync(work, fields, travellerId, kind, asked.AccountId);
        var limit = Limit(fields, kind, account, asked.LimitMinor);
        var mobile = Mobile(fields, kind, terms, row, asked.Mobile);
        var text = fields.Optional("text", asked.Text, Limits.ReasonCharactersMax);
        fields.ThrowIfAny();
        var id = await SaveAsync(work, row, new { asked.Kind, accountId = account?.Id, limit, mobile, text });
        var made = (await TravellerRequest.FindAsync(work.Db, id))!;
        await work.AuditAsync(
            "request.made", "request:" + id, row.OperatorId, row.OrganisationId, row.DepartmentId, after: made.Audited());
        await news.ToDecideAsync(work.Db, terms, made);
        return made;
    }

    private static AccountRow? Unused(Fields fields, string field, Guid? value)
    {
        if (value is not null)
        {
            fields.Add(field, FieldCode.NotPossible, "must be left out with this kind");
        }

        return null;
    }

    private static async Task<AccountRow?> AccountAsync(
        UnitOfWork work, Fields fields, Guid travellerId, RequestKind kind, Guid? asked)
    {
        var open = (await work.Db.QueryAsync<AccountRow>(
            $"select {AccountRow.Columns} where p.traveller_id = @travellerId and a.removed_at is null order by a.id",
            new { travellerId })).Where(one => kind == RequestKind.MoreCredit || one.Kind == InstrumentKind.App).ToList();
        var found = asked is null ? (open.Count == 1 ? open[0] : null) : open.Find(one => one.Id == asked);
        if (found is not null)
        {
            return found;
        }

        if (asked is not null)
        {
            fields.Add("credit_account_id", FieldCode.NotFound, "is no open credit of yours that this can be asked for");
        }
        else if (open.Count == 0)
        {
            fields.Add("kind", FieldCode.NotPossible, "takes an open credit, in the app for a new code: you have none");
        }
        else
        {
            fields.Add("credit_account_id", FieldCode.Required, "is required: you have more than one credit");
        }

        return null;
    }

    private static long? Limit(Fields fields, RequestKind kind, AccountRow? account, long? limit)
    {
        if (kind != RequestKind.MoreCredit)
        {
            if (limit is not null)
            {
                fields.Add("limit_minor", FieldCode.NotPossible, "must be left out with this kind");
            }

            return null;
        }

        if (limit is null)
        {
            fields.Add("limit_minor", FieldCode.Required, "is required: the limit a month that you wish for");
        }
        else if (limit is < Limits.CreditLimitMinorMin or > Limits.CreditLimitMinorMax)
        {
            fields.AddOutOfRange("limit_minor", Limits.CreditLimitMinorMin, Limits.CreditLimitMinorMax, " minor units");
        }
        else if (account is not null && limit <= account.LimitMinor)
        {
            fields.Add("limit_minor", FieldCode.NotPossible, $"must be higher than the limit of now, {account.LimitMinor}");
        }

        return limit;
    }

    private static string? Mobile(Fields fields, RequestKind kind, OperatorTerms terms, TravellerRow row, string? asked)
    {
        if (kind != RequestKind.NewMobile)
        {
            if (asked is not null)
            {
                fields.Add("mobile", FieldCode.NotPossible, "must be left out with this kind");
            }

            return null;
        }

        if (string.IsNullOrWhiteSpace(asked))
        {
            fields.Add("mobile", FieldCode.Required, "is required: the number that you wish for");
            return null;
        }

        var mobile = fields.Mobile("mobile", asked, terms.Country);
        if (mobile is not null && mobile == row.Mobile)
        {
            fields.Add("mobile", FieldCode.NotPossible, "is the number that you have");
        }
        else if (mobile is not null && !terms.SendsSmsTo(mobile))
        {
            fields.Add("mobile", FieldCode.NotPossible, $"must be one that SMS are sent to: {terms.SmsNumbers}");
        }

        return mobile;
    }

    private static async Task<Guid> SaveAsync(UnitOfWork work, TravellerRow row, object asked)
    {
        await Claim.RequestsAsync(work.Db, row.Id);
        var parameters = new DynamicParameters(asked);
        var id = Guid.CreateVersion7();
        parameters.AddDynamicParams(new { id, travellerId = row.Id, row.OrganisationId });
        await work.Db.ExecuteAsync(
            """
            update control.traveller_request set state = 4 where traveller_id = @travellerId and kind = @Kind and state = 1;
            insert into control.traveller_request (id, traveller_id, organisation_id, account_id, kind, limit_minor, mobile, text)
            values (@id, @travellerId, @OrganisationId, @accountId, @Kind, @limit, @mobile, @text)
            """,
            parameters);
        return id;
    }
}
