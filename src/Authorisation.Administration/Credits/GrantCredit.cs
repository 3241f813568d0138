using Authorisation.Administration.Access;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Organisations;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;
using Npgsql;

namespace Authorisation.Administration.Credits;

/// <summary>A credit that is asked for.</summary>
/// <param name="Kind"><c>app</c> or <c>card</c>.</param>
/// <param name="CardNumber">The card; none for an app.</param>
/// <param name="DepartmentId">The department that pays; the traveller's own unless given.</param>
/// <param name="LimitMinor">The limit a month, 1 kr up to what the caps leave.</param>
/// <param name="FirstDay">The first day on which something may be bought; null for no such day.</param>
/// <param name="LastDay">The last one.</param>
internal sealed record CreditRequest(
    string? Kind, string? CardNumber, Guid? DepartmentId, long? LimitMinor, DateOnly? FirstDay = null, DateOnly? LastDay = null);

/// <summary>
/// Grants credit to travellers, by the operator's rules: which instruments, how much, and a card either with credit or
/// with tickets. The organisation is kept as it is, so what the account is invoiced with is what will stand, and the
/// traveller is locked, so two administrators cannot pass the cap together.
/// </summary>
internal sealed class GrantCredit(ActivationCodes codes)
{
    /// <returns>The credit. The code for an app is on its way.</returns>
    /// <exception cref="RefusedException">
    /// The traveller cannot be seen or given credit, or a field is wrong.
    /// </exception>
    public async Task<AccountRow> RunAsync(UnitOfWork work, Guid travellerId, Request<CreditRequest> request)
    {
        var (traveller, scope) = await TravellerRow.LockForChangeAsync(work, travellerId);
        scope.Require(AdministratorRights.Credits);
        var organisation = (await OrganisationRow.FindAsync(work.Db, traveller.OrganisationId))!;
        var terms = await OperatorTerms.GetAsync(work.Db, traveller.OperatorId);
        var asked = request.Read();
        var fields = new Fields();
        InstrumentKind? kind = asked.Kind switch { "app" => InstrumentKind.App, "card" => InstrumentKind.Card, _ => null };
        if (kind is null)
        {
            fields.AddNotOneOf("kind", "app", "card");
        }

        var card = kind == InstrumentKind.Card ? fields.CardNumber("card_number", asked.CardNumber) : null;
        if (kind == InstrumentKind.App && asked.CardNumber is not null)
        {
            fields.Add("card_number", FieldCode.NotPossible, "must not be given for app credit");
        }

        var department = await DepartmentRow.NamedAsync(
            work.Db, fields, "department_id", asked.DepartmentId ?? traveller.DepartmentId, organisation.Id, scope);
        if (asked.LimitMinor is null)
        {
            fields.Add("limit_minor", FieldCode.Required, "is required");
        }

        CheckDays(fields, asked.FirstDay, asked.LastDay);
        fields.ThrowIfAny();
        var add = new NewAccount(kind!.Value, card, department!.Id, asked.LimitMinor!.Value)
        {
            FirstDay = asked.FirstDay,
            LastDay = asked.LastDay,
        };
        var id = await TryGrantAsync(work, terms, organisation, traveller, add, fields);
        fields.ThrowIfAny();
        return (await AccountRow.FindAsync(work.Db, id!.Value))!;
    }

    /// <summary>
    /// Grants credit to a traveller who is locked, of an organisation that is kept as it is. What is wrong with it is
    /// added to the fields; then nothing is granted.
    /// </summary>
    /// <returns>The account; null when something was wrong.</returns>
    public async Task<Guid?> TryGrantAsync(
        UnitOfWork work, OperatorTerms terms, OrganisationRow organisation, TravellerRow traveller, NewAccount add, Fields fields)
    {
        var db = work.Db;
        await CheckLimitAsync(db, fields, terms, organisation, traveller.Id, add.LimitMinor, exceptAccount: null);
        await CheckInstrumentAsync(db, fields, terms, traveller, add);
        if (!fields.IsValid)
        {
            return null;
        }

        var billingSnapshot = await BillingDetails.BillingSnapshotAsync(db, traveller.Id, add.DepartmentId);
        var id = await RegrantAsync(db, traveller, add, billingSnapshot)
            ?? await InsertAsync(db, terms.Id, traveller, add, billingSnapshot);
        // One that is given again has none of the rules that were set before.
        await db.ExecuteAsync("delete from purchase_rule where account_id = @id", new { id });
        if (add.Kind == InstrumentKind.App)
        {
            await codes.SendAsync(db, terms, id);
        }

        await work.AuditAsync(
            "credit_account.granted", "credit_account:" + id, terms.Id, organisation.Id, add.DepartmentId,
            after: new { add.Kind, add.CardNumber, add.LimitMinor, add.FirstDay, add.LastDay, TravellerId = traveller.Id });
        return id;
    }

    /// <summary>Checks that a first day is not after the last one.</summary>
    public static void CheckDays(Fields fields, DateOnly? first, DateOnly? last)
    {
        if (first > last)
        {
            fields.Add("last_day", FieldCode.NotPossible, "must not be before first_day");
        }
    }

    /// <summary>
    /// Checks a limit, and what this month is to have beyond it, against the cap, with what the traveller's other open
    /// credits take of it this month.
    /// </summary>
    public static async Task CheckLimitAsync(
        NpgsqlConnection db,
        Fields fields,
        OperatorTerms terms,
        OrganisationRow organisation,
        Guid travellerId,
        long limitMinor,
        Guid? exceptAccount,
        long extraMinor = 0)
    {
        var cap = CreditCap.Of(terms.CapMinor, organisation.CapMinor);
        var others = await db.ExecuteScalarAsync<long>(
            """
            select coalesce(sum(
              a.limit_minor + case
                when a.extra_month = to_char(ledger_now() at time zone o.time_zone, 'YYYYMM')::integer then a.extra_minor else 0 end), 0)::bigint
            from credit_account a
            join billing_snapshot p on p.id = a.billing_snapshot_id
            join operator o on o.id = a.operator_id
            where p.traveller_id = @travellerId and a.removed_at is null and a.id is distinct from @exceptAccount
            """,
            new { travellerId, exceptAccount });
        var highest = CreditCap.HighestLimit(cap, others);
        if (extraMinor > 0 && extraMinor > highest - limitMinor)
        {
            AddExtraTooHigh(fields, cap, highest - limitMinor);
        }
        else if (extraMinor == 0 && !CreditCap.Allows(limitMinor, cap, others))
        {
            if (highest < Limits.CreditLimitMinorMin)
            {
                fields.Add(
                    "limit_minor", FieldCode.NotPossible,
                    $"cannot be given: the traveller's other credits take all of the {cap} that one traveller may have in a month");
            }
            else
            {
                fields.AddOutOfRange("limit_minor", Limits.CreditLimitMinorMin, highest);
            }
        }
    }

    private static void AddExtraTooHigh(Fields fields, long cap, long highest)
    {
        if (highest < 1)
        {
            fields.Add(
                "extra_minor", FieldCode.NotPossible,
                $"cannot be given: the limits take all of the {cap} that one traveller may have in a month");
        }
        else
        {
            fields.AddOutOfRange("extra_minor", 1, highest, ", with the limit within what one traveller may have in a month");
        }
    }

    private static async Task CheckInstrumentAsync(
        NpgsqlConnection db, Fields fields, OperatorTerms terms, TravellerRow traveller, NewAccount add)
    {
        // What is checked here stays true until the end: a transaction that changes the operator or marks a card waits
        // for this lock.
        await db.ExecuteAsync("select from operator where id = @Id for share", new { terms.Id });
        if (add.Kind == InstrumentKind.Card)
        {
            await Claim.CardAsync(db, terms.Id, add.CardNumber!);
            await CheckCardAsync(db, fields, terms, add.CardNumber!);
            return;
        }

        if (!terms.OffersAppCredit)
        {
            fields.Add("kind", FieldCode.NotPossible, "must be card: the operator gives no credit in its app");
        }
        else if (traveller.IsShared)
        {
            fields.Add("kind", FieldCode.NotPossible, "must be card: a department has no app");
        }
        else if (traveller.Mobile is null)
        {
            fields.Add("kind", FieldCode.NotPossible, "can be app only for a traveller with a mobile number");
        }
        else if (!terms.SendsSmsTo(traveller.Mobile))
        {
            fields.Add(
                "kind", FieldCode.NotPossible,
                $"can be app only for a traveller with a number for SMS, one of the {terms.SmsNumbers}");
        }
        else if (await IsAppOpenAsync(db, terms.Id, traveller))
        {
            fields.Add("kind", FieldCode.NotPossible, "cannot be app: there is open app credit for this traveller or mobile number already");
        }
    }

    private static async Task CheckCardAsync(NpgsqlConnection db, Fields fields, OperatorTerms terms, string cardNumber)
    {
        if (!terms.OffersCardCredit)
        {
            fields.Add("kind", FieldCode.NotPossible, "must be app: the operator gives no credit on cards");
        }
        else if (await db.ExecuteScalarAsync<bool>(
            "select exists (select from prepaid_card where operator_id = @Id and card_number = @cardNumber)",
            new { terms.Id, cardNumber }))
        {
            fields.Add("card_number", FieldCode.NotPossible, "is of a card with prepaid tickets, which cannot have credit");
        }
        else if (await db.ExecuteScalarAsync<bool>(
            """
            select exists (
              select from credit_account where operator_id = @Id and card_number = @cardNumber and removed_at is null)
            """,
            new { terms.Id, cardNumber }))
        {
            fields.Add("card_number", FieldCode.Taken, "is of a card that has credit already");
        }
    }

    private static async Task<bool> IsAppOpenAsync(NpgsqlConnection db, int operatorId, TravellerRow traveller)
    {
        await Claim.MobileAsync(db, operatorId, traveller.Mobile!);
        return await db.ExecuteScalarAsync<bool>(
            """
            select exists (
              select from credit_account where operator_id = @operatorId and mobile = @Mobile and removed_at is null)
            or exists (
              select from credit_account a join billing_snapshot p on p.id = a.billing_snapshot_id
              where p.traveller_id = @Id and a.kind = 2 and a.removed_at is null)
            """,
            new { operatorId, traveller.Mobile, traveller.Id });
    }

    /// <summary>
    /// A credit that was removed and is granted to the same traveller again, on the same card or in the app, is the
    /// same account: it goes on with what the month had spent, which its authorisations say, too. A traveller who was
    /// removed and added again under the same e-mail address is the same traveller.
    /// </summary>
    private static Task<Guid?> RegrantAsync(NpgsqlConnection db, TravellerRow traveller, NewAccount add, long billingSnapshot) =>
        db.QuerySingleOrDefaultAsync<Guid?>(
            """
            update credit_account
            set removed_at = null, blocked_at = null, activated_at = null, billing_snapshot_id = @billingSnapshot,
                limit_minor = @LimitMinor, first_day = @FirstDay, last_day = @LastDay, extra_month = null, extra_minor = null,
                mobile = @mobile, revision = revision + 1
            where id = (
              select a.id
              from credit_account a
              join billing_snapshot p on p.id = a.billing_snapshot_id
              join operator o on o.id = a.operator_id
              where p.traveller_id in (
                  select @travellerId::uuid
                  union all
                  select id from traveller
                  where organisation_id = @OrganisationId and email = @Email and email <> '' and removed_at is not null)
                and a.kind = @kind and a.card_number is not distinct from @CardNumber
                and a.removed_at is not null
                and a.month = to_char(ledger_now() at time zone o.time_zone, 'YYYYMM')::integer
              -- Not an account that the card was on before somebody else had it: the versions of a card's accounts only
              -- go up, and those of this one end below the later one's.
                and not exists (
                  select from credit_account later
                  where later.operator_id = a.operator_id and later.card_number = a.card_number
                    and later.given_at > a.given_at)
              order by a.removed_at desc
              limit 1)
            returning id
            """,
            new
            {
                billingSnapshot,
                add.LimitMinor,
                add.FirstDay,
                add.LastDay,
                add.CardNumber,
                kind = (short)add.Kind,
                travellerId = traveller.Id,
                traveller.OrganisationId,
                traveller.Email,
                mobile = add.Kind == InstrumentKind.App ? traveller.Mobile : null,
            });

    private static async Task<Guid> InsertAsync(
        NpgsqlConnection db, int operatorId, TravellerRow traveller, NewAccount add, long billingSnapshot)
    {
        var id = Guid.CreateVersion7();
        await db.ExecuteAsync(
            """
            insert into credit_account (id, operator_id, kind, card_number, mobile, billing_snapshot_id, limit_minor, first_day, last_day, version)
            -- Versions go on over the successive accounts of a card, so that a copy of an older one is seen to be old.
            select @id, @operatorId, @kind, @CardNumber, @mobile, @billingSnapshot, @LimitMinor, @FirstDay, @LastDay, 1 + coalesce(max(version), 0)
            from credit_account
            where operator_id = @operatorId and card_number = @CardNumber
            """,
            new
            {
                id,
                operatorId,
                kind = (short)add.Kind,
                add.CardNumber,
                add.LimitMinor,
                add.FirstDay,
                add.LastDay,
                billingSnapshot,
                mobile = add.Kind == InstrumentKind.App ? traveller.Mobile : null,
            });
        return id;
    }
}
