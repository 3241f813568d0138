using Authorisation.TicketSystem;
using Microsoft.AspNetCore.Http;
using StandardWebhooks;
using Xunit;

namespace Authorisation.Standalone.Tests;

/// <summary>What the demo's ticket system takes, and when it is away.</summary>
public sealed class TicketSystemTests
{
    private const string Secret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    private const string Other = "whsec_HwECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    private const string Body = """{"type":"ticket.ordered"}""";

    private static readonly DateTimeOffset Now = new(2026, 12, 31, 23, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_request_is_taken_when_any_of_its_signatures_is_of_the_secret()
    {
        var (right, other) = (Sign(Secret, Now), Sign(Other, Now));

        Assert.True(IsSigned(right, Now));
        Assert.True(IsSigned($"{other} {right}", Now));
        Assert.True(IsSigned($"v2,x {right} {other}", Now));
        Assert.False(IsSigned(other, Now));
        Assert.False(IsSigned("", Now));
        Assert.False(IsSigned(right[3..], Now));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(-299, true)]
    [InlineData(299, true)]
    [InlineData(-301, false)]
    [InlineData(301, false)]
    public void A_signature_holds_for_five_minutes_by_the_demos_clock(int seconds, bool isTaken) =>
        Assert.Equal(isTaken, IsSigned(Sign(Secret, Now.AddSeconds(seconds)), Now.AddSeconds(seconds)));

    [Theory]
    [InlineData("webhook-id", "")]
    [InlineData("webhook-timestamp", "")]
    [InlineData("webhook-timestamp", "yesterday")]
    [InlineData("webhook-timestamp", "99999999999999")]
    public void A_request_without_what_is_signed_is_not_taken(string header, string value)
    {
        var headers = Headers(Sign(Secret, Now), Now);
        headers[header] = value;
        Assert.False(SignedWebhook.IsSigned(Secret, headers, Body, Now));
    }

    [Fact]
    public void It_is_away_for_a_second_from_the_first_event_on_and_every_five_minutes()
    {
        var clock = new SteppedClock();
        var absence = new Absence(clock);
        clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal(TimeSpan.FromSeconds(1), absence.Left);
        clock.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Equal(TimeSpan.FromSeconds(0.5), absence.Left);
        clock.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Null(absence.Left);
        clock.Advance(TimeSpan.FromSeconds(299));
        Assert.Equal(TimeSpan.FromSeconds(1), absence.Left);
    }

    private static bool IsSigned(string signatures, DateTimeOffset at) =>
        SignedWebhook.IsSigned(Secret, Headers(signatures, at), Body, Now);

    private static string Sign(string secret, DateTimeOffset at) => new StandardWebhook(secret).Sign("e1", at, Body);

    private static HeaderDictionary Headers(string signatures, DateTimeOffset at) => new()
    {
        ["webhook-id"] = "e1",
        ["webhook-timestamp"] = at.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture),
        ["webhook-signature"] = signatures,
    };

    private sealed class SteppedClock : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Advance(TimeSpan by) => _ticks += by.Ticks;

        public override long GetTimestamp() => _ticks;
    }
}
