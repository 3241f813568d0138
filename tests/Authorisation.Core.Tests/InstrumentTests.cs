namespace Authorisation.Core.Tests;

public class InstrumentTests
{
    [Theory]
    [InlineData("0012345678", "card …5678")]
    [InlineData("12345", "card …2345")]
    [InlineData("1234", "card …1234")]
    public void A_card_shows_its_last_four_digits_only(string number, string shown) =>
        Assert.Equal(shown, Instrument.Card(1, number).ToString());

    [Fact]
    public void An_app_shows_its_account() =>
        Assert.Equal($"app {Some.AppId}", Instrument.App(1, Some.AppId).ToString());

    [Fact]
    public void One_number_at_two_operators_is_two_cards() =>
        Assert.NotEqual(Instrument.Card(1, "123456"), Instrument.Card(2, "123456"));

    [Fact]
    public void Leading_zeros_count() =>
        Assert.NotEqual(Instrument.Card(1, "0123456"), Instrument.Card(1, "123456"));

    [Fact]
    public void The_same_card_read_twice_is_the_same_instrument() =>
        Assert.Equal(Instrument.Card(1, "123456"), Instrument.Card(1, new string("123456".ToCharArray())));
}
