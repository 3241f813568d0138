using System.Globalization;
using System.Text.Json;
using Authorisation.Administration.Budgets;
using Authorisation.Administration.Work;
using Authorisation.Ledger.Database;
using Npgsql;

namespace Authorisation.Admin.Web;

/// <summary>Maps whatever ends a request early to a problem.</summary>
internal sealed partial class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> logger)
{
    // Where nothing better is known.
    private static readonly TimeSpan TooManyWait = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan UnavailableWait = TimeSpan.FromSeconds(1);

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            if (!context.Response.HasStarted && context.Response.StatusCode >= 400 && context.Response.ContentLength is null
                && context.Response.ContentType is null)
            {
                await WriteAsync(context, OfStatus(context.Response.StatusCode));
            }
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone, so there is no one to answer.
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            var problem = Of(e);
            if (problem.Status >= StatusCodes.Status500InternalServerError)
            {
                if (problem.Status == StatusCodes.Status503ServiceUnavailable)
                {
                    LogUnavailable(e.Message);
                }
                else
                {
                    LogFailed(e, context.Request.Method, context.GetEndpoint()?.DisplayName);
                }
            }

            context.Response.Clear();
            await WriteAsync(context, problem, (e as RefusedException)?.RetryAfter);
        }
    }

    private static Problem Of(Exception exception) => exception switch
    {
        RefusedException refused => Problem.Of(refused),
        HttpProblemException malformed => malformed.Problem,
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } =>
            Problem.Of(StatusCodes.Status413PayloadTooLarge, "too_large", "The body is too large."),
        BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } =>
            Problem.Of(StatusCodes.Status408RequestTimeout, "too_slow", "The body came too slowly."),
        BadHttpRequestException => OfStatus(StatusCodes.Status400BadRequest),
        _ when exception is LedgerBusyException || LedgerBusyException.IsMeantBy(exception) => Problem.Of(
            StatusCodes.Status503ServiceUnavailable, "busy",
            "Another session is changing this; nothing was changed. Try again."),
        PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } taken when Taken(taken.ConstraintName) is { } what =>
            Problem.Of(StatusCodes.Status409Conflict, "taken", what),
        PostgresException { SqlState: ChargeBudget.Spent } spent => Problem.Of(ChargeBudget.Refusal(spent.MessageText)),
        PostgresException { SqlState: "22P05" or "22021" } => Problem.Of(
            StatusCodes.Status400BadRequest, "invalid_fields", "Some text cannot be stored."),
        PostgresException other when !other.IsTransient => Unexpected(),
        NpgsqlException or TimeoutException or LedgerUnreachableException => Problem.Of(
            StatusCodes.Status503ServiceUnavailable, "ledger_unreachable",
            "The database is out of reach; whether anything was changed is unknown. Try again."),
        _ => Unexpected(),
    };

    // Two callers at once: the second meets the constraint that the first one's check could not see.
    private static string? Taken(string? constraint) => constraint switch
    {
        "traveller_email" => "The organisation has a traveller with this e-mail address already.",
        "credit_account_open_card" => "There is credit on this card already.",
        "credit_account_open_mobile" => "There is open app credit for this mobile number already.",
        "organisation_customer" => "The organisation is a customer already.",
        "administrator_once" => "The person administers the organisation already.",
        _ => null,
    };

    private static Problem Unexpected() => Problem.Of(
        StatusCodes.Status500InternalServerError, "unexpected", "Something unexpected happened and is in the log.");

    private static Problem OfStatus(int status) => status switch
    {
        StatusCodes.Status404NotFound => Problem.Of(status, "not_found", "There is nothing here that you may see."),
        StatusCodes.Status405MethodNotAllowed => Problem.Of(status, "method_not_allowed", "This cannot be done here."),
        StatusCodes.Status415UnsupportedMediaType => Problem.Of(status, "unsupported_media_type", "Send what the API's description says."),
        _ => Problem.Of(status, "refused", "The request was refused."),
    };

    private static async Task WriteAsync(HttpContext context, Problem problem, TimeSpan? retryAfter = null)
    {
        context.Response.StatusCode = problem.Status;
        if (context.GetEndpoint()?.Metadata.GetMetadata<ShowsPage>() is { } page)
        {
            await page.OfProblem(context, problem).ExecuteAsync(context);
            return;
        }

        context.Response.ContentType = Problem.ContentType;
        context.Response.Headers.CacheControl = "no-store";
        if (problem.Status == StatusCodes.Status401Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
        }

        // An answer that asks the caller to retry says when.
        if (problem.Status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
        {
            var wait = retryAfter ?? (problem.Status == StatusCodes.Status429TooManyRequests ? TooManyWait : UnavailableWait);
            context.Response.Headers.RetryAfter = ((long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        await JsonSerializer.SerializeAsync(context.Response.Body, problem, ApiJson.Options, context.RequestAborted);
    }

    [LoggerMessage(5001, LogLevel.Error, "{Method} {Endpoint} failed")]
    private partial void LogFailed(Exception exception, string method, string? endpoint);

    [LoggerMessage(5002, LogLevel.Warning, "A call was not answered: {Reason}")]
    private partial void LogUnavailable(string reason);
}
