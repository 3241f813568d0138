using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Authorisation.Testing;
using Xunit;

namespace Authorisation.Standalone.Tests;

/// <summary>Starts around the end of a month, and what later starts with the same data find of it.</summary>
[Trait("Tier", "Slow")]
public sealed class MonthEndTests : DirectoryTest
{
    private const string Surprise = "! this should have been";

    // A line without its figures and names, as "#:#:#.# @ closing".
    private static readonly (string Of, string As)[] Forms =
    [
        ("(?<!^)(Jönköpings Länstrafik|Länstrafiken i Jämtland|Kalmar länstrafik|AKT)(?= )", "@"),
        (", as the clocks .*", ", why"),
        ("[A-Z]{3}-[0-9]+ .* (SEK|NOK)", "invoice ¤"),
        ("[0-9]+", "#"),
        ("Karin|Lars|Petra|Sigrid", "+"),
        ("SEK|NOK", "¤"),
        (" +", " "),
    ];

    private readonly string _directory;

    public MonthEndTests() => _directory = NewPath("run");

    [Fact]
    public async Task Limits_restart_at_midnight_the_month_is_closed_and_a_later_start_shows_its_published_invoices()
    {
        await using (var run = await StandaloneRun.RunAsync(_directory, "--once", "--now", "2026-12-31T23:59:00+01:00"))
        {
            await run.AssertSucceededAsync();
            AssertShowsMidnight(run.Output);
            Assert.Equal(4, Regex.Count(run.Output, @"done: closed 00:00:\d\d\.\d{3}, .* differences 0, invoices made 1"));
            Assert.Matches(@"JLT-1001 +Vätterns Teknik AB +4711 .* SEK incl\. VAT", run.Output);
            Assert.Contains("Administrators see them from 2027-01-04 on", run.Output, StringComparison.Ordinal);
            AssertIsAsInTheGuide(run.Output);
        }

        var port = FreePort.Next();
        await using (var later = await StandaloneRun.StartReadyAsync(
            _directory, "--now", "2027-01-04T00:00:00+01:00", "--port", $"{port}"))
        {
            Assert.DoesNotContain(Surprise, later.Output, StringComparison.Ordinal);
            Assert.Contains("The invoice bases of 2026-12 are published", later.Output, StringComparison.Ordinal);
            Assert.Matches(@"12-31 +Karin Ek .* 42\.00 SEK", later.Output);
            await AssertAdministratorGetsInvoiceAsync(later.Output);
            later.Signal(PosixSignal.SIGINT);
            await later.AssertSucceededAsync();
        }

        await using (var back = await StandaloneRun.RunAsync(_directory, "--once", "--now", "2026-12-15T12:00:00+01:00"))
        {
            await back.AssertSucceededAsync();
            Assert.DoesNotContain(Surprise, back.Output, StringComparison.Ordinal);
            Assert.Contains(
                "has closed 2026-12: what is bought now takes from the limit of 2026-12 and is on the invoice of 2027-01",
                back.Output, StringComparison.Ordinal);
        }

        await using var again = await StandaloneRun.RunAsync(_directory, "--once", "--now", "2026-12-31T23:59:40+01:00");
        await again.AssertSucceededAsync();
        Assert.Contains("2026-12 was closed by an earlier run", again.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_on_the_day_of_publication_without_earlier_data_says_that_there_is_nothing_to_publish()
    {
        await using var run = await StandaloneRun.RunAsync(_directory, "--once", "--now", "2027-01-04T00:00:00+01:00");
        await run.AssertSucceededAsync();
        Assert.Single(run.Output.Split('\n'), line => line.Contains("there is nothing to publish", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_start_during_which_the_month_ends_says_so_and_that_nothing_was_bought_in_it()
    {
        await using var run = await StandaloneRun.RunAsync(_directory, "--once", "--now", "2026-12-31T23:59:59+01:00");
        await run.AssertSucceededAsync();
        Assert.Contains("The start took so long that 2026-12 ended meanwhile", run.Output, StringComparison.Ordinal);
        Assert.Contains("Nothing was bought in 2026-12, so there is nothing to close", run.Output, StringComparison.Ordinal);
    }

    private static void AssertShowsMidnight(string output)
    {
        Assert.DoesNotContain(Surprise, output, StringComparison.Ordinal);
        Assert.Matches(@"23:59:5\d\.\d{3}  Karin .* declined: insufficient credit +1\.00 SEK left", output);
        // How soon in the month is for a quiet machine to show; on a busy one December's last may come too late for it.
        Assert.Matches(@"(23:59:59|00:00:\d\d)\.\d{3}  Karin .* approved +458\.00 SEK left", output);
    }

    // Each line from midnight's story to the invoice bases has a line of its form in docs/start/README.md, and the lines in
    // which staff ask are among them. Which steps of the night's work are seen is a matter of speed, so the page has more of them.
    private static void AssertIsAsInTheGuide(string output)
    {
        const string First = "Jönköpings Länstrafik: Karin has all but spent";
        const string Last = "Administrators see them from";
        var guide = Part(File.ReadAllText(Path.Combine(Checkout.Root, "docs/start/README.md"))).ToHashSet(StringComparer.Ordinal);
        var told = Part(output).ToHashSet(StringComparer.Ordinal);

        Assert.Empty(told.Except(guide, StringComparer.Ordinal));
        Assert.Contains("#:#:#.# @ staff ask for #-#: POST /v#/month-ends, why", told);

        static IEnumerable<string> Part(string text) => text.Split('\n')
            .SkipWhile(line => !line.StartsWith(First, StringComparison.Ordinal))
            .TakeWhile(line => !line.StartsWith(Last, StringComparison.Ordinal))
            .Select(Form)
            .Where(line => line is not ("…" or "Starting the control plane") && !line.StartsWith("#-#-#T", StringComparison.Ordinal));
    }

    private static string Form(string line) => Forms
        .Aggregate(line, (text, one) => Regex.Replace(text, one.Of, one.As, RegexOptions.None, TimeSpan.FromSeconds(1))).Trim();

    private async Task AssertAdministratorGetsInvoiceAsync(string output)
    {
        var demo = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(_directory, "demo.json")))!;
        var jonkoping = demo["operators"]!["jonkoping"]!;
        Assert.Equal("2026-12", jonkoping["last_closed_month"]!.ToString());
        using var http = new HttpClient { BaseAddress = new Uri(demo["admin"]!.ToString()) };
        using var session = await http.PostAsJsonAsync("/v1/sessions", jonkoping["administrators"]!["organisation"]);
        var token = JsonNode.Parse(await session.Content.ReadAsStringAsync())!["token"]!.ToString();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var list = JsonNode.Parse(await http.GetStringAsync(
            $"/v1/invoices?month={jonkoping["last_closed_month"]}&organisation_id={jonkoping["organisation_id"]}"))!;
        var invoice = Assert.Single(list["items"]!.AsArray())!;
        var path = $"/v1/invoices/{invoice["id"]}";
        Assert.Contains(path + "?format=ubl", output, StringComparison.Ordinal);
        Assert.Contains(invoice["number"]!.ToString(), await http.GetStringAsync(path + "?format=csv"), StringComparison.Ordinal);
        Assert.Contains("<cbc:ID>JLT-1001</cbc:ID>", await http.GetStringAsync(path + "?format=ubl"), StringComparison.Ordinal);
    }
}
