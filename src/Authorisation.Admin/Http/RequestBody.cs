using Authorisation.Admin.Access;

namespace Authorisation.Admin.Http;

/// <summary>
/// Reads the body of a request: only for a caller who is signed in, unless the call needs no session, and within bounds of
/// bytes and of time.
/// </summary>
internal static class RequestBody
{
    private const int PieceBytes = 8192;

    /// <summary>The body; null when it was not read, because the call needs a session and has none.</summary>
    /// <exception cref="ProblemException">413: it is too long. 408: it took too long.</exception>
    public static async Task<byte[]?> ReadAsync(HttpContext context, int bytesMax, TimeSpan time)
    {
        // Asked for here already, as the filter that refuses the call comes after this; and not within its transaction, as a
        // body takes the time that its sender takes.
        if (context.GetEndpoint()?.Metadata.GetMetadata<OpenToAll>() is null && !await HasSessionAsync(context))
        {
            return null;
        }

        using var late = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        late.CancelAfter(time);
        try
        {
            using var buffer = new MemoryStream();
            var piece = new byte[PieceBytes];
            int read;
            while ((read = await context.Request.Body.ReadAsync(piece, late.Token)) > 0)
            {
                buffer.Write(piece, 0, read);
                if (buffer.Length > bytesMax)
                {
                    throw new ProblemException(
                        StatusCodes.Status413PayloadTooLarge, "too_large", $"The body may have {bytesMax} bytes at most.");
                }
            }

            // A repeated request is known by it.
            var bytes = buffer.ToArray();
            context.Items[typeof(Body<>)] = bytes;
            return bytes;
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            throw new ProblemException(
                StatusCodes.Status408RequestTimeout, "too_slow", $"The body must arrive within {time.TotalSeconds:0} seconds.");
        }
    }

    private static async Task<bool> HasSessionAsync(HttpContext context)
    {
        if (Sessions.HashOf(context.Request) is not { } hash)
        {
            return false;
        }

        await using var db = await context.RequestServices.GetRequiredService<AdminDatabase>().OpenAsync(context.RequestAborted);
        return await Sessions.FindAsync(db, hash) is not null;
    }
}
