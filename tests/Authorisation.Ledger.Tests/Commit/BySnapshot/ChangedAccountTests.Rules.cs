using Authorisation.Core;

namespace Authorisation.Ledger.Tests.Commit.BySnapshot;

/// <content>Rules, products, days and extra sums.</content>
public sealed partial class ChangedAccountTests
{
    private const string OrganisationRule =
        "insert into purchase_rule (id, organisation_id, max_purchase_minor) values (gen_random_uuid(), @organisation, 19999)";

    private const string Product =
        "insert into product (operator_id, code, name_sv, name_nb, name_en, kind, traveller_category, vat_basis_points, vat_category, sold_by) ";

    private static readonly Dictionary<string, Change> RuleChanges = new(StringComparer.Ordinal)
    {
        ["rule of the organisation set"] = new(
            Nothing, DeclineReason.None, OrganisationRule, DeclineReason.AmountOverRule, IsOfAll: true),
        ["rule of the organisation changed"] = new(
            OrganisationRule, DeclineReason.AmountOverRule,
            "update purchase_rule set max_purchase_minor = 20000 where organisation_id = @organisation", DeclineReason.None, IsOfAll: true),
        ["rule of the organisation taken away"] = new(
            OrganisationRule, DeclineReason.AmountOverRule,
            "delete from purchase_rule where organisation_id = @organisation", DeclineReason.None, IsOfAll: true),
        ["rule of the department set"] = new(
            Nothing, DeclineReason.None,
            "insert into purchase_rule (id, organisation_id, department_id, zones) select gen_random_uuid(), @organisation, id, '{1}' from department where organisation_id = @organisation",
            DeclineReason.ZoneNotAllowed, IsOfAll: true),
        ["department put below one with a rule"] = new(
            """
            insert into department (id, organisation_id, name, billing_reference) values (md5(@account::text)::uuid, @organisation, 'Högst', '1');
            insert into purchase_rule (id, organisation_id, department_id, times) values (gen_random_uuid(), @organisation, md5(@account::text)::uuid, '{}')
            """.Replace("'{}'", "case when extract(isodow from now()) < 4 then '{8640,10080}' else '{0,1440}' end::integer[]", StringComparison.Ordinal),
            DeclineReason.None,
            "update department set parent_id = md5(@account::text)::uuid where organisation_id = @organisation and id <> md5(@account::text)::uuid",
            DeclineReason.TimeNotAllowed, IsOfAll: true),
        ["product not sold on credit any more"] = new(
            Product + "values (@oper, 'day', 'd', 'd', 'd', 2, 'adult', 600, 'S', 15)", DeclineReason.None,
            "update product set sold_by = 14 where operator_id = @oper", DeclineReason.ProductNotAllowed, IsOfAll: true),
        ["product sold on credit again"] = new(
            Product + "values (@oper, 'day', 'd', 'd', 'd', 2, 'adult', 600, 'S', 0)", DeclineReason.ProductNotAllowed,
            "update product set sold_by = 1 where operator_id = @oper", DeclineReason.None, IsOfAll: true),
        ["last day set to one that is over"] = new(
            Nothing, DeclineReason.None,
            "update credit_account set last_day = current_date - 2 where id = @account", DeclineReason.CreditNotValidToday),
        ["first day taken away"] = new(
            "update credit_account set first_day = current_date + 2 where id = @account", DeclineReason.CreditNotValidToday,
            "update credit_account set first_day = null where id = @account", DeclineReason.None),
        ["more given for this month"] = new(
            "update credit_account set limit_minor = 19999 where id = @account", DeclineReason.InsufficientCredit,
            "update credit_account set extra_month = @month, extra_minor = 20001 where id = @account", DeclineReason.None),
    };
}
