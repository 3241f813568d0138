using System.Net;
using Authorisation.Admin.Tests.Support;
using Authorisation.Administration.Events;
using Xunit;

namespace Authorisation.Admin.Tests.Events;

/// <summary>Where events may be sent: nobody makes the host call what only it can reach.</summary>
public sealed class WebhookAddressTests(SharedAdmin shared) : AdminTest(shared)
{
    [Theory]
    [InlineData("https://tickets.example.com/events", true, true)]
    [InlineData("https://8.8.8.8/events", true, true)]
    [InlineData("http://tickets.example.com/events", false, true)]
    [InlineData("https://localhost/events", false, true)]
    [InlineData("https://127.0.0.1/events", false, true)]
    [InlineData("https://10.1.2.3/events", false, true)]
    [InlineData("https://[::1]/events", false, true)]
    [InlineData("https://[::ffff:10.0.0.1]/events", false, true)]
    [InlineData("https://169.254.169.254/latest/meta-data", false, true)]
    [InlineData("https://user:word@tickets.example.com/", false, false)]
    [InlineData("https://tickets.example.com/#part", false, false)]
    [InlineData("ftp://tickets.example.com/", false, false)]
    [InlineData("file:///etc/passwd", false, false)]
    [InlineData("tickets.example.com", false, false)]
    [InlineData("/events", false, false)]
    public void Only_https_to_a_public_address_is_sent_to_unless_private_ones_are_allowed(string url, bool isPublic, bool isAllowed)
    {
        Assert.Equal(isPublic, new WebhookAddresses(allowsPrivate: false).FaultOf(url) is null);
        Assert.Equal(isAllowed, new WebhookAddresses(allowsPrivate: true).FaultOf(url) is null);
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("10.0.0.1")]
    [InlineData("100.64.0.1")]
    [InlineData("127.1.2.3")]
    [InlineData("169.254.169.254")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.0.0.1")]
    [InlineData("192.0.2.1")]
    [InlineData("192.168.1.1")]
    [InlineData("198.18.0.1")]
    [InlineData("198.51.100.7")]
    [InlineData("203.0.113.9")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::ffff:192.168.0.1")]
    [InlineData("fe80::1")]
    [InlineData("fc00::1")]
    [InlineData("fd12::1")]
    [InlineData("ff02::1")]
    [InlineData("64:ff9b::a00:1")]
    [InlineData("2002:a00:1::")]
    [InlineData("2001:0:1::1")]
    [InlineData("2001:db8::1")]
    public void An_address_of_a_network_s_own_is_no_public_one(string address) =>
        Assert.False(WebhookAddresses.IsPublic(IPAddress.Parse(address)));

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("100.128.0.1")]
    [InlineData("172.32.0.1")]
    [InlineData("192.0.1.1")]
    [InlineData("193.10.1.1")]
    [InlineData("2001:6b0::1")]
    [InlineData("2a00:1450::1")]
    public void Others_are(string address) => Assert.True(WebhookAddresses.IsPublic(IPAddress.Parse(address)));

    [Fact]
    public async Task A_name_that_leads_to_this_machine_is_not_connected_to()
    {
        using var http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = new WebhookAddresses(allowsPrivate: false).ConnectAsync,
        });

        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(new Uri("http://localhost:9/")));

        Assert.Contains("no public address", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_address_is_a_field_error_that_says_what_to_do()
    {
        var at = await NewOperatorAsync();

        var refused = (await at.Staff.PutAsync($"/v1/operators/{at.Code}/webhook", new { url = "https://10.0.0.1/" }))
            .IsProblem(400, "invalid_fields");

        Assert.Contains("Webhooks:AllowPrivateAddresses", refused.Text, StringComparison.Ordinal);
        (await at.Staff.GetAsync($"/v1/operators/{at.Code}/webhook")).IsProblem(404, "not_found");
    }
}
