using System.ComponentModel.DataAnnotations;
using Authorisation.Admin.Web;
using Authorisation.Administration.Access;
using Authorisation.Administration.Work;
using Authorisation.Core;

namespace Authorisation.Admin.Api.Sessions;

/// <summary>E-mail and password.</summary>
/// <param name="Email">The person's e-mail address.</param>
/// <param name="Password">The person's password.</param>
internal sealed record NewSession(
    [Required, MaxLength(Limits.EmailCharactersMax)] string? Email,
    [Required, MaxLength(Limits.PasswordCharactersMax)] string? Password);

/// <summary>
/// Signing in. Of all calls it is the one that anybody can make as often as the bounds allow and that costs processor time,
/// so it is no transaction: nothing is locked and no connection held while a password is hashed, and sign-ins with one
/// address wait for each other no more than those with an unknown one do.
/// </summary>
/// <remarks>It takes no Idempotency-Key, either: made again it is another session.</remarks>
internal static class BeginSession
{
    public const string Name = "begin_session";

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/sessions", BeginAsync).WithName(Name).WithTags("sessions").Open()
            .Answers<SessionView>(StatusCodes.Status201Created, StatusCodes.Status429TooManyRequests);

    private static async Task<Reply> BeginAsync(HttpContext http, ControlDatabase database, SignIns signIns, Body<NewSession> body)
    {
        var (email, password) = Read(body.Value);
        // Opened by each statement, and given back after it.
        await using var db = database.Source.CreateConnection();
        return await signIns.BeginAsync(db, email, password, http.Connection.RemoteIpAddress?.ToString()) is { } session
            ? new Reply(StatusCodes.Status201Created, session)
            : throw new RefusedException(
                ProblemCode.WrongCredentials,
                "The e-mail address or the password is wrong, or there were too many wrong ones lately.");
    }

    // Whatever could once be chosen as a password is compared: it is only bounded, as hashing takes time by its length.
    private static (string Email, string Password) Read(NewSession sent)
    {
        var fields = new Fields();
        if (string.IsNullOrWhiteSpace(sent.Email))
        {
            fields.Add("email", FieldCode.Required, "is required");
        }
        else if (sent.Email.Length > Limits.EmailCharactersMax)
        {
            fields.AddTooLong("email", Limits.EmailCharactersMax);
        }

        var password = fields.PresentPassword("password", sent.Password);
        fields.ThrowIfAny();
        return (sent.Email!, password);
    }
}
