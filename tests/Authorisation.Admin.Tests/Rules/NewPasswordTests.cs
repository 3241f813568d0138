using Authorisation.Administration.Access;
using Xunit;

namespace Authorisation.Admin.Tests.Rules;

public sealed class NewPasswordTests
{
    private static readonly string[] Own = ["karin.ost@vatternsteknik.se", "Karin Öst", "Vätterns Teknik AB", "Jönköpings Länstrafik", "jonkoping"];

    [Theory]
    // Length first.
    [InlineData("", "Length")]
    [InlineData("Sommar2026!", "Length")]
    [InlineData("lösenord123", "Length")]
    // Words that are tried first, with what people put around them.
    [InlineData("password1234", "Common")]
    [InlineData("Password1234!", "Common")]
    [InlineData("P@ssw0rd2026", "Common")]
    [InlineData("passwordpassword", "Sequence")]
    [InlineData("Sommar2026!!", "Common")]
    [InlineData("lösenord1234", "Common")]
    [InlineData("LÖSENORD 1234", "Common")]
    [InlineData("passord12345", "Common")]
    [InlineData("!!Hemligt!!2026", "Common")]
    [InlineData("sommarlösenord1", "Common")]
    [InlineData("qwertyuiop12", "Common")]
    [InlineData("iloveyou2026", "Common")]
    // Nothing of the person's own.
    [InlineData("karin.ost1234", "Personal")]
    [InlineData("KarinÖst20261", "Personal")]
    [InlineData("Vätterns2026!", "Personal")]
    [InlineData("teknik-teknik-1", "Personal")]
    [InlineData("jonkoping2026", "Common")]
    // Repetitions and sequences.
    [InlineData("            ", "Sequence")]
    [InlineData("aaaaaaaaaaaa", "Sequence")]
    [InlineData("123456789012", "Sequence")]
    [InlineData("abcabcabcabc", "Sequence")]
    [InlineData("123123123123", "Sequence")]
    // What is left of these is long enough, or the words are many.
    [InlineData("correct horse battery", "None")]
    [InlineData("  with spaces around it  ", "None")]
    [InlineData("tre gröna tåg till Umeå", "None")]
    [InlineData("x7Kq9mPz2LwR", "None")]
    [InlineData("583920174652", "None")]
    [InlineData("a tab\t, a bell\u0007", "None")]
    [InlineData("half a surrogate \ud83d pair", "None")]
    public void A_password_is_long_and_not_one_of_those_that_are_tried_first(string password, string fault) =>
        Assert.Equal(fault, NewPassword.FaultOf(password, Own).ToString());

    [Fact]
    public void The_longest_password_is_judged_and_a_longer_one_refused()
    {
        var longest = string.Concat(Enumerable.Range(1, 7).Select(number => $"{number} gröna tåg över fjället, sakta, "));

        Assert.Equal(PasswordFault.None, NewPassword.FaultOf(longest[..200], Own));
        Assert.Equal(PasswordFault.Length, NewPassword.FaultOf(longest[..200] + "x", Own));
    }

    [Fact]
    public void Each_fault_says_what_to_do() => Assert.All(
        Enum.GetValues<PasswordFault>().Except([PasswordFault.None]), fault => Assert.StartsWith("must ", NewPassword.Explain(fault), StringComparison.Ordinal));
}
