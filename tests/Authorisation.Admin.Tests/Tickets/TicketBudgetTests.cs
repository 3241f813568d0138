using Authorisation.Admin.Tests.Support;
using Xunit;

namespace Authorisation.Admin.Tests.Tickets;

/// <summary>Tickets count in the budgets of the department that pays, and a budget that declines refuses an order whole.</summary>
public sealed class TicketBudgetTests(SharedAdmin shared) : AdminTest(shared)
{
    [Fact]
    public async Task An_order_that_a_budget_has_no_room_for_leaves_nothing_and_a_cancellation_makes_room()
    {
        var customer = await NewCustomerAsync();
        await customer.Operator.AddProductAsync("single-adult", 3_400);
        (await customer.Administrator.PutAsync(
            $"/v1/departments/{customer.DepartmentId}/budget", new { ceiling_minor = 7_000, mode = "decline" })).Is(200);
        var first = await customer.TicketAsync("single-adult");

        (await OrderAsync(customer, 2)).IsProblem(409, "budget_spent");

        Assert.Single((await customer.Administrator.GetAsync($"/v1/organisations/{customer.Id}/tickets")).Is(200).Items);
        (await OrderAsync(customer, 1)).Is(201);
        (await OrderAsync(customer, 1)).IsProblem(409, "budget_spent");
        (await customer.Operator.Staff.PostAsync($"/v1/tickets/{first.Id}/cancellation", new { reason = "Fel" })).Is(200);
        (await OrderAsync(customer, 1)).Is(201);
        Assert.Equal("6800", (await customer.Administrator.GetAsync($"/v1/departments/{customer.DepartmentId}/budget")).Is(200)["spent_minor"]);
    }

    private static Task<ApiAnswer> OrderAsync(AdminOrganisation customer, int count) => customer.OrderAsync(new
    {
        department_id = customer.DepartmentId,
        reason = "Mässan",
        items = Enumerable.Range(0, count).Select(_ => new
        {
            product = "single-adult",
            temporary_traveller = new { name = "Gäst" },
            bearer = new { card = Some.CardNumber() },
        }),
    });
}
