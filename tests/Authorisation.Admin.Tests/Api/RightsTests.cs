using System.Globalization;
using System.Text;
using Authorisation.Admin.Tests.Support;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Authorisation.Admin.Tests.Api;

/// <summary>Who may call what: one line for every route, walked as every kind of caller.</summary>
public sealed class RightsTests(SharedAdmin shared) : AdminTest(shared)
{
    // In the columns: operator staff; administrator of the whole organisation with all rights; the same without any;
    // administrator of the department with all rights; the same without any; administrator of another department with all
    // rights; administrator of another organisation; staff of another operator; nobody; the traveller; another traveller of
    // the department. "ok" is any answer that is not about rights: an empty body is wrong, and told so, to every caller
    // who may send one.
    private const string Table = """
        POST   /v1/sessions                                     ok  ok  ok  ok  ok  ok  ok  ok  ok  ok  ok
        GET    /v1/sessions                                     ok  ok  ok  ok  ok  ok  ok  ok  401 ok  ok
        DELETE /v1/sessions                                     ok  ok  ok  ok  ok  ok  ok  ok  401 ok  ok
        DELETE /v1/sessions/{id}                                404 404 404 404 404 404 404 404 401 404 404
        GET    /v1/me                                           ok  ok  ok  ok  ok  ok  ok  ok  401 ok  ok
        PUT    /v1/me/password                                  ok  ok  ok  ok  ok  ok  ok  ok  401 ok  ok
        POST   /v1/password-resets                              ok  ok  ok  ok  ok  ok  ok  ok  ok  ok  ok
        POST   /v1/password-resets/{token}                      404 404 404 404 404 404 404 404 404 404 404
        GET    /v1/staff                                        ok  403 403 403 403 403 403 ok  401 403 403
        POST   /v1/staff                                        ok  403 403 403 403 403 403 ok  401 403 403
        GET    /v1/staff/{id}                                   ok  404 404 404 404 404 404 404 401 404 404
        DELETE /v1/staff/{id}                                   ok  404 404 404 404 404 404 404 401 404 404
        POST   /v1/organisations                                ok  ok  ok  ok  ok  ok  ok  ok  ok  ok  ok
        POST   /v1/invitations/{token}                          404 404 404 404 404 404 404 404 404 404 404
        GET    /v1/organisations                                ok  ok  ok  ok  ok  ok  ok  ok  401 ok  ok
        GET    /v1/organisations/{id}                           ok  ok  ok  ok  ok  ok  404 404 401 404 404
        PATCH  /v1/organisations/{id}                           ok  ok  ok  403 403 403 404 404 401 404 404
        POST   /v1/organisations/{id}/approval                  ok  403 403 403 403 403 404 404 401 404 404
        POST   /v1/organisations/{id}/refusal                   ok  403 403 403 403 403 404 404 401 404 404
        POST   /v1/organisations/{id}/suspension                ok  403 403 403 403 403 404 404 401 404 404
        POST   /v1/organisations/{id}/reinstatement             ok  403 403 403 403 403 404 404 401 404 404
        GET    /v1/organisations/{id}/departments               ok  ok  ok  ok  ok  ok  404 404 401 404 404
        POST   /v1/organisations/{id}/departments               ok  ok  ok  403 403 403 404 404 401 404 404
        GET    /v1/departments/{id}                             ok  ok  ok  ok  ok  404 404 404 401 404 404
        PATCH  /v1/departments/{id}                             ok  ok  ok  403 403 404 404 404 401 404 404
        DELETE /v1/departments/{id}                             ok  ok  ok  403 403 404 404 404 401 404 404
        GET    /v1/organisations/{id}/administrators            ok  ok  ok  ok  ok  ok  404 404 401 404 404
        POST   /v1/organisations/{id}/administrators            ok  ok  403 ok  403 ok  404 404 401 404 404
        GET    /v1/administrators/{id}                          ok  ok  ok  ok  ok  404 404 404 401 404 404
        PATCH  /v1/administrators/{id}                          ok  ok  403 ok  403 404 404 404 401 404 404
        DELETE /v1/administrators/{id}                          ok  ok  403 ok  403 404 404 404 401 404 404
        POST   /v1/administrators/{id}/invitations              ok  ok  403 ok  403 404 404 404 401 404 404
        GET    /v1/organisations/{id}/travellers                ok  ok  ok  ok  ok  ok  404 404 401 404 404
        POST   /v1/organisations/{id}/travellers                ok  ok  403 ok  403 ok  404 404 401 404 404
        GET    /v1/travellers/{id}                              ok  ok  ok  ok  ok  404 404 404 401 ok  404
        PATCH  /v1/travellers/{id}                              ok  ok  403 ok  403 404 404 404 401 403 404
        DELETE /v1/travellers/{id}                              ok  ok  403 ok  403 404 404 404 401 403 404
        POST   /v1/travellers/{id}/invitations                  ok  ok  403 ok  403 404 404 404 401 403 404
        GET    /v1/travellers/{id}/notifications                ok  ok  ok  ok  ok  404 404 404 401 ok  404
        PUT    /v1/travellers/{id}/notifications                403 403 403 403 403 404 404 404 401 ok  404
        GET    /v1/travellers/{id}/trip-consent                 ok  ok  ok  ok  ok  404 404 404 401 ok  404
        PUT    /v1/travellers/{id}/trip-consent                 403 403 403 403 403 404 404 404 401 ok  404
        DELETE /v1/travellers/{id}/trip-consent                 403 403 403 403 403 404 404 404 401 ok  404
        POST   /v1/travellers/{id}/erasure                      ok  ok  403 ok  403 404 404 404 401 403 404
        POST   /v1/travellers/{id}/export                       ok  403 403 403 403 404 404 404 401 ok  404
        POST   /v1/organisations/{id}/traveller-imports         ok  ok  403 ok  403 ok  404 404 401 404 404
        GET    /v1/organisations/{id}/traveller-imports/template ok  ok  ok  ok  ok  ok  404 404 401 404 404
        GET    /v1/organisations/{id}/traveller-imports/{import} 404 404 404 404 404 404 404 404 401 404 404
        GET    /v1/organisations/{id}/traveller-imports/{import}/missing 404 404 404 404 404 404 404 404 401 404 404
        POST   /v1/organisations/{id}/traveller-imports/{import}/removal 404 404 404 404 404 404 404 404 401 404 404
        GET    /v1/travellers/{id}/credit-accounts              ok  ok  ok  ok  ok  404 404 404 401 ok  404
        POST   /v1/travellers/{id}/credit-accounts              ok  ok  403 ok  403 404 404 404 401 403 404
        GET    /v1/credit-accounts/{id}                         ok  ok  ok  ok  ok  404 404 404 401 ok  404
        PATCH  /v1/credit-accounts/{id}                         ok  ok  403 ok  403 404 404 404 401 403 404
        DELETE /v1/credit-accounts/{id}                         ok  ok  403 ok  403 404 404 404 401 403 404
        POST   /v1/credit-accounts/{id}/activation-codes        ok  ok  403 ok  403 404 404 404 401 403 404
        GET    /v1/credit-accounts/{id}/authorisations          ok  ok  403 ok  403 404 404 404 401 ok  404
        GET    /v1/organisations/{id}/authorisations            ok  ok  403 ok  403 ok  404 404 401 404 404
        GET    /v1/departments/{id}/authorisations              ok  ok  403 ok  403 404 404 404 401 404 404
        GET    /v1/travellers/{id}/authorisations               ok  ok  403 ok  403 404 404 404 401 ok  404
        GET    /v1/authorisations/{id}                          ok  ok  403 ok  403 404 404 404 401 ok  404
        POST   /v1/authorisations/{id}/refunds                  ok  403 403 403 403 404 404 404 401 403 404
        POST   /v1/authorisations/{id}/voids                    ok  403 403 403 403 404 404 404 401 403 404
        GET    /v1/operators/{code}/terms                       ok  ok  ok  ok  ok  ok  ok  ok  ok  ok  ok
        GET    /v1/operators/{code}/terms/{kind}/{version}      ok  ok  ok  ok  ok  ok  ok  ok  ok  ok  ok
        PUT    /v1/operators/{code}/terms/{kind}/{version}      ok  404 404 404 404 404 404 404 401 404 404
        DELETE /v1/operators/{code}/terms/{kind}/{version}      ok  404 404 404 404 404 404 404 401 404 404
        GET    /v1/organisations/{id}/terms-acceptances         ok  ok  ok  ok  ok  ok  404 404 401 404 404
        POST   /v1/organisations/{id}/terms-acceptances         403 ok  ok  403 403 403 404 404 401 404 404
        GET    /v1/travellers/{id}/terms-acceptances            ok  ok  ok  ok  ok  404 404 404 401 ok  404
        POST   /v1/travellers/{id}/terms-acceptances            403 403 403 403 403 404 404 404 401 ok  404
        POST   /v1/travellers/{id}/requests                     403 403 403 403 403 404 404 404 401 ok  404
        GET    /v1/travellers/{id}/requests                     ok  ok  ok  ok  ok  404 404 404 401 ok  404
        GET    /v1/organisations/{id}/requests                  ok  ok  ok  ok  ok  ok  404 404 401 404 404
        GET    /v1/requests/{id}                                ok  ok  ok  ok  ok  404 404 404 401 ok  404
        POST   /v1/requests/{id}/grant                          ok  ok  403 ok  403 404 404 404 401 403 404
        POST   /v1/requests/{id}/refusal                        ok  ok  403 ok  403 404 404 404 401 403 404
        GET    /v1/clients                                      ok  403 403 403 403 403 403 ok  401 403 403
        POST   /v1/clients                                      ok  403 403 403 403 403 403 ok  401 403 403
        GET    /v1/clients/{id}                                 ok  404 404 404 404 404 404 404 401 404 404
        DELETE /v1/clients/{id}                                 ok  404 404 404 404 404 404 404 401 404 404
        POST   /v1/prepaid-cards                                ok  403 403 403 403 403 403 ok  401 403 403
        DELETE /v1/prepaid-cards                                ok  403 403 403 403 403 403 ok  401 403 403
        GET    /v1/messages                                     ok  403 403 403 403 403 403 ok  401 403 403
        GET    /v1/messages/{id}                                ok  404 404 404 404 404 404 404 401 404 404
        POST   /v1/messages/{id}/sending                        ok  404 404 404 404 404 404 404 401 404 404
        GET    /v1/audit                                        ok  ok  ok  ok  ok  ok  ok  ok  401 ok  ok
        GET    /v1/month-ends                                   ok  403 403 403 403 403 403 ok  401 403 403
        POST   /v1/month-ends                                   ok  403 403 403 403 403 403 ok  401 403 403
        GET    /v1/month-ends/{id}                              ok  403 403 403 403 403 403 404 401 403 403
        GET    /v1/month-ends/{id}/verification                 ok  403 403 403 403 403 403 404 401 403 403
        POST   /v1/month-ends/{id}/reopening                    ok  403 403 403 403 403 403 404 401 403 403
        GET    /v1/operators/{code}/invoicing                   ok  404 404 404 404 404 404 404 401 404 404
        PUT    /v1/operators/{code}/invoicing                   ok  404 404 404 404 404 404 404 401 404 404
        GET    /v1/travellers/{id}/tickets                      ok  ok  403 ok  403 404 404 404 401 ok  404
        GET    /v1/travellers/{id}/subscriptions                ok  ok  403 ok  403 404 404 404 401 ok  404
        POST   /v1/staff-offers                                 ok  ok  403 403 403 403 404 404 401 404 404
        GET    /v1/organisations/{id}/staff-offers              ok  ok  ok  ok  ok  ok  404 404 401 404 404
        GET    /v1/travellers/{id}/staff-offers                 ok  ok  ok  ok  ok  404 404 404 401 ok  404
        GET    /v1/staff-offers/{id}                            ok  ok  ok  ok  ok  ok  404 404 401 ok  ok
        DELETE /v1/staff-offers/{id}                            ok  ok  403 403 403 403 404 404 401 403 403
        POST   /v1/staff-offers/{id}/applications               ok  ok  403 ok  403 ok  404 404 401 ok  ok
        GET    /v1/organisations/{id}/staff-applications        ok  ok  403 ok  403 ok  404 404 401 404 404
        GET    /v1/travellers/{id}/staff-applications           ok  ok  403 ok  403 404 404 404 401 ok  404
        GET    /v1/staff-applications/{id}                      ok  ok  403 ok  403 404 404 404 401 ok  404
        POST   /v1/staff-applications/{id}/approval             ok  ok  403 ok  403 404 404 404 401 403 404
        POST   /v1/staff-applications/{id}/refusal              ok  ok  403 ok  403 404 404 404 401 403 404
        POST   /v1/staff-applications/{id}/withdrawal           ok  ok  403 ok  403 404 404 404 401 ok  404
        GET    /v1/operators/{code}/accounting                  ok  404 404 404 404 404 404 404 401 404 404
        PUT    /v1/operators/{code}/accounting                  ok  404 404 404 404 404 404 404 401 404 404
        GET    /v1/operators/{code}/accounting/{month}          ok  404 404 404 404 404 404 404 401 404 404
        GET    /v1/organisations/{id}/subscription-settings     ok  ok  ok  ok  ok  ok  404 404 401 404 404
        PUT    /v1/organisations/{id}/subscription-settings     ok  ok  403 403 403 403 404 404 401 404 404
        GET    /v1/organisations/{id}/order-link                ok  ok  403 403 403 403 404 404 401 404 404
        POST   /v1/organisations/{id}/order-link                ok  ok  403 403 403 403 404 404 401 404 404
        DELETE /v1/organisations/{id}/order-link                ok  ok  403 403 403 403 404 404 401 404 404
        GET    /v1/organisations/{id}/subscriptions             ok  ok  403 ok  403 ok  404 404 401 404 404
        POST   /v1/organisations/{id}/subscriptions             ok  ok  403 ok  403 ok  404 404 401 404 404
        GET    /v1/subscriptions/{id}                           ok  ok  403 ok  403 404 404 404 401 404 404
        POST   /v1/subscriptions/{id}/approval                  ok  ok  403 ok  403 404 404 404 401 404 404
        POST   /v1/subscriptions/{id}/refusal                   ok  ok  403 ok  403 404 404 404 401 404 404
        PUT    /v1/subscriptions/{id}/product                   ok  ok  403 ok  403 404 404 404 401 404 404
        POST   /v1/subscriptions/{id}/end                       ok  ok  403 ok  403 404 404 404 401 404 404
        GET    /v1/order-links/{token}                          404 404 404 404 404 404 404 404 404 404 404
        POST   /v1/order-links/{token}/codes                    404 404 404 404 404 404 404 404 404 404 404
        POST   /v1/order-links/{token}/sessions                 404 404 404 404 404 404 404 404 404 404 404
        GET    /v1/order-links/{token}/subscriptions            404 404 404 404 404 404 404 404 401 404 404
        POST   /v1/order-links/{token}/subscriptions            404 404 404 404 404 404 404 404 401 404 404
        GET    /v1/organisations/{id}/payroll-deductions        ok  ok  403 ok  403 ok  404 404 401 404 404
        GET    /v1/invoices                                     ok  ok  403 ok  403 ok  ok  ok  401 403 403
        GET    /v1/invoices/{id}                                ok  ok  403 ok  403 404 404 404 401 404 404
        POST   /v1/invoices/{id}/corrections                    ok  403 403 403 403 404 404 404 401 404 404
        GET    /v1/reports/spending                             ok  ok  403 ok  403 ok  404 404 401 404 404
        GET    /v1/reports/travel                               ok  ok  403 ok  403 ok  404 404 401 404 404
        GET    /v1/operators/{code}/webhook                     ok  404 404 404 404 404 404 404 401 404 404
        PUT    /v1/operators/{code}/webhook                     ok  404 404 404 404 404 404 404 401 404 404
        DELETE /v1/operators/{code}/webhook                     ok  404 404 404 404 404 404 404 401 404 404
        POST   /v1/operators/{code}/webhook/secrets             ok  404 404 404 404 404 404 404 401 404 404
        POST   /v1/operators/{code}/webhook/test                ok  404 404 404 404 404 404 404 401 404 404
        GET    /v1/events                                      ok  403 403 403 403 403 403 ok  401  403 403
        GET    /v1/events/{id}                                  ok  404 404 404 404 404 404 404 401 404 404
        POST   /v1/events/{id}/sending                          ok  404 404 404 404 404 404 404 401 404 404
        POST   /v1/events/{id}/dismissal                        ok  404 404 404 404 404 404 404 401 404 404
        GET    /v1/operators/{code}/products                    ok  ok  ok  ok  ok  ok  ok  404 401 404 404
        GET    /v1/operators/{code}/products/{product}          ok  ok  ok  ok  ok  ok  ok  404 401 404 404
        PUT    /v1/operators/{code}/products/{product}          ok  403 403 403 403 403 403 404 401 404 404
        POST   /v1/operators/{code}/products/{product}/prices   ok  403 403 403 403 403 403 404 401 404 404
        GET    /v1/operators/{code}/price-list                  ok  ok  ok  ok  ok  ok  ok  404 401 404 404
        POST   /v1/operators/{code}/price-list                  ok  403 403 403 403 403 403 404 401 404 404
        GET    /v1/operators/{code}/price-list/template         ok  403 403 403 403 403 403 404 401 404 404
        POST   /v1/organisations/{id}/ticket-orders             ok  ok  403 ok  403 ok  404 404 401 404 404
        GET    /v1/organisations/{id}/ticket-orders             ok  ok  403 ok  403 ok  404 404 401 404 404
        GET    /v1/ticket-orders/{id}                           ok  ok  403 ok  403 404 404 404 401 404 404
        GET    /v1/organisations/{id}/tickets                   ok  ok  403 ok  403 ok  404 404 401 404 404
        GET    /v1/tickets/{id}                                 ok  ok  403 ok  403 404 404 404 401 404 404
        PUT    /v1/tickets/{id}/bearer                          ok  ok  403 ok  403 404 404 404 401 404 404
        POST   /v1/tickets/{id}/end                             ok  ok  403 ok  403 404 404 404 401 404 404
        POST   /v1/tickets/{id}/cancellation                    ok  403 403 403 403 404 404 404 401 404 404
        POST   /v1/tickets/{id}/events                          ok  403 403 403 403 404 404 404 401 404 404
        POST   /v1/ticket-events                               ok  403 403 403 403 403 403 ok  401  403 403
        GET    /v1/credit-accounts/{id}/rules                   ok  ok  ok  ok  ok  404 404 404 401 ok  404
        PUT    /v1/credit-accounts/{id}/rules                   ok  ok  403 ok  403 404 404 404 401 403 404
        DELETE /v1/credit-accounts/{id}/rules                   ok  ok  403 ok  403 404 404 404 401 403 404
        GET    /v1/departments/{id}/rules                       ok  ok  ok  ok  ok  404 404 404 401 404 404
        PUT    /v1/departments/{id}/rules                       ok  ok  403 ok  403 404 404 404 401 404 404
        DELETE /v1/departments/{id}/rules                       ok  ok  403 ok  403 404 404 404 401 404 404
        GET    /v1/organisations/{id}/rules                     ok  ok  ok  ok  ok  ok  404 404 401 404 404
        PUT    /v1/organisations/{id}/rules                     ok  ok  403 403 403 403 404 404 401 404 404
        DELETE /v1/organisations/{id}/rules                     ok  ok  403 403 403 403 404 404 401 404 404
        GET    /v1/departments/{id}/budget                      ok  ok  ok  ok  ok  404 404 404 401 404 404
        PUT    /v1/departments/{id}/budget                      ok  ok  403 403 403 404 404 404 401 404 404
        DELETE /v1/departments/{id}/budget                      ok  ok  403 403 403 404 404 404 401 404 404
        GET    /v1/organisations/{id}/budgets                   ok  ok  ok  ok  ok  ok  404 404 401 404 404
        PUT    /v1/organisations/{id}/budgets                   ok  ok  403 403 403 403 404 404 401 404 404
        DELETE /v1/organisations/{id}/budgets                   ok  ok  403 403 403 403 404 404 401 404 404
        """;

    // What the operator's ticket system may call; all else that takes a session is 403 to it.
    private static readonly HashSet<string> OfTicketSystem = new(StringComparer.Ordinal)
    {
        "POST /v1/prepaid-cards", "DELETE /v1/prepaid-cards", "GET /v1/events", "GET /v1/events/{id}",
        "POST /v1/tickets/{id}/events", "POST /v1/ticket-events",
    };

    private static IEnumerable<(string Method, string Route, string[] Expected)> Lines =>
        Table.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(parts => (parts[0], parts[1], parts[2..]));

    [Fact]
    public void Every_route_has_its_line() => Assert.Equal(
        Routes().Order(StringComparer.Ordinal), Lines.Select(line => $"{line.Method} {line.Route}").Order(StringComparer.Ordinal));

    [Fact]
    public async Task Every_route_answers_every_caller_as_the_table_says()
    {
        var wrong = new StringBuilder();
        var stage = await StageAsync();
        // What removes something comes last, and the session's own end at the very end.
        foreach (var (method, route, expected) in Lines.OrderBy(line => line.Method == "DELETE").ThenBy(line => line.Route == "/v1/sessions"))
        {
            Assert.True(expected.Length == stage.Callers.Length, $"{method} {route} has not a column for every caller");
            for (var i = expected.Length - 1; i >= 0; i--)
            {
                var answer = await CallAsync(stage, stage.Callers[i], method, route);
                var got = answer.Status is 401 or 403 or 404 && answer.Code is "forbidden" or "not_found" or "no_session"
                    ? answer.Status.ToString(CultureInfo.InvariantCulture) : "ok";
                if (got != expected[i])
                {
                    wrong.Append(CultureInfo.InvariantCulture, $"{method} {route} as caller {i + 1}: {got} instead of {expected[i]}: {answer.Text}\n");
                }
            }
        }

        Assert.True(wrong.Length == 0, wrong.ToString());
    }

    [Fact]
    public async Task A_ticket_system_may_call_what_is_its_own_and_nothing_else()
    {
        var wrong = new StringBuilder();
        var stage = await StageAsync();
        var made = (await stage.Callers[0].PostAsync("/v1/clients", new { kind = "ticket_system", name = "Biljetter" })).Is(201);
        var system = Host.As(made["token"]!);
        foreach (var (method, route, expected) in Lines.Where(line => line.Expected[^1] == "401"))
        {
            var answer = await CallAsync(stage, system, method, route);
            var isAllowed = OfTicketSystem.Contains($"{method} {route}");
            // What is not there is said before what may not be done.
            if (isAllowed ? answer.Status is 401 or 403 or 404 && answer.Code != "not_found" : answer.Status is not (403 or 404))
            {
                wrong.Append(CultureInfo.InvariantCulture, $"{method} {route}: {answer.Text}\n");
            }
        }

        Assert.True(wrong.Length == 0, wrong.ToString());
    }

    private static async Task<ApiAnswer> CallAsync(Stage stage, ApiCaller caller, string method, string route)
    {
        var path = Path(stage, route);
        if (method == "POST" && (route.EndsWith("traveller-imports", StringComparison.Ordinal) || route.EndsWith("price-list", StringComparison.Ordinal)))
        {
            return await caller.PostCsvAsync(path, "");
        }

        var hasBody = method is "POST" or "PUT" or "PATCH" || route == "/v1/prepaid-cards";
        // A card that is not marked would not be there for anybody.
        object? body = !hasBody ? null : route == "/v1/prepaid-cards" ? new { card_number = "x" } : "{}";
        body = route == "/v1/staff-offers" ? new { organisation_id = stage.Organisation } : body;
        body = route.EndsWith("/{token}", StringComparison.Ordinal) ? new { password = Some.Password } : body;
        // A version that nothing has: who may change or remove something is told so, and it stays for the next caller.
        return await caller.SendAsync(new HttpMethod(method), path, body, method is "PUT" or "PATCH" or "DELETE" ? "\"0\"" : null);
    }

    private static string Path(Stage stage, string route) => route
        .Replace("/staff-offers/{id}", $"/staff-offers/{stage.Offer}", StringComparison.Ordinal)
        .Replace("/staff-applications/{id}", $"/staff-applications/{stage.Application}", StringComparison.Ordinal)
        .Replace("/subscriptions/{id}", $"/subscriptions/{stage.Subscription}", StringComparison.Ordinal)
        .Replace("{token}", "no-such-invitation", StringComparison.Ordinal)
        .Replace("{import}", Guid.NewGuid().ToString(), StringComparison.Ordinal)
        .Replace("/organisations/{id}", $"/organisations/{stage.Organisation}", StringComparison.Ordinal)
        .Replace("/sessions/{id}", $"/sessions/{Guid.NewGuid()}", StringComparison.Ordinal)
        .Replace("/staff/{id}", $"/staff/{stage.Staff}", StringComparison.Ordinal)
        .Replace("/departments/{id}", $"/departments/{stage.Department}", StringComparison.Ordinal)
        .Replace("/administrators/{id}", $"/administrators/{stage.Administrator}", StringComparison.Ordinal)
        .Replace("/travellers/{id}", $"/travellers/{stage.Traveller}", StringComparison.Ordinal)
        .Replace("/credit-accounts/{id}", $"/credit-accounts/{stage.Account}", StringComparison.Ordinal)
        .Replace("/authorisations/{id}", $"/authorisations/{stage.Authorisation}", StringComparison.Ordinal)
        .Replace("/clients/{id}", $"/clients/{stage.Client}", StringComparison.Ordinal)
        .Replace("/messages/{id}", $"/messages/{stage.Message}", StringComparison.Ordinal)
        .Replace("/events/{id}", $"/events/{stage.Event}", StringComparison.Ordinal)
        .Replace("/month-ends/{id}", $"/month-ends/{stage.MonthEndRun}", StringComparison.Ordinal)
        .Replace("/requests/{id}", $"/requests/{stage.Request}", StringComparison.Ordinal)
        .Replace("{kind}/{version}", "privacy/2099-1", StringComparison.Ordinal)
        .Replace("{code}", stage.OperatorCode, StringComparison.Ordinal)
        .Replace("{product}", "single-adult", StringComparison.Ordinal)
        .Replace("/tickets/{id}", $"/tickets/{stage.Ticket.Id}", StringComparison.Ordinal)
        .Replace("/ticket-orders/{id}", $"/ticket-orders/{stage.Ticket["order_id"]}", StringComparison.Ordinal)
        .Replace("/invoices/{id}", $"/invoices/{stage.Invoice}", StringComparison.Ordinal)
        .Replace("{month}", $"{ClosedMonth.Ago(2)}", StringComparison.Ordinal)
        .Replace("/reports/spending", $"/reports/spending?organisation_id={stage.Organisation}", StringComparison.Ordinal)
        .Replace("/reports/travel", $"/reports/travel?organisation_id={stage.Organisation}", StringComparison.Ordinal);

    private async Task<Stage> StageAsync()
    {
        string[] all = ["travellers", "credits", "purchases", "reports", "administrators"];
        var customer = await NewCustomerAsync();
        var staff = customer.Operator.Staff;
        var department = await customer.AddDepartmentAsync("Verkstad");
        var other = await customer.AddDepartmentAsync("Kontor");
        (await customer.Administrator.PutAsync($"/v1/departments/{department}/budget", new { ceiling_minor = 9_000_000, mode = "warn" })).Is(200);
        var traveller = await customer.TravellerAsync(department: department);
        var account = await customer.GiveAppAsync(traveller.Id);
        var administrator = (await customer.Administrator.PostAsync(
            $"/v1/organisations/{customer.Id}/administrators",
            new { email = Some.Email(), rights = Array.Empty<string>(), departments = new[] { department } })).Is(201);
        var client = (await staff.PostAsync("/v1/clients", new { kind = "validator", name = "Buss 17" })).Is(201);
        var message = (await staff.GetAsync("/v1/messages")).Is(200).Items[0]["id"]!.ToString();
        await customer.Operator.SetInvoicingAsync();
        await customer.Operator.SetAccountingAsync();
        await customer.Operator.PublishTermsAsync("privacy", "2099-1", new DateOnly(2099, 1, 1));
        var month = new ClosedMonth(customer.Operator, ClosedMonth.Ago(2));
        var authorisation = await month.BuyAsync(account.Id, 100);
        (await staff.PutAsync($"/v1/operators/{customer.Operator.Code}/webhook", new { url = "https://tickets.example.com/" })).Is(200);
        (await staff.PostAsync($"/v1/operators/{customer.Operator.Code}/webhook/test")).Is(204);
        var happened = (await staff.GetAsync("/v1/events")).Is(200).Items.Single()["id"]!.ToString();
        await month.MonthEndAsync();
        await customer.Operator.AddProductAsync("year", 100_000, "staff_offer");
        var offer = await customer.OfferAsync("year");
        var application = (await customer.Administrator.PostAsync(
            $"/v1/staff-offers/{offer}/applications", new { traveller_id = traveller.Id, bearer = new { card = Some.CardNumber() } })).Is(201).Id;
        await customer.SetSubscriptionsAsync();
        await customer.OrderLinkAsync();
        var subscription = (await customer.Administrator.PostAsync($"/v1/organisations/{customer.Id}/subscriptions", new
        {
            department_id = department,
            mobile = Some.SwedishMobile(),
            product = await customer.Operator.AddSubscriptionProductAsync(),
            first_name = "Eva",
            last_name = "Ek",
        })).Is(201).Id;
        var invoice = (await staff.GetAsync("/v1/invoices")).Is(200).Items.Single()["id"]!.ToString();
        var ticket = await customer.TicketAsync(await customer.Operator.AddProductAsync(), department: department);
        var turn = Guid.NewGuid();
        await Ledger.ExecuteAsync(
            """
            insert into billing.month_end (id, operator_id, night, state, step, after_id, started_at)
            values (@turn, @operatorId, current_date, 2, 9, @turn, now())
            """,
            new { turn, operatorId = customer.Operator.Id });
        var itself = await customer.SignInTravellerAsync(traveller);
        var request = (await itself.PostAsync($"/v1/travellers/{traveller.Id}/requests", new { kind = "new_code" })).Is(201).Id;
        ApiCaller[] callers =
        [
            staff,
            customer.Administrator,
            await customer.AddAdministratorAsync([]),
            await customer.AddAdministratorAsync(all, [department]),
            await customer.AddAdministratorAsync([], [department]),
            await customer.AddAdministratorAsync(all, [other]),
            (await customer.Operator.CustomerAsync()).Administrator,
            (await NewOperatorAsync()).Staff,
            Host.Nobody,
            itself,
            await customer.SignInTravellerAsync(await customer.TravellerAsync(department: department)),
        ];
        return new Stage(customer.Id, department, administrator.Id, traveller.Id, account.Id, client["id"]!, message, happened,
            customer.Operator.Code, invoice, turn, authorisation,
            (await staff.GetAsync("/v1/staff")).Is(200).Items.Single()["id"]!.ToString(), ticket, request, subscription, offer, application, callers);
    }

    private IEnumerable<string> Routes() =>
        from endpoint in Host.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
        where endpoint.RoutePattern.RawText!.StartsWith("/v1/", StringComparison.Ordinal)
        where endpoint.Metadata.GetMetadata<IEndpointNameMetadata>() is not null
        from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
        select $"{method} {endpoint.RoutePattern.RawText!.Replace(":guid", "", StringComparison.Ordinal).Replace(":long", "", StringComparison.Ordinal)}";

    private sealed record Stage(
        Guid Organisation, Guid Department, Guid Administrator, Guid Traveller, Guid Account, string Client, string Message, string Event,
        string OperatorCode, string Invoice, Guid MonthEndRun, Guid Authorisation, string Staff, ApiAnswer Ticket, Guid Request,
        Guid Subscription, Guid Offer, Guid Application, ApiCaller[] Callers);
}
