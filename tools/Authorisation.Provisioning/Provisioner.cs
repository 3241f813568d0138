using Authorisation.Core;
using Authorisation.Ledger.Access;
using Dapper;
using Npgsql;

namespace Authorisation.Provisioning;

/// <summary>
/// Creates and changes what purchases are decided on: operators, organisations, travellers, credits and tokens. Needs a
/// role that may write those tables. Every change of what a decision looks at waits for the locks of the accounts it
/// concerns and raises their versions, by triggers, so it holds for each purchase decided after the call returned.
/// </summary>
public sealed class Provisioner(NpgsqlDataSource owner)
{
    /// <summary>Creates an operator, or finds the one that has the code.</summary>
    public async Task<int> AddOperatorAsync(NewOperator add)
    {
        await using var connection = await owner.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<int>(
            """
            insert into operator
              (code, name, currency, time_zone, offers_card_credit, purpose_rule, vat_basis_points, hold_seconds)
            values (@Code, @Name, @Currency, @TimeZone, @OffersCardCredit, @Purpose, @VatBasisPoints, @HoldSeconds)
            on conflict (code) do update set name = excluded.name
            returning id
            """,
            new
            {
                add.Code,
                add.Name,
                add.Currency,
                add.TimeZone,
                add.OffersCardCredit,
                Purpose = (short)add.Purpose,
                add.VatBasisPoints,
                HoldSeconds = (int)add.HoldTime.TotalSeconds,
            });
    }

    /// <summary>Sets the terms of an operator that administration goes by.</summary>
    public Task SetAdministrationTermsAsync(int operatorId, AdministrationTerms terms) => ExecuteAsync(
        """
        update operator
        set country = @Country, language = @Language, offers_app_credit = @OffersAppCredit, cap_minor = @CapMinor,
            activation_login = @login, sms_sender = @SmsSender
        where id = @operatorId
        """,
        new
        {
            operatorId,
            terms.Country,
            terms.Language,
            terms.OffersAppCredit,
            terms.CapMinor,
            login = (short)terms.Login,
            terms.SmsSender,
        });

    /// <summary>Creates an organisation.</summary>
    public async Task<Guid> AddOrganisationAsync(int operatorId, string name)
    {
        var id = Guid.CreateVersion7();
        await ExecuteAsync(
            "insert into organisation (id, operator_id, name) values (@id, @operatorId, @name)",
            new { id, operatorId, name });
        return id;
    }

    /// <summary>Creates a department with its billing reference.</summary>
    public async Task<Guid> AddDepartmentAsync(Guid organisationId, string name, string billingReference)
    {
        var id = Guid.CreateVersion7();
        await ExecuteAsync(
            """
            insert into department (id, organisation_id, name, billing_reference)
            values (@id, @organisationId, @name, @billingReference)
            """,
            new { id, organisationId, name, billingReference });
        return id;
    }

    /// <summary>Creates a traveller of a department.</summary>
    /// <returns>The billing snapshot that the traveller's purchases are invoiced with.</returns>
    public async Task<long> AddTravellerAsync(Guid departmentId, string name, string email)
    {
        await using var connection = await owner.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<long>(
            """
            with person as (
              insert into traveller (id, organisation_id, name, email)
              select @id, organisation_id, @name, @email from department where id = @departmentId
              returning id, name
            )
            insert into billing_snapshot (
              organisation_id, organisation_name, department_id, department_name, traveller_id, traveller_name,
              billing_reference)
            select o.id, o.name, d.id, d.name, p.id, p.name, d.billing_reference
            from person p, department d join organisation o on o.id = d.organisation_id
            where d.id = @departmentId
            returning id
            """,
            new { id = Guid.CreateVersion7(), name, email, departmentId });
    }

    /// <summary>Gives a credit.</summary>
    /// <exception cref="PostgresException">The card has an open credit already.</exception>
    public async Task<Guid> AddCreditAsync(NewCredit add)
    {
        var id = Guid.CreateVersion7();
        await ExecuteAsync(
            """
            insert into credit_account
              (id, operator_id, kind, card_number, billing_snapshot_id, limit_minor, activated_at, version)
            select @id, @OperatorId, @kind, @CardNumber, @BillingSnapshotId, @LimitMinor,
                   case when @isActivatedApp then ledger_now() end,
                   -- Versions go on over the successive accounts of a card, so that a copy of an older one is seen to be old.
                   1 + coalesce(max(version), 0)
            from credit_account
            where operator_id = @OperatorId and card_number = @CardNumber
            """,
            new
            {
                id,
                add.OperatorId,
                kind = (short)(add.CardNumber is null ? InstrumentKind.App : InstrumentKind.Card),
                add.CardNumber,
                add.BillingSnapshotId,
                add.LimitMinor,
                isActivatedApp = add.CardNumber is null && add.IsActivated,
            });
        return id;
    }

    /// <summary>Changes a monthly limit. One below what is spent takes nothing back.</summary>
    public Task SetLimitAsync(Guid accountId, long limitMinor) =>
        ChangeAsync(accountId, "limit_minor = @value", limitMinor);

    /// <summary>Blocks a credit, or lifts the block.</summary>
    public Task SetBlockedAsync(Guid accountId, bool blocked) =>
        ChangeAsync(accountId, "blocked_at = case when @value then ledger_now() end", blocked);

    /// <summary>Takes a credit away, and its app's access with it.</summary>
    public Task RemoveCreditAsync(Guid accountId) => ExecuteAsync(
        """
        with ended as (
          update access_token set ended_at = ledger_now() where account_id = @accountId and ended_at is null
        )
        update credit_account set removed_at = ledger_now() where id = @accountId
        """,
        new { accountId });

    /// <summary>
    /// Sets which ticket types may be bought and how much one purchase may cost; nulls for no such rule.
    /// </summary>
    public Task SetRulesAsync(Guid accountId, string[]? allowedProducts, long? maxPurchaseMinor) => ExecuteAsync(
        """
        delete from purchase_rule where account_id = @accountId;
        insert into purchase_rule (id, organisation_id, account_id, products, max_purchase_minor)
        select gen_random_uuid(), p.organisation_id, a.id, @allowedProducts::text[], @maxPurchaseMinor::bigint
        from credit_account a join billing_snapshot p on p.id = a.billing_snapshot_id
        where a.id = @accountId and (@allowedProducts::text[] is not null or @maxPurchaseMinor::bigint is not null)
        """,
        new { accountId, allowedProducts, maxPurchaseMinor });

    /// <summary>Suspends an organisation, or lifts the suspension.</summary>
    public Task SetSuspendedAsync(Guid organisationId, bool suspended) => ExecuteAsync(
        "update organisation set suspended_at = case when @suspended then ledger_now() end where id = @organisationId",
        new { organisationId, suspended });

    /// <summary>Turns an operator's credit on cards on or off: a change of each of its cards.</summary>
    public Task SetOffersCardCreditAsync(int operatorId, bool offers) => ExecuteAsync(
        "update operator set offers_card_credit = @offers where id = @operatorId", new { operatorId, offers });

    /// <summary>Marks a card as carrying prepaid tickets.</summary>
    public Task AddPrepaidCardAsync(int operatorId, string cardNumber) => ExecuteAsync(
        "insert into prepaid_card (operator_id, card_number) values (@operatorId, @cardNumber) on conflict do nothing",
        new { operatorId, cardNumber });

    /// <summary>Creates a client and gives it a token, which is shown here and never again.</summary>
    public async Task<(long ClientId, string Token)> AddClientAsync(
        int operatorId, ClientKind kind, string name, byte[]? certificateSha256 = null)
    {
        var (token, sha256) = TokenHash.NewToken();
        await using var connection = await owner.OpenConnectionAsync();
        var id = await connection.ExecuteScalarAsync<long>(
            """
            with added as (
              insert into client (operator_id, kind, name) values (@operatorId, @kind, @name) returning id
            ), token as (
              insert into access_token (sha256, operator_id, client_id, certificate_sha256)
              select @sha256, @operatorId, id, @certificateSha256 from added
            )
            select id from added
            """,
            new { operatorId, kind = (short)kind, name, sha256, certificateSha256 });
        return (id, token);
    }

    /// <summary>
    /// Gives the app of an account a token, which is shown here and never again; one that it had ends.
    /// </summary>
    public async Task<string> AddAppTokenAsync(Guid accountId)
    {
        var (token, sha256) = TokenHash.NewToken();
        await ExecuteAsync(
            """
            with ended as (
              update access_token set ended_at = ledger_now() where account_id = @accountId and ended_at is null
            )
            insert into access_token (sha256, operator_id, account_id)
            select @sha256, operator_id, id from credit_account where id = @accountId
            """,
            new { accountId, sha256 });
        return token;
    }

    /// <summary>Ends a client's tokens. Every server refuses them within a second.</summary>
    public Task EndClientAsync(long clientId) => ExecuteAsync(
        "update access_token set ended_at = ledger_now() where client_id = @clientId and ended_at is null",
        new { clientId });

    private async Task ExecuteAsync(string sql, object arguments)
    {
        await using var connection = await owner.OpenConnectionAsync();
        await connection.ExecuteAsync(sql, arguments);
    }

    private Task ChangeAsync<T>(Guid accountId, string assignment, T value) => ExecuteAsync(
        $"update credit_account set {assignment} where id = @accountId", new { accountId, value });
}
