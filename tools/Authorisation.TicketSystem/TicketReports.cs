using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;

namespace Authorisation.TicketSystem;

/// <summary>Reports what happened to tickets to the control plane, with the operator's own token.</summary>
/// <remarks>Safe for several tasks: it keeps nothing but the client, which is.</remarks>
internal sealed class TicketReports(Uri admin, TextWriter output) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = admin, Timeout = Bounds.ReportTimeout };

    /// <summary>
    /// Reports one event. What could not be delivered is sent again under the same id; what is refused is not, since it
    /// would be refused again: an administrator was first.
    /// </summary>
    /// <returns>Whether it was recorded.</returns>
    public async Task<bool> SendAsync(
        string token, string ticketId, string happened, DateTimeOffset at, string? reason, CancellationToken stop)
    {
        var report = new { @event = happened, occurred_at = at, event_id = Guid.CreateVersion7(), reason };
        for (var (left, wait) = (Bounds.ReportTriesMax, Bounds.ReportRetryFirst); left > 0; left--, wait *= 2)
        {
            var failure = await TryAsync(token, $"v1/tickets/{ticketId}/events", report, stop);
            if (failure is not { IsPassing: true })
            {
                await output.WriteLineAsync($"ticket {ticketId}: {happened} {failure?.Text ?? "reported"}");
                return failure is null;
            }

            await Task.Delay(wait, stop);
        }

        await output.WriteLineAsync($"ticket {ticketId}: {happened} could not be reported");
        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<Failure?> TryAsync(string token, string path, object report, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(report) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        try
        {
            using var answer = await _http.SendAsync(request, stop);
            return answer.IsSuccessStatusCode
                ? null
                : new Failure(
                    $"was refused with {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(stop)}",
                    answer.StatusCode is HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !stop.IsCancellationRequested)
        {
            return new Failure(e.Message, IsPassing: true);
        }
    }

    /// <summary>Why a report was not recorded.</summary>
    /// <param name="Text">For people.</param>
    /// <param name="IsPassing">Another try may succeed.</param>
    private sealed record Failure(string Text, bool IsPassing);
}
