namespace Authorisation.Core.Tests.RandomSequences;

/// <summary>One thing that happens at a moment: a purchase, or an administrator's change.</summary>
internal abstract record Step(DateTimeOffset At, int Account);

/// <summary>A purchase; <see cref="IdNumber"/> is from a small pool, so that ids come again.</summary>
internal sealed record Buy(DateTimeOffset At, int Account, int IdNumber, int Client, long AmountMinor, bool Hold, string? Product)
    : Step(At, Account);

/// <summary>A limit changed, to below what is spent now and then.</summary>
internal sealed record SetLimit(DateTimeOffset At, int Account, long LimitMinor) : Step(At, Account);

/// <summary>An account blocked or let go.</summary>
internal sealed record SetBlocked(DateTimeOffset At, int Account, bool Blocked) : Step(At, Account);
