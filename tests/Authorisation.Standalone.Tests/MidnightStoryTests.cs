using System.Text.RegularExpressions;
using Xunit;

namespace Authorisation.Standalone.Tests;

/// <summary>A subscription that begins at midnight, and invoices with purchases and charges together.</summary>
[Trait("Tier", "Slow")]
public sealed class MidnightStoryTests : DirectoryTest
{
    [Fact]
    public async Task A_subscription_begins_at_midnight_and_the_next_invoices_have_purchases_and_charges_with_VAT_once()
    {
        var directory = NewPath("run");
        await using (var run = await StandaloneRun.RunAsync(directory, "--once", "--now", "2026-12-31T23:58:05+01:00"))
        {
            await run.AssertSucceededAsync();
            Assert.DoesNotContain("! this should have been", run.Output, StringComparison.Ordinal);
            Assert.Matches(@"  Ingunn +subscription +795\.00 NOK  pending, from 2027-01-01\n", run.Output);
            Assert.Contains("AKT: Ingunn's subscription begins at midnight", run.Output, StringComparison.Ordinal);
            Assert.Matches(
                @"  Ingunn +subscription +795\.00 NOK  charged once for 2027-01; the ticket system was asked for it at [0-9:]{8}\n", run.Output);
            AssertHasPurchasesAndCharges(run.Output);
        }

        await using var later = await StandaloneRun.RunAsync(directory, "--once", "--now", "2027-02-01T00:10:00+01:00");
        await later.AssertSucceededAsync();
        Assert.DoesNotContain("! this should have been", later.Output, StringComparison.Ordinal);
        var invoice = InvoiceOf(later.Output, "AKT-1002");
        Assert.Single(invoice, line => Regex.IsMatch(
            line, @"Ingunn Vik +Bedriftskort, abonnement 2027-01 .* 795\.00 NOK", RegexOptions.None, TimeSpan.FromSeconds(1)));
        Assert.Single(invoice, line => line.StartsWith("    VAT 12 % once", StringComparison.Ordinal));
    }

    private static void AssertHasPurchasesAndCharges(string output)
    {
        var invoice = InvoiceOf(output, "JLT-1001");
        Assert.Matches(@"Anna Berg +Köp .* 250\.00 SEK", string.Join('\n', invoice));
        Assert.Matches(@"Olle Sand +24-timmarsbiljett, till app .* 130\.00 SEK", string.Join('\n', invoice));
        Assert.Matches(@"Sökanden Tove +Enkelbiljett, till app .* 42\.00 SEK", string.Join('\n', invoice));
        // What could not be delivered is charged and taken back.
        Assert.Matches(@"Olle Sand +Sommarkort, till app .* 695\.00 SEK", string.Join('\n', invoice));
        Assert.Matches(@"Olle Sand +Makulerad: Sommarkort, till app .* -695\.00 SEK", string.Join('\n', invoice));
        Assert.Single(invoice, line => line.StartsWith("    VAT 6 % once", StringComparison.Ordinal));
        Assert.Single(Regex.Matches(output, "  JLT-[0-9]+ +Vätterns Teknik AB +4711 ", RegexOptions.None, TimeSpan.FromSeconds(1)));
        Assert.Matches(@"Maja .* +30-dagarsbiljett, till app .* 845\.00 SEK", string.Join('\n', InvoiceOf(output, "KLT-1001")));
        Assert.Matches(
            @"Gästen Gustavsson +Enkelbiljett, till app .* 42\.00 SEK", string.Join('\n', InvoiceOf(output, "LTR-1001")));
    }

    // Its lines, with its head first.
    private static List<string> InvoiceOf(string output, string number)
    {
        var lines = output.Split('\n').SkipWhile(line => !line.StartsWith($"  {number} ", StringComparison.Ordinal)).ToList();
        Assert.True(lines.Count > 0, $"There is no {number}.\n{output}");
        return [lines[0], .. lines.Skip(1).TakeWhile(line => line.StartsWith("    ", StringComparison.Ordinal))];
    }
}
