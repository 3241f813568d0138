using Microsoft.Extensions.DependencyInjection;

namespace Authorisation.Admin.Tests.MonthTurn;

/// <summary>A clock that stands at an instant now and runs on from there.</summary>
internal sealed class ShiftedTime(DateTimeOffset now) : TimeProvider
{
    private readonly TimeSpan _shift = now - DateTimeOffset.UtcNow;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + _shift;

    /// <summary>Has a host go by it.</summary>
    public void Use(IServiceCollection services) => services.AddSingleton<TimeProvider>(this);
}
