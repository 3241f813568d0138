using Authorisation.Administration.Messages;
using Xunit;

namespace Authorisation.Admin.Tests.Rules;

public sealed class OutsideTextTests
{
    [Theory]
    [InlineData("Vätterns Teknik AB", "Vätterns Teknik AB")]
    [InlineData("J. B. Åkeri & Söner, Umeå", "J. B. Åkeri & Söner, Umeå")]
    [InlineData("Win at https://evil.example/x?y=1", "Win at https evil example x y 1")]
    [InlineData("evil.example", "evil example")]
    [InlineData("www.evil。example", "www evil example")]
    [InlineData("a@evil.example", "a evil example")]
    [InlineData("Ring 0900-123 45 67", "Ring 0900-1")]
    [InlineData("line\nbreak <b>bold</b>", "line break b bold b")]
    [InlineData("Taxi 020", "Taxi 020")]
    [InlineData("...", "")]
    public void A_name_that_a_stranger_typed_becomes_no_link(string name, string harmless) =>
        Assert.Equal(harmless, OutsideText.Of(name, 80));

    [Fact]
    public void It_is_bounded() => Assert.Equal(40, OutsideText.Of(new string('å', 120), 40).Length);

    [Fact]
    public void An_address_is_masked() => Assert.Equal("a…@e…", OutsideText.Masked("anna@example.com"));
}
