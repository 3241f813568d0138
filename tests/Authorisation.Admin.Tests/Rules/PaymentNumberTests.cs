using Authorisation.Core;
using Xunit;

namespace Authorisation.Admin.Tests.Rules;

public sealed class PaymentNumberTests
{
    [Theory]
    [InlineData("5050-1055", "50501055")]
    [InlineData("991-2346", "9912346")]
    [InlineData(" 991 2346 ", "9912346")]
    [InlineData("5050-1056", null)]
    [InlineData("991234", null)]
    [InlineData("505010550", null)]
    [InlineData("5050-105x", null)]
    [InlineData(null, null)]
    public void Bankgiro(string? text, string? number) =>
        Assert.Equal((number is not null, number ?? ""), (PaymentNumber.TryNormaliseBankgiro(text, out var read), read));

    [Theory]
    [InlineData("28 65 43-4", "2865434")]
    [InlineData("4-2", "42")]
    [InlineData("28 65 43-5", null)]
    [InlineData("0", null)]
    [InlineData("", null)]
    public void Plusgiro(string? text, string? number) =>
        Assert.Equal((number is not null, number ?? ""), (PaymentNumber.TryNormalisePlusgiro(text, out var read), read));

    [Theory]
    [InlineData("SE45 5000 0000 0583 9825 7466", "SE4550000000058398257466")]
    [InlineData("no9386011117947", "NO9386011117947")]
    [InlineData("DE89 3704 0044 0532 0130 00", "DE89370400440532013000")]
    [InlineData("SE45 5000 0000 0583 9825 7467", null)]
    [InlineData("NO93 8601 1117 94", null)]
    [InlineData("12345678901234567", null)]
    [InlineData("SE45-5000", null)]
    [InlineData(null, null)]
    public void Iban(string? text, string? iban) =>
        Assert.Equal((iban is not null, iban ?? ""), (PaymentNumber.TryNormaliseIban(text, out var read), read));

    [Theory]
    [InlineData("ESSE SE SS", "ESSESESS")]
    [InlineData("dnbanokkxxx", "DNBANOKKXXX")]
    [InlineData("ESSESES", null)]
    [InlineData("ESSE11SS", null)]
    public void Bic(string text, string? bic) =>
        Assert.Equal((bic is not null, bic ?? ""), (PaymentNumber.TryNormaliseBic(text, out var read), read));

    [Theory]
    [InlineData("8601.11.17947", "86011117947")]
    [InlineData("8601 11 17947", "86011117947")]
    [InlineData("8601.11.17948", null)]
    [InlineData("8601111794", null)]
    [InlineData("8601111794x", null)]
    public void Norwegian_accounts(string text, string? number) =>
        Assert.Equal((number is not null, number ?? ""), (PaymentNumber.TryNormaliseNorwegianAccount(text, out var read), read));
}
