using System.Collections.Concurrent;
using Authorisation.V1;

namespace Authorisation.Server.Tests.Processes;

/// <summary>A purchase that a client sent, with every answer that came to it.</summary>
internal sealed record SentPurchase(AuthoriseRequest Request, Guid AccountId)
{
    /// <summary>The answers, in the order in which they came; a client may ask again what it knows.</summary>
    public ConcurrentQueue<AuthoriseResponse> Answers { get; } = new();
}
