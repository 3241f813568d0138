using Authorisation.Testing;

namespace Authorisation.Admin.Tests.Support;

/// <summary>A customer of one test's own.</summary>
internal sealed record AdminOrganisation(
    AdminOperator Operator, Guid Id, Guid DepartmentId, ApiCaller Administrator, string AdministratorEmail, string Number)
{
    /// <summary>Adds a traveller.</summary>
    public async Task<ApiAnswer> TravellerAsync(string? mobile = null, Guid? department = null, string? email = null) =>
        (await Administrator.PostAsync($"/v1/organisations/{Id}/travellers", new
        {
            email = email ?? Some.Email("anna"),
            mobile = mobile ?? Some.Mobile(Operator.Terms.Country),
            name = "Anna Berg",
            department_id = department ?? DepartmentId,
        })).Is(201);

    /// <summary>Adds a department.</summary>
    public async Task<Guid> AddDepartmentAsync(string name, Guid? parent = null, string? reference = null) =>
        (await Administrator.PostAsync($"/v1/organisations/{Id}/departments", new
        {
            name,
            parent_id = parent ?? DepartmentId,
            billing_reference = reference,
        })).Is(201).Id;

    /// <summary>Gives app credit.</summary>
    public async Task<ApiAnswer> GiveAppAsync(Guid traveller, long limitMinor = 50_000) =>
        (await TryGiveAppAsync(traveller, limitMinor)).Is(201);

    /// <summary>Tries to give app credit.</summary>
    public Task<ApiAnswer> TryGiveAppAsync(Guid traveller, long limitMinor) => Administrator.PostAsync(
        $"/v1/travellers/{traveller}/credit-accounts", new { kind = "app", limit_minor = limitMinor });

    /// <summary>Tries to give credit on a card.</summary>
    public Task<ApiAnswer> TryGiveCardAsync(Guid traveller, string cardNumber, long limitMinor) => Administrator.PostAsync(
        $"/v1/travellers/{traveller}/credit-accounts", new { kind = "card", card_number = cardNumber, limit_minor = limitMinor });

    /// <summary>Orders a ticket for somebody who is no traveller.</summary>
    public async Task<ApiAnswer> TicketAsync(string product, object? bearer = null, string reason = "Mässan", Guid? department = null)
    {
        var order = (await OrderAsync(new
        {
            department_id = department ?? DepartmentId,
            reason,
            items = new[]
            {
                new
                {
                    product,
                    temporary_traveller = new { name = "Gästen Gustavsson" },
                    bearer = bearer ?? new { app = Some.Mobile(Operator.Terms.Country) },
                },
            },
        })).Is(201);
        return (await Administrator.GetAsync($"/v1/tickets/{order.Body["tickets"]![0]!["id"]}")).Is(200);
    }

    /// <summary>Tries to order tickets.</summary>
    public Task<ApiAnswer> OrderAsync(object order) => Administrator.PostAsync($"/v1/organisations/{Id}/ticket-orders", order);

    /// <summary>Invites an administrator, who accepts and signs in.</summary>
    public async Task<ApiCaller> AddAdministratorAsync(string[] rights, Guid[]? departments = null, string? email = null)
    {
        email ??= Some.Email("chef");
        (await Administrator.PostAsync(
            $"/v1/organisations/{Id}/administrators", new { email, rights, departments = departments ?? [] })).Is(201);
        return await Operator.AcceptAsync(email);
    }

    /// <summary>Invites a traveller to sign in, who accepts and does.</summary>
    public async Task<ApiCaller> SignInTravellerAsync(ApiAnswer traveller)
    {
        (await Administrator.PostAsync($"/v1/travellers/{traveller.Id}/invitations")).Is(204);
        return await Operator.AcceptAsync(traveller["email"]!);
    }

    /// <summary>Waits until an import is done.</summary>
    public async Task<ApiAnswer> ImportedAsync(Guid id)
    {
        ApiAnswer? import = null;
        await Eventually.TrueAsync(
            async () =>
            {
                import = (await Administrator.GetAsync($"/v1/organisations/{Id}/traveller-imports/{id}")).Is(200);
                return import["status"] == "done";
            },
            TimeSpan.FromSeconds(60),
            "the import is done");
        return import!;
    }
}
