using System.IO.Pipelines;
using System.Text.Json;
using Authorisation.Administration.Access;
using Authorisation.Administration.Sessions;
using Authorisation.Administration.Work;
using Authorisation.Core;

namespace Authorisation.Admin.Web;

/// <summary>
/// Reads the body of a request: only for a caller with a token in force, unless the call needs no session, and within bounds of
/// bytes and of time.
/// </summary>
internal static class RequestBody
{
    /// <summary>What the body as a whole is called in errors.</summary>
    public const string Field = "body";

    /// <summary>
    /// What is wrong with a body that comes with a call which takes none: each field, as the caller thinks that it does
    /// something.
    /// </summary>
    public static async Task<IReadOnlyList<FieldError>> RefuseAsync(HttpContext context)
    {
        var bytes = await ReadAsync(context, Limits.JsonBodyBytesMax, Limits.JsonBodyTime);
        if (bytes is null || bytes.AsSpan().Trim(" \t\r\n"u8).Length == 0)
        {
            return [];
        }

        try
        {
            using var document = JsonDocument.Parse(bytes);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return BodyCheck.Of(document.RootElement, typeof(NoFields)).Errors;
            }
        }
        catch (JsonException)
        {
            // Reported below as well.
        }

        return [new FieldError(Field, FieldCode.Unknown, "must not be sent: the call takes none")];
    }

    private sealed record NoFields;

    /// <summary>The body; null when it was not read, because the call needs a session and has none.</summary>
    /// <exception cref="RefusedException">413: it is too long. 408: it took too long.</exception>
    public static async Task<byte[]?> ReadAsync(HttpContext context, int bytesMax, TimeSpan time)
    {
        // Asked for here already, as the filter that refuses the call comes after this; and not within its transaction,
        // as a body takes the time that its sender takes.
        if (context.GetEndpoint()?.Metadata.GetMetadata<OpenToAll>() is null && !await IsKnownAsync(context))
        {
            return null;
        }

        // A repeated request is known by it.
        var bytes = await ReadAllAsync(context, bytesMax, time);
        context.Items[typeof(Body<>)] = bytes;
        return bytes;
    }

    private static async Task<byte[]> ReadAllAsync(HttpContext context, int bytesMax, TimeSpan time)
    {
        var body = context.Request.BodyReader;
        using var late = new CancellationTokenSource(time);
        // Not as a token of the read: the server could not read on afterwards to find the next request.
        await using var end = late.Token.UnsafeRegister(static reader => ((PipeReader)reader!).CancelPendingRead(), body);
        using var buffer = new MemoryStream();
        while (true)
        {
            var read = await body.ReadAsync(context.RequestAborted);
            foreach (var piece in read.Buffer)
            {
                buffer.Write(piece.Span);
            }

            body.AdvanceTo(read.Buffer.End);
            if (buffer.Length > bytesMax)
            {
                throw new HttpProblemException(StatusCodes.Status413PayloadTooLarge, "too_large", $"The body may have {bytesMax} bytes at most.");
            }

            if (read.IsCompleted)
            {
                return buffer.ToArray();
            }

            if (late.IsCancellationRequested)
            {
                throw new HttpProblemException(StatusCodes.Status408RequestTimeout, "too_slow", $"The body must arrive within {time.TotalSeconds:0} seconds.");
            }
        }
    }

    private static async Task<bool> IsKnownAsync(HttpContext context)
    {
        if (BearerToken.HashOf(context.Request) is not { } hash)
        {
            return false;
        }

        await using var db = await context.RequestServices.GetRequiredService<ControlDatabase>().OpenAsync(context.RequestAborted);
        return await Session.FindAsync(db, hash) is not null || await TicketSystem.FindAsync(db, hash) is not null
            || await PhoneSession.FindAsync(db, hash) is not null;
    }
}
