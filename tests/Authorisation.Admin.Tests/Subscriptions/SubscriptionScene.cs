using System.Globalization;
using Authorisation.Admin.Tests.Support;
using Authorisation.Administration.Operators;
using Authorisation.Administration.Work;
using Authorisation.Billing.MonthEnd;
using Authorisation.Core;
using Authorisation.Ledger.Activation;
using Authorisation.Testing;
using Authorisation.Testing.Ledger;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Authorisation.Admin.Tests.Subscriptions;

/// <summary>An operator that sells subscriptions, and a customer, on a ledger of their own whose clock stands where it is set.</summary>
internal sealed record SubscriptionScene(TestLedger Ledger, InProcessAdmin Host, AdminOperator Operator, AdminOrganisation Customer)
    : IAsyncDisposable
{
    /// <summary>Where the operator is.</summary>
    public static TimeZoneInfo Zone { get; } = TimeZoneInfo.FindSystemTimeZoneById("Europe/Oslo");

    public ApiCaller Administrator => Customer.Administrator;

    /// <summary>Where the organisation's things are.</summary>
    public string Path => $"/v1/organisations/{Customer.Id}";

    public Mailbox Mailbox => Operator.Mailbox;

    /// <summary>Begins on a day in the middle of a month.</summary>
    public static async Task<SubscriptionScene> BeginAsync(SharedLedger shared, string now = "2026-08-10T12:00:00+02:00")
    {
        var ledger = await shared.CreateOwnAsync();
        await ledger.StopClockAsync(DateTimeOffset.Parse(now, CultureInfo.InvariantCulture));
        var mail = TestDirectory.NewPath("messages");
        var host = await InProcessAdmin.StartAsync(
            ledger, CodeKey.NewText(), null, $"--Messages:Directory={mail}", "--Access:AnonymousCallsPerMinute=1000000", "--MonthEnd:Runs=false");
        var at = await AdminOperator.CreateAsync(ledger, host, new Mailbox(mail), "akt");
        var customer = await at.CustomerAsync();
        await at.SetInvoicingAsync();
        await ledger.ExecuteAsync("update control.session set expires_at = expires_at + interval '3 years'");
        return new SubscriptionScene(ledger, host, at, customer);
    }

    /// <summary>Adds a product that is sold as a subscription and costs so much from today on.</summary>
    public async Task<string> AddProductAsync(string code, long priceMinor, string category = "adult")
    {
        (await Operator.Staff.PutAsync($"/v1/operators/{Operator.Code}/products/{code}", new
        {
            names = new { sv = "Månadsbiljett " + code, nb = "Månedsbillett " + code, en = "Month ticket " + code },
            kind = "subscription",
            zones = new[] { code },
            traveller_category = category,
            vat_category = "S",
            vat_basis_points = 1_200,
            sold_by = new[] { "subscription" },
        })).Is(200);
        await AddPriceAsync(code, priceMinor, await Operator.TodayAsync());
        return code;
    }

    public async Task AddPriceAsync(string code, long priceMinor, string validFrom) => (await Operator.Staff.PostAsync(
        $"/v1/operators/{Operator.Code}/products/{code}/prices", new { price_minor = priceMinor, valid_from = validFrom })).Is(201);

    /// <summary>Sets how subscriptions are ordered and paid for.</summary>
    public async Task SetAsync(string approval = "automatic", int? employerPercent = null, string asksEmployeeNumber = "no") =>
        (await Administrator.PutAsync($"{Path}/subscription-settings", new
        {
            department_id = Customer.DepartmentId,
            approval,
            employer_percent = employerPercent,
            asks_employee_number = asksEmployeeNumber,
        })).Is(200);

    /// <summary>Makes an order link, and gives its address.</summary>
    public Task<string> LinkAsync() => Customer.OrderLinkAsync();

    /// <summary>Comes in by a link with a telephone.</summary>
    public Task<ApiCaller> EnterAsync(string link, string mobile) => Customer.EnterAsync(link, mobile);

    /// <summary>The code in an SMS.</summary>
    public static string CodeOf(string sms) => AdminSubscriptions.CodeOf(sms);

    /// <summary>Adds a subscription by hand.</summary>
    public async Task<ApiAnswer> AddAsync(string product, string? mobile = null, string? employeeNumber = null) =>
        await Administrator.PostAsync($"{Path}/subscriptions", new
        {
            department_id = Customer.DepartmentId,
            mobile = mobile ?? Some.NorwegianMobile(),
            product,
            first_name = "Kari",
            last_name = "Nordmann",
            employee_number = employeeNumber,
        });

    public Task SetClockAsync(string now) => Ledger.StopClockAsync(DateTimeOffset.Parse(now, CultureInfo.InvariantCulture));

    /// <summary>Sets the clock to a moment of a month, by the operator's clocks.</summary>
    public Task SetClockAsync(CreditMonth month, TimeSpan after) => Ledger.StopClockAsync(month.StartsAt(Zone) + after);

    /// <summary>Does the months' work as a host does; with a connection of its own that may be killed.</summary>
    public async Task BeginMonthsAsync(string? applicationName = null)
    {
        var connection = new NpgsqlConnectionStringBuilder(Ledger.AdminConnectionString) { Pooling = applicationName is null };
        connection.ApplicationName = applicationName ?? connection.ApplicationName;
        await using var db = new NpgsqlConnection(connection.ConnectionString);
        await db.OpenAsync();
        await Host.Services.GetRequiredService<SubscriptionMonthsStep>().RunAsync(
            db, await OperatorTerms.GetAsync(db, Operator.Id), until: null, CancellationToken.None);
    }

    /// <summary>What was charged for a month.</summary>
    public Task<long> ChargedAsync(CreditMonth month) => Ledger.AskAsync<long>(
        "select coalesce(sum(amount_minor), 0)::bigint from billing.charge where credit_month = @Number", new { month.Number });

    /// <summary>The events of a subscription, each as its type and month.</summary>
    public async Task<string> EventsAsync(Guid id) => await Ledger.AskAsync<string>(
        """
        select coalesce(string_agg(split_part(type, '.', 2) || ' ' || (data->>'month') || coalesce(' ' || (data->>'product'), ''),
                                   ', ' order by number), '')
        from control.event where subject = @subject
        """,
        new { subject = id.ToString() });

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await Ledger.DisposeAsync();
    }
}
