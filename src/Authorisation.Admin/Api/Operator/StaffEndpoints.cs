using System.ComponentModel.DataAnnotations;
using Authorisation.Admin.Web;
using Authorisation.Administration.Access;
using Authorisation.Administration.Sessions;
using Authorisation.Administration.Work;
using Authorisation.Core;
using Dapper;
using Microsoft.AspNetCore.Mvc;
using Npgsql;

namespace Authorisation.Admin.Api.Operator;

/// <summary>Somebody to be made staff.</summary>
/// <param name="Operator">The operator's code; staff of one operator only need not say it.</param>
/// <param name="Email">The e-mail address that the person signs in with.</param>
/// <param name="Name">The person's name.</param>
internal sealed record NewStaff(
    [MaxLength(Limits.OperatorCodeCharactersMax)] string? Operator,
    [Required, MaxLength(Limits.EmailCharactersMax)] string? Email,
    [MaxLength(Limits.NameCharactersMax)] string? Name);

/// <summary>A person who is staff of an operator.</summary>
/// <param name="Id">To remove the person by.</param>
/// <param name="Operator">The operator's code.</param>
/// <param name="Email">The person's e-mail address.</param>
/// <param name="Name">The person's name; absent when it is not known.</param>
/// <param name="Status"><c>active</c>, or <c>invited</c> while the person has no password.</param>
/// <param name="MadeAt">Since when.</param>
internal sealed record StaffView(
    Guid Id, string Operator, string Email, string? Name, [AllowedValues("active", "invited")] string Status, DateTime MadeAt);

/// <summary>Operator staff, managed by staff. The first one is made by the command <c>create-staff</c>.</summary>
internal static class StaffEndpoints
{
    private const string Columns = """
        s.id, s.person_id, s.operator_id, o.code as operator, p.email, p.name, p.password_hash is not null as has_password, s.made_at
        from control.staff s
        join control.person p on p.id = s.person_id
        join operator o on o.id = s.operator_id
        where s.removed_at is null
        """;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/staff", ListAsync).WithName("list_staff").WithTags("staff")
            .Answers<Page<StaffView>>(StatusCodes.Status200OK, StatusCodes.Status403Forbidden);
        routes.MapPost("/v1/staff", AddAsync).WithName("add_staff").WithTags("staff")
            .Answers<StaffView>(
                StatusCodes.Status201Created, StatusCodes.Status403Forbidden, StatusCodes.Status409Conflict,
                StatusCodes.Status422UnprocessableEntity, StatusCodes.Status429TooManyRequests);
        routes.MapGet("/v1/staff/{id:guid}", GetAsync).WithName("get_staff").WithTags("staff")
            .Answers<StaffView>(StatusCodes.Status200OK, StatusCodes.Status404NotFound);
        routes.MapDelete("/v1/staff/{id:guid}", RemoveAsync).WithName("remove_staff").WithTags("staff")
            .AnswersNothing(StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);
    }

    private static async Task<Reply> ListAsync(Call call, [AsParameters] PageQuery page, [FromQuery(Name = "operator")] string? @operator)
    {
        var operators = await StaffOperators.ListedAsync(call, @operator);
        var rows = (await call.Db.QueryAsync<Row>(
            $"select {Columns} and s.operator_id = any(@operators) and s.id > @after order by s.id limit @count",
            new { operators, after = page.AfterId, count = page.Size + 1 })).ToList();
        return Reply.Ok(Page<StaffView>.Of(rows, page.Size, View, row => row.Id));
    }

    private static async Task<Reply> GetAsync(Call call, Guid id) => Reply.Ok(View(await SeeAsync(call, id)));

    private static async Task<Reply> AddAsync(Call call, PasswordResets resets, Body<NewStaff> body)
    {
        StaffOperators.RequireAny(call);
        var sent = body.Value;
        var fields = new Fields();
        var terms = await StaffOperators.NamedAsync(call, fields, sent.Operator);
        var email = fields.Email("email", sent.Email);
        var name = fields.Optional("name", sent.Name, Limits.NameCharactersMax) ?? "";
        fields.ThrowIfAny();
        await LockAsync(call.Db, terms!.Id);
        await call.Db.ExecuteAsync(
            "insert into control.person (id, email, name) values (@person, @email, @name) on conflict (email) do nothing",
            new { person = Guid.CreateVersion7(), email, name });
        // Whoever was removed and comes again is another one: what was sent about the first does not reach the second.
        var id = await call.Db.QuerySingleOrDefaultAsync<Guid?>(
            """
            insert into control.staff as s (person_id, operator_id)
            select id, @operatorId from control.person where email = @email
            on conflict (person_id, operator_id) do update
            set removed_at = null, made_at = ledger_now(), id = gen_random_uuid() where s.removed_at is not null
            returning s.id
            """,
            new { operatorId = terms.Id, email })
            ?? throw new RefusedException(ProblemCode.StaffAlready, "The person is staff of the operator already.");
        var row = (await FindAsync(call.Db, id))!;
        await resets.InviteStaffAsync(call.Db, terms, row.PersonId, email, row.HasPassword);
        await call.Work.AuditAsync("staff.added", "staff:" + id, terms.Id, after: View(row));
        return Reply.Created("/v1/staff/" + id, View(row));
    }

    private static async Task<Reply> RemoveAsync(Call call, Guid id)
    {
        var seen = await SeeAsync(call, id);
        await LockAsync(call.Db, seen.OperatorId);
        var row = await FindAsync(call.Db, id) ?? throw Problems.NotFound();
        var others = await call.Db.ExecuteScalarAsync<bool>(
            """
            select exists (
              select from control.staff s join control.person p on p.id = s.person_id
              where s.operator_id = @OperatorId and s.id <> @Id and s.removed_at is null and p.password_hash is not null)
            """,
            row);
        if (!others)
        {
            throw new RefusedException(ProblemCode.LastStaff, "This is the last of the operator's staff who can sign in: add another first.");
        }

        await call.Db.ExecuteAsync(
            """
            update control.staff set removed_at = ledger_now() where id = @Id;
            -- A link to choose a first password was sent for this; nobody is to begin with it any more.
            update control.password_link l set ended_at = ledger_now()
            from control.person p
            where p.id = @PersonId and p.password_hash is null and l.person_id = p.id and l.used_at is null and l.ended_at is null
            """,
            row);
        await call.Work.AuditAsync("staff.removed", "staff:" + id, row.OperatorId, before: View(row));
        return Reply.NoContent();
    }

    // So that the last two cannot remove each other.
    private static Task<int> LockAsync(NpgsqlConnection db, int operatorId) =>
        db.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended('staff of ' || @operatorId, 1))", new { operatorId });

    private static async Task<Row> SeeAsync(Call call, Guid id) =>
        await FindAsync(call.Db, id) is { } row && call.Principal.StaffOf.Contains(row.OperatorId) ? row : throw Problems.NotFound();

    private static async Task<Row?> FindAsync(NpgsqlConnection db, Guid id) =>
        await db.QuerySingleOrDefaultAsync<Row>($"select {Columns} and s.id = @id", new { id });

    private static StaffView View(Row row) => new(
        row.Id, row.Operator, row.Email, row.Name.Length == 0 ? null : row.Name, row.HasPassword ? "active" : "invited", row.MadeAt);

    private sealed record Row
    {
        public required Guid Id { get; init; }

        public required Guid PersonId { get; init; }

        public required int OperatorId { get; init; }

        public required string Operator { get; init; }

        public required string Email { get; init; }

        public required string Name { get; init; }

        public required bool HasPassword { get; init; }

        public required DateTime MadeAt { get; init; }
    }
}
