namespace Authorisation.Core.Tests;

public class VatLetterTests
{
    [Theory]
    [InlineData(VatCategory.Standard, "S", 0)]
    [InlineData(VatCategory.ZeroRated, "Z", 1)]
    [InlineData(VatCategory.OutsideScope, "O", 2)]
    public void A_category_has_one_letter_and_one_place(VatCategory category, string letter, int rank)
    {
        Assert.Equal(letter, VatLetters.Of(category));
        Assert.Equal(category, VatLetters.Find(letter));
        Assert.Equal(category, VatLetters.Read(letter));
        Assert.Equal(rank, VatLetters.Rank(category));
        Assert.Equal(letter, VatLetters.All[rank]);
    }

    [Fact]
    public void Every_category_has_a_letter() => Assert.Equal(
        VatLetters.All.Order(StringComparer.Ordinal),
        Enum.GetValues<VatCategory>().Select(VatLetters.Of).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("E")]
    [InlineData("SZ")]
    [InlineData(" S")]
    public void Anything_else_is_no_category(string text)
    {
        Assert.Null(VatLetters.Find(text));
        Assert.Throws<FormatException>(() => VatLetters.Read(text));
        Assert.Throws<FormatException>(() => VatRate.Parse(text));
    }

    [Theory]
    [InlineData("S600")]
    [InlineData("Z0")]
    [InlineData("O0")]
    public void A_rate_is_read_as_it_is_written(string text) => Assert.Equal(text, VatRate.Parse(text).ToString());
}
